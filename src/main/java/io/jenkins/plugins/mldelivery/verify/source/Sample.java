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
    /** The series' identity: begins with {@link #sourceKey}, then the labels in order, quoted so that no two label sets read alike. */
    public String key() {
        StringBuilder key = new StringBuilder(sourceKey());
        new TreeMap<>(labels).forEach((name, value) ->
                key.append(name).append("=\"").append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append("\","));
        return key.append('}').toString();
    }

    /** What the keys of all series of this sample's source begin with. */
    public String sourceKey() {
        return source + "{";
    }
}
