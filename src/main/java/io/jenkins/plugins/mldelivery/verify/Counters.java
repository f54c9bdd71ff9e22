package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.Sample;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last values of a counter's series, from which the next look takes increments. A value that fell was reset, and counts from zero (as Prometheus' <code>increase</code> does); a new series of a source that is known (the first
 * error of a pod) counts from zero; the first series of a source are where it starts from, since the source may have been there for long without being readable, and its history is not of this wait; a series that vanishes keeps its
 * last value, in case it comes back.
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

    /** The increment of one series since the last look; 0 at the first look at its source. */
    double increment(Sample sample) {
        if (last == null || !Double.isFinite(sample.value())) {
            return 0;
        }
        Double before = last.get(sample.key());
        if (before == null) {
            return knows(sample) ? sample.value() : 0;
        }
        return sample.value() < before ? sample.value() : sample.value() - before;
    }

    private boolean knows(Sample sample) {
        String source = sample.sourceKey();
        return last.keySet().stream().anyMatch(key -> key.startsWith(source));
    }
}
