package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Pods that observe values into classic histograms, and show gauges. */
final class Pages implements TrackMetrics {
    private final double[] bounds;
    private final Map<Track, Map<String, long[]>> counts = Map.of(Track.CANARY, new TreeMap<>(), Track.STABLE, new TreeMap<>());
    private final Map<Track, Map<String, Double>> gauges = Map.of(Track.CANARY, new TreeMap<>(), Track.STABLE, new TreeMap<>());

    /** @param bounds upper bounds without +Inf */
    Pages(double... bounds) {
        this.bounds = bounds;
    }

    Pages observe(Track track, String pod, double value, long times) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts.get(track).computeIfAbsent(pod, p -> new long[bounds.length + 1])[bucket] += times;
        return this;
    }

    Pages show(Track track, String pod, double value) {
        gauges.get(track).put(pod, value);
        return this;
    }

    @Override
    public List<Page> scrape(Track track) {
        Map<String, StringBuilder> pages = new TreeMap<>();
        counts.get(track).forEach((pod, c) -> {
            StringBuilder page = pages.computeIfAbsent(pod, p -> new StringBuilder()).append("# TYPE took_seconds histogram\n");
            long sum = 0;
            for (int i = 0; i < c.length; i++) {
                sum += c[i];
                page.append(String.format(Locale.ROOT, "took_seconds_bucket{le=\"%s\"} %d%n", i < bounds.length ? String.valueOf(bounds[i]) : "+Inf", sum));
            }
            page.append("took_seconds_sum 1\ntook_seconds_count ").append(sum).append('\n');
        });
        gauges.get(track).forEach((pod, value) -> pages.computeIfAbsent(pod, p -> new StringBuilder()).append("# TYPE accuracy gauge\naccuracy ").append(value).append('\n'));
        List<Page> all = new ArrayList<>();
        pages.forEach((pod, text) -> all.add(new Page(pod, text.toString())));
        return all;
    }
}
