package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import io.jenkins.plugins.mldelivery.verify.preset.Presets;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import java.util.List;

/**
 * Which histogram has the latencies.
 *
 * @param preset whose it is, or null when the check names its metric
 * @param histogram the histogram
 * @param perSecond how many of its units a second has; 1 when the check names its metric, whose unit nobody knows
 */
record LatencyMetric(String preset, Selector histogram, double perSecond) implements PresetSearch.Candidate {
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
        String name = RequestMetrics.AUTO.equals(check.preset()) ? found : check.preset();
        if (name != null) {
            return of(Presets.named(name).orElseThrow(), check);
        }
        return PresetSearch.first(Presets.detectable().stream().filter(preset -> preset.latency() != null).map(preset -> of(preset, check)).toList(), List.of(Track.values()), check.name(), watch);
    }

    private static LatencyMetric of(Preset preset, Check.Latency check) {
        Preset.Histogram histogram = preset.latency();
        return new LatencyMetric(preset.name(), new Selector(histogram.metric(), RequestMetrics.joined(histogram.labels(), check.labels()), "labels"), histogram.perSecond());
    }

    @Override
    public List<String> samples() {
        // Classic, native.
        return List.of(histogram.metric() + "_bucket", histogram.metric());
    }

    @Override
    public boolean isThere(Track track, Watch watch) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        return !watch.source().histograms(histogram, track, watch.now()).series().isEmpty();
    }

    /** Written behind a latency. */
    String unit() {
        return preset != null || histogram.metric().replaceAll("_bucket$", "").endsWith("_seconds") ? " s" : "";
    }
}
