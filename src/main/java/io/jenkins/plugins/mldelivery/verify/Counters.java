package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.Sample;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last values of a counter's series, from which the next look takes increments. A value that fell was reset, and counts from zero (as Prometheus' <code>increase</code> does); a series that appears after the first look is
 * new, and counts from zero; a series that vanishes keeps its last value, in case it comes back.
 *
 * @param last series to value; null before the first look
 */
public record Counters(Map<String, Double> last) {
    /** Series that are followed at most, a track; a request counter has a few a pod. */
    static final int MAX_SERIES = 2000;

    /** Nothing seen. */
    static Counters none() {
        return new Counters(null);
    }

    /** The values after this look. */
    Counters after(List<Sample> samples) {
        Map<String, Double> next = last == null ? new TreeMap<>() : new TreeMap<>(last);
        for (Sample s : samples) {
            if (Double.isFinite(s.value())) {
                next.put(s.key(), s.value());
            }
        }
        return new Counters(next);
    }

    /** The increment of one series since the last look; 0 at the first look. */
    double increment(Sample sample) {
        if (last == null || !Double.isFinite(sample.value())) {
            return 0;
        }
        Double before = last.get(sample.key());
        return before == null || sample.value() < before ? sample.value() : sample.value() - before;
    }
}
