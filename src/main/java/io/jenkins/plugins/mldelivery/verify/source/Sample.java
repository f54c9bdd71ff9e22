package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Map;

/**
 * A value of a series.
 *
 * @param source what it came from, part of the series' identity
 * @param labels its labels without the name
 * @param value its value, may be NaN or infinite
 */
public record Sample(String source, Map<String, String> labels, double value) {
    /** The series' identity: its source and its labels. It is made anew each time. */
    public SeriesKey key() {
        return SeriesKey.of(source, labels);
    }
}
