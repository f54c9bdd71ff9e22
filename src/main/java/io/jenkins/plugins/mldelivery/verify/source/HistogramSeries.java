package io.jenkins.plugins.mldelivery.verify.source;

import java.util.List;
import java.util.Map;

/**
 * A histogram's raw samples, classic and native ones alike.
 *
 * @param source what it came from (a page, or a Prometheus target), part of its identity
 * @param labels its labels without the name and <code>le</code>
 * @param points its samples, in the order of their times
 * @param created when it began to count, in milliseconds since 1970; null when nobody told
 */
public record HistogramSeries(String source, Map<String, String> labels, List<HistogramPoint> points, Long created) {
    public HistogramSeries {
        labels = Map.copyOf(labels);
        points = List.copyOf(points);
    }

    /** The series' identity: its source and its labels. It is made anew each time. */
    public SeriesKey key() {
        return SeriesKey.of(source, labels);
    }

    /** What it had counted in all at each of its times. */
    public List<Point> totals() {
        Points.Builder totals = new Points.Builder();
        points.forEach(point -> totals.add(point.millis(), point.buckets().total()));
        return totals.build();
    }

    /** Whether it belongs to no one target, as a sum over pods that a recording rule makes. */
    public boolean isWhole() {
        return SeriesReader.WHOLE.equals(source);
    }
}
