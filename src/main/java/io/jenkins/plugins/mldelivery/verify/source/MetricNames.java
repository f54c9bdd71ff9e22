package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The metrics that checks read, so that of pages nothing else is kept. Immutable. */
public final class MetricNames {
    private static final MetricNames ALL = new MetricNames(null);

    /** Names of samples; null for all. */
    private final Set<String> samples;

    private MetricNames(Set<String> samples) {
        this.samples = samples;
    }

    /** Every metric. */
    public static MetricNames all() {
        return ALL;
    }

    /**
     * Some.
     *
     * @param counters names of counters and gauges
     * @param histograms names of histograms, with or without {@code _bucket}
     */
    public static MetricNames of(Collection<String> counters, Collection<String> histograms) {
        Set<String> samples = new HashSet<>();
        counters.forEach(metric -> samples.addAll(ExpositionParser.names(metric)));
        histograms.forEach(metric -> samples.addAll(ExpositionParser.names(bucket(metric))));
        return new MetricNames(samples);
    }

    private static String bucket(String histogram) {
        return histogram.endsWith("_bucket") ? histogram : histogram + "_bucket";
    }

    /** Whether lines with this name are kept. */
    boolean has(String sample) {
        return samples == null || samples.contains(sample);
    }

    /** @throws IllegalArgumentException when somebody reads a metric that was not to be read: it would look as if it were not there */
    void require(String metric) {
        if (!has(metric)) {
            throw new IllegalArgumentException("the metric '" + metric + "' is none of the checks'");
        }
    }
}
