package io.jenkins.plugins.mldelivery.verify.source;

import java.util.List;
import java.util.Map;

/**
 * Raw samples of one series, each with its own time.
 *
 * @param source what it came from (a page, or a Prometheus target), part of its identity
 * @param labels its labels without the name
 * @param points its samples, in the order of their times
 * @param created when it began to count, in milliseconds since 1970, as OpenMetrics' <code>_created</code> tells; null when nobody told
 */
public record Series(String source, Map<String, String> labels, List<Point> points, Long created) {
    public Series {
        labels = Map.copyOf(labels);
        points = Points.of(points);
    }

    /** The series' identity: its source and its labels. It is made anew each time. */
    public SeriesKey key() {
        return SeriesKey.of(source, labels);
    }

    /** Whether it belongs to no one target, as a sum over pods that a recording rule makes. */
    public boolean isWhole() {
        return SeriesReader.WHOLE.equals(source);
    }
}
