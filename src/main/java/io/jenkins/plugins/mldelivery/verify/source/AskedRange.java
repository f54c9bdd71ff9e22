package io.jenkins.plugins.mldelivery.verify.source;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that raw samples are asked for, and so the one that those of an answer may be of.
 *
 * <p>A range at the end of an instant query gives the samples of that long until the query's time. That is the server's own present where none is sent:
 * Prometheus, Thanos and Mimir take exactly those of the range; VictoriaMetrics may go back by some seconds more (its latency offset). So only the difference
 * of the clocks is between what is asked here and what may be answered.
 *
 * @param from of the first sample, in milliseconds since 1970
 * @param until of the last one
 * @param promql the range as it stands behind a selector
 */
record AskedRange(long from, long until, String promql) {
    /** That of a query without a range, whose one sample is of its own time. */
    static final AskedRange NONE = new AskedRange(Long.MIN_VALUE, Long.MAX_VALUE, "");

    /**
     * So long until a time.
     *
     * @param end which the server's clock may be before or behind of
     */
    static AskedRange until(Instant end, Duration length) {
        Instant first = end.minus(length).minus(ReadLimits.MAX_CLOCK_DIFFERENCE);
        return new AskedRange(first.toEpochMilli(), end.plus(ReadLimits.MAX_CLOCK_DIFFERENCE).toEpochMilli(), "[" + length.toMillis() + "ms]");
    }

    boolean has(long millis) {
        return millis >= from && millis <= until;
    }
}
