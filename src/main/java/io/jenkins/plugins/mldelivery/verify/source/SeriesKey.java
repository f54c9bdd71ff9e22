package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Map;
import java.util.TreeMap;

/** The identity of a series in text. */
final class SeriesKey {
    private SeriesKey() {}

    /** Begins with the source, then the labels in order, quoted so that no two label sets read alike. */
    static String of(String source, Map<String, String> labels) {
        StringBuilder key = new StringBuilder(source).append('{');
        new TreeMap<>(labels).forEach((name, value) ->
                key.append(name).append("=\"").append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append("\","));
        return key.append('}').toString();
    }
}
