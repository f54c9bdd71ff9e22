package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import io.jenkins.plugins.mldelivery.verify.preset.Presets;
import io.jenkins.plugins.mldelivery.verify.source.MetricNames;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which metrics checks read, so that of the pages of pods nothing else is kept in memory. */
final class ReadMetrics {
    private final Set<String> counters = new HashSet<>();
    private final Set<String> histograms = new HashSet<>();

    private ReadMetrics() {}

    static MetricNames of(List<Check> checks) {
        ReadMetrics metrics = new ReadMetrics();
        checks.forEach(metrics::add);
        return MetricNames.of(metrics.counters, metrics.histograms);
    }

    private void add(Check check) {
        if (check instanceof Check.OwnErrorRate own) {
            add(own.rate());
        } else if (check instanceof Check.ErrorRate rate) {
            if (rate.metric() != null) {
                counters.add(rate.metric());
            } else {
                presets(rate.preset()).forEach(preset -> preset.requests().forEach(counter -> counters.add(counter.metric())));
            }
        } else if (check instanceof Check.Latency latency) {
            if (latency.metric() != null) {
                histograms.add(latency.metric());
            } else {
                presets(latency.preset()).stream().filter(preset -> preset.latency() != null).forEach(preset -> histograms.add(preset.latency().metric()));
            }
        } else if (check instanceof Check.Distribution distribution) {
            histograms.add(distribution.metric());
        } else if (check instanceof Check.Gauge gauge && gauge.metric() != null) {
            counters.add(gauge.metric());
        }
    }

    /** The one of this name, or all that may be found. */
    private static List<Preset> presets(String name) {
        return RequestMetrics.AUTO.equals(name) ? Presets.detectable() : Presets.named(name).stream().toList();
    }
}
