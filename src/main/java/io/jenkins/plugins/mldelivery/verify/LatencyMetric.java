package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Selector;

/**
 * Which histogram has the latencies.
 *
 * @param preset whose it is, or null when the check names its metric
 * @param histogram the histogram
 * @param perSecond how many of its units a second has; 1 when the check names its metric, whose unit nobody knows
 */
record LatencyMetric(String preset, Selector histogram, double perSecond) {
    /**
     * The check's.
     *
     * @param found the preset that an earlier look found, or null
     * @return null when none is there yet
     */
    static LatencyMetric of(Check.Latency check, String found, Watch watch) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        if (check.metric() != null) {
            return new LatencyMetric(null, new Selector(check.metric(), check.labels(), "labels"), 1);
        }
        return new LatencyMetric("http", new Selector("http_request_duration_seconds", check.labels(), "labels"), 1);
    }

    /** Written behind a latency. */
    String unit() {
        return preset != null || histogram.metric().replaceAll("_bucket$", "").endsWith("_seconds") ? " s" : "";
    }
}
