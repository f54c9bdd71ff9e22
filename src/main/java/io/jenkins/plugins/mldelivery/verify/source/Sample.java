package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Map;
import java.util.TreeMap;

/**
 * A value of a series.
 *
 * @param source what it came from, part of the series' identity
 * @param labels its labels without the name
 * @param value its value, may be NaN or infinite
 */
public record Sample(String source, Map<String, String> labels, double value) {
    /** The series' identity. */
    public String key() {
        return source + new TreeMap<>(labels);
    }
}
