package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Map;
import java.util.TreeMap;

/**
 * The identity of a series in text. Sets and maps of series go by it, not by the labels as a map: servers choose the
 * labels, the hash of a map is a sum that many of them can share, and unlike texts such maps have no order by which a hash
 * table could still find them.
 */
public final class SeriesKey {
    private SeriesKey() {}

    /** Begins with the source, then the labels in order, quoted so that no two label sets read alike. */
    public static String of(String source, Map<String, String> labels) {
        StringBuilder key = new StringBuilder(source).append('{');
        new TreeMap<>(labels).forEach((name, value) ->
                key.append(name).append("=\"").append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append("\","));
        return key.append('}').toString();
    }
}
