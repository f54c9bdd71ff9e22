package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** When each source was read, in this look and at last in the ones before. */
final class SourceTimes {
    private final Map<String, Long> before;
    private final Map<String, NavigableSet<Long>> scraped;
    private final Map<String, Times> samples = new HashMap<>();

    SourceTimes(Map<String, Long> before, Map<String, NavigableSet<Long>> scraped) {
        this.before = before;
        this.scraped = scraped;
    }

    /** Samples show as well that their source was read. */
    <P> void saw(String source, List<P> points, ToLongFunction<P> millis) {
        Times times = samples.computeIfAbsent(source, s -> new Times());
        points.forEach(point -> times.add(millis.applyAsLong(point)));
    }

    /** When a source was last read before a time, or null. */
    Long readBefore(String source, long millis) {
        NavigableSet<Long> read = scraped.get(source);
        Times shown = samples.get(source);
        Long lower = latest(read == null ? null : read.lower(millis), shown == null ? null : shown.lower(millis));
        Long earlier = before.get(SeriesHash.of(source));
        return lower != null || earlier == null || earlier >= millis ? lower : earlier;
    }

    private static Long latest(Long a, Long b) {
        return a == null || b != null && b > a ? b : a;
    }

    /** Times of samples, which many series of a source have in common; each takes 8 bytes. */
    private static final class Times {
        private long[] all = new long[8];
        private int size;
        private boolean rises = true;

        void add(long millis) {
            if (size == all.length) {
                all = Arrays.copyOf(all, 2 * size);
            }
            rises = rises && (size == 0 || millis > all[size - 1]);
            all[size++] = millis;
        }

        Long lower(long millis) {
            if (!rises) {
                all = LongStream.of(all).limit(size).sorted().distinct().toArray();
                size = all.length;
                rises = true;
            }
            int at = Arrays.binarySearch(all, 0, size, millis);
            int below = (at < 0 ? -at - 1 : at) - 1;
            return below < 0 ? null : all[below];
        }
    }

    /** When each source was read at last. Of those that are away the ones that were read longest ago are forgotten when there are too many. */
    Map<String, Long> last() {
        Map<String, Long> last = new TreeMap<>(before);
        Set<String> present = new HashSet<>();
        Stream.concat(scraped.keySet().stream(), samples.keySet().stream()).distinct().forEach(source -> {
            String name = SeriesHash.of(source);
            present.add(name);
            Long read = readBefore(source, Long.MAX_VALUE);
            if (read != null) {
                last.merge(name, read, Math::max);
            }
        });
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
