package io.jenkins.plugins.mldelivery.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** When each source was read at last. */
    Map<String, Long> last() {
        Map<String, Long> last = new TreeMap<>(before);
        now.forEach((source, times) -> {
            if (!times.isEmpty()) {
                last.merge(SeriesHash.of(source), times.last(), Math::max);
            }
        });
        return last;
    }
}
