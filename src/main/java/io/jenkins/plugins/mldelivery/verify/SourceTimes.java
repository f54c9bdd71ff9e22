package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** When each source was read, in this look and at last in the ones before. */
final class SourceTimes {
    private final Map<String, Long> before;
    private final Map<String, NavigableSet<Long>> now = new HashMap<>();

    SourceTimes(Map<String, Long> before, Map<String, NavigableSet<Long>> scraped) {
        this.before = before;
        scraped.forEach((source, times) -> now.put(source, new TreeSet<>(times)));
    }

    /** A sample shows as well that its source was read. */
    void saw(String source, long millis) {
        now.computeIfAbsent(source, s -> new TreeSet<>()).add(millis);
    }

    /** When a source was last read before a time, or null. */
    Long readBefore(String source, long millis) {
        NavigableSet<Long> times = now.get(source);
        Long lower = times == null ? null : times.lower(millis);
        Long earlier = before.get(SeriesHash.of(source));
        return lower != null || earlier == null || earlier >= millis ? lower : earlier;
    }

    /** When each source was read at last. Of those that are away the ones that were read longest ago are forgotten when there are too many. */
    Map<String, Long> last() {
        Map<String, Long> last = new TreeMap<>(before);
        now.forEach((source, times) -> {
            if (!times.isEmpty()) {
                last.merge(SeriesHash.of(source), times.last(), Math::max);
            }
        });
        Set<String> present = now.keySet().stream().map(SeriesHash::of).collect(Collectors.toSet());
        forget(last, present, Counters.MAX_SERIES, time -> time, time -> 1);
        return last;
    }

    /**
     * Of what is away, forgets the oldest, so that pods that come and go do not make the evidence grow for ever.
     *
     * @param most what the sizes of all may be together
     */
    static <V> void forget(
            Map<String, V> all, Set<String> present, int most, ToLongFunction<V> time, ToLongFunction<V> size) {
        long sum = all.values().stream().mapToLong(size).sum();
        if (sum > most) {
            List<String> away = all.keySet().stream().filter(name -> !present.contains(name)).sorted(Comparator.comparingLong(name -> time.applyAsLong(all.get(name)))).toList();
            for (int i = 0; i < away.size() && sum > most; i++) {
                sum -= size.applyAsLong(all.remove(away.get(i)));
            }
        }
    }

    /** Packs {@link #last}. */
    static void pack(Packer packer, long readUpTo, Map<String, Long> last) {
        packer.whole(last.size());
        new TreeMap<>(last).forEach((source, time) -> {
            SeriesHash.pack(packer, source);
            packer.signed(readUpTo - time);
        });
    }

    /** Reads {@link #pack}. */
    static Map<String, Long> unpack(Unpacker from, long readUpTo) {
        Map<String, Long> last = new TreeMap<>();
        for (int left = from.count(); left > 0; left--) {
            last.put(SeriesHash.unpack(from), readUpTo - from.signed());
        }
        return last;
    }
}
