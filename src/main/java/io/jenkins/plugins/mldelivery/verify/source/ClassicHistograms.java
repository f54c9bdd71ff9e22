package io.jenkins.plugins.mldelivery.verify.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts the series of a classic histogram together: cumulative counts, one series for each upper bound, which the label <code>le</code> holds. */
final class ClassicHistograms {
    private final SourceNotes notes;
    private final Map<String, Group> groups = new LinkedHashMap<>();

    ClassicHistograms(SourceNotes notes) {
        this.notes = notes;
    }

    private static final class Group {
        private final String source;
        private final Map<String, String> labels;
        private final TreeMap<Long, TreeMap<Double, Double>> times = new TreeMap<>();
        private Long created;

        Group(String source, Map<String, String> labels) {
            this.source = source;
            this.labels = labels;
        }
    }

    /** A series with its label <code>le</code>; without one, or with one that is no number, it is left out and told. */
    void add(String source, Map<String, String> labels, List<Point> points, Long created) {
        Map<String, String> rest = new TreeMap<>(labels);
        String le = rest.remove("le");
        double bound;
        try {
            bound = le == null ? Double.NaN : ExpositionParser.number(le);
        } catch (NumberFormatException e) {
            bound = Double.NaN;
        }
        if (Double.isNaN(bound)) {
            notes.warn("a histogram of " + source + " has a bucket " + (le == null ? "without the label le" : "with le=\"" + le + "\"") + ", which is left out");
            return;
        }
        Group group = groups.computeIfAbsent(SeriesKey.of(source, rest), key -> new Group(source, rest));
        group.created = created == null ? group.created : created;
        for (Point point : points) {
            if (Double.isFinite(point.value())) {
                group.times.computeIfAbsent(point.millis(), t -> new TreeMap<>()).putIfAbsent(bound, point.value());
            }
        }
    }

    /** What was put together. */
    List<HistogramSeries> series() {
        List<HistogramSeries> all = new ArrayList<>();
        for (Group group : groups.values()) {
            List<HistogramPoint> points = new ArrayList<>();
            group.times.forEach((millis, cumulative) -> {
                Buckets buckets = buckets(group.source, cumulative);
                if (buckets != null) {
                    points.add(new HistogramPoint(millis, buckets));
                }
            });
            if (!points.isEmpty()) {
                all.add(new HistogramSeries(group.source, group.labels, points, group.created));
            }
        }
        long layouts = all.stream().map(s -> java.util.Arrays.toString(s.points().get(s.points().size() - 1).buckets().bounds())).distinct().count();
        if (layouts > 1) {
            notes.warn("the histograms have " + layouts + " different sets of buckets; only the bounds that they share can be compared");
        }
        return all;
    }

    private Buckets buckets(String source, TreeMap<Double, Double> cumulative) {
        if (!cumulative.containsKey(Double.POSITIVE_INFINITY)) {
            notes.warn("a histogram of " + source + " has no bucket le=\"+Inf\", and is left out");
            return null;
        }
        double[] bounds = cumulative.keySet().stream().mapToDouble(Double::doubleValue).toArray();
        double[] counts = new double[bounds.length];
        double before = 0;
        int i = 0;
        for (double value : cumulative.values()) {
            // A larger bucket can't hold less. Recording rules and federation tear them apart; Prometheus repairs it in the same way for histogram_quantile.
            if (value < before * (1 - 1e-12)) {
                notes.warn("a histogram of " + source + " has a bucket that holds less than a smaller one; it was taken to hold as much");
            }
            counts[i++] = Math.max(0, value - before);
            before = Math.max(before, value);
        }
        return Buckets.of(bounds, counts);
    }
}
