package io.jenkins.plugins.mldelivery.verify.preset;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import io.jenkins.plugins.mldelivery.verify.source.MetricNames;
import io.jenkins.plugins.mldelivery.verify.source.ScrapeSource;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import io.jenkins.plugins.mldelivery.verify.source.SourceContext;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server's metrics page, read with a preset as a verification reads it. */
record Page(String text) {
    private ScrapeSource source() {
        return ScrapeSource.ofPods(track -> List.of(new TrackMetrics.Page("pod", text)), MetricNames.all(), SourceContext.of(Secrets.none()).with(new ManualClock()));
    }

    /** The preset's requests so far. */
    double requests(String preset) throws Exception {
        return sum(preset, null);
    }

    /** Those of them that failed. */
    double errors(String preset) throws Exception {
        return sum(preset, LabelMatchers.parse("errors", preset(preset).errors()));
    }

    private double sum(String preset, LabelMatchers only) throws Exception {
        double sum = 0;
        for (Preset.Counter counter : preset(preset).requests()) {
            for (Series series : series(counter)) {
                Map<String, String> labels = new HashMap<>(series.labels());
                labels.put("__name__", counter.metric());
                sum += only == null || only.matches(labels) ? series.points().get(0).value() : 0;
            }
        }
        return sum;
    }

    private List<Series> series(Preset.Counter counter) throws Exception {
        return source().counters(new Selector(counter.metric(), counter.labels(), "preset"), Track.CANARY, Instant.EPOCH).series();
    }

    /** How many requests the preset's histogram has. */
    double timed(String preset) throws Exception {
        return histograms(preset(preset)).stream().mapToDouble(h -> h.points().get(0).buckets().total()).sum();
    }

    private List<HistogramSeries> histograms(Preset preset) throws Exception {
        Preset.Histogram latency = preset.latency();
        return latency == null ? List.of() : source().histograms(new Selector(latency.metric(), latency.labels(), "preset"), Track.CANARY, Instant.EPOCH).series();
    }

    /** The preset is the first that finds its requests here, whether errors or latency are looked for; histograms that several presets share are the same choice. */
    void isFirstFoundBy(String name) throws Exception {
        Preset expected = preset(name);
        for (Preset preset : Presets.all()) {
            boolean hasRequests = false;
            for (Preset.Counter counter : preset.requests()) {
                hasRequests |= !series(counter).isEmpty();
            }
            boolean hasLatency = !histograms(preset).isEmpty();
            if (preset.equals(expected)) {
                assertTrue(name + " does not find its requests", hasRequests);
                assertEquals(name + " and its histogram", expected.latency() != null, hasLatency);
                return;
            }
            assertTrue(preset.name() + " takes the page of " + name + " by its requests", !hasRequests);
            assertTrue(preset.name() + " takes the page of " + name + " by its histogram", !hasLatency || preset.latency().equals(expected.latency()));
        }
    }

    private static Preset preset(String name) {
        return Presets.named(name).orElseThrow();
    }
}
