package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

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
    /** Takes what series counted, one by one. */
    interface Taker<V> {
        /** @param isYoung whether it is of a pod's first minute */
        void take(Increment<V> increment, boolean isYoung);
    }

    /** The series' identity, as {@link io.jenkins.plugins.mldelivery.verify.source.Series#key} has it. */
    SeriesKey key() {
        return SeriesKey.of(source, labels);
    }

    /** The part of the wait that a time belongs to: part i is what came after onset + i × width, until onset + (i + 1) × width. */
    static long window(long millis, Instant onset, Duration width) {
        return Math.floorDiv(millis - onset.toEpochMilli() - 1, width.toMillis());
    }
}
