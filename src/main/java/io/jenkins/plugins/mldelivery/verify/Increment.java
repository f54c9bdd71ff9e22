package io.jenkins.plugins.mldelivery.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a series counted between two of its samples.
 *
 * @param <V> a number for a counter ({@link Double}), {@link io.jenkins.plugins.mldelivery.verify.source.Buckets} for a histogram
 * @param source the page or target that it came from
 * @param labels the series' labels
 * @param millis the time of the later sample, in milliseconds since 1970
 * @param amount what was counted, never negative
 */
public record Increment<V>(String source, Map<String, String> labels, long millis, V amount) {
    /**
     * Increments by the part of the wait that their time belongs to: part i is what came after onset + i × width, until onset + (i + 1) × width.
     *
     * @param width of a part, at least a millisecond
     */
    public static <V> SortedMap<Long, List<Increment<V>>> byWindow(List<Increment<V>> increments, Instant onset, Duration width) {
        SortedMap<Long, List<Increment<V>>> windows = new TreeMap<>();
        for (Increment<V> increment : increments) {
            windows.computeIfAbsent(window(increment.millis(), onset, width), w -> new ArrayList<>()).add(increment);
        }
        return windows;
    }

    static long window(long millis, Instant onset, Duration width) {
        return Math.floorDiv(millis - onset.toEpochMilli() - 1, width.toMillis());
    }
}
