package io.jenkins.plugins.mldelivery.verify.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the samples of one metric out of a page in the Prometheus text exposition format 0.0.4 or OpenMetrics 1.0. Lines that are none of either are skipped, as a page may hold anything;
 * time stamps and exemplars are ignored, since the look's own time counts.
 */
public final class ExpositionParser {
    private ExpositionParser() {}

    /**
     * The samples of a metric.
     *
     * @param source identity of the page
     */
    public static List<Sample> parse(String source, String page, String metric) {
        List<Sample> samples = new ArrayList<>();
        for (String line : page.split("\n")) {
            String stripped = line.strip();
            if (stripped.startsWith(metric)) {
                Sample sample = line(source, stripped, metric);
                if (sample != null) {
                    samples.add(sample);
                }
            }
        }
        return samples;
    }

    private static Sample line(String source, String line, String metric) {
        int at = blanks(line, metric.length());
        Map<String, String> labels = new HashMap<>();
        if (at < line.length() && line.charAt(at) == '{') {
            at = labels(line, at + 1, labels);
            if (at < 0) {
                return null;
            }
        } else if (at == metric.length()) {
            return null; // Another metric whose name begins alike, or nothing behind the name.
        }
        String[] fields = line.substring(at).strip().split("\\s+");
        try {
            return new Sample(source, labels, number(fields[0]));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The position of the first character from here on that is no blank. */
    private static int blanks(String line, int start) {
        int at = start;
        while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Reads labels from behind the brace; returns the position behind the closing one, or -1. */
    private static int labels(String line, int start, Map<String, String> labels) {
        int at = start;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '}') {
                return at + 1;
            }
            if (c == ',' || Character.isWhitespace(c)) {
                at++;
                continue;
            }
            int equals = line.indexOf('=', at);
            int quote = equals < 0 ? -1 : blanks(line, equals + 1);
            if (quote < 0 || quote >= line.length() || line.charAt(quote) != '"') {
                return -1;
            }
            StringBuilder value = new StringBuilder();
            int i = quote + 1;
            for (; i < line.length() && line.charAt(i) != '"'; i++) {
                char v = line.charAt(i);
                if (v == '\\' && i + 1 < line.length()) {
                    i++;
                    v = line.charAt(i) == 'n' ? '\n' : line.charAt(i);
                }
                value.append(v);
            }
            if (i >= line.length()) {
                return -1;
            }
            labels.put(line.substring(at, equals).strip(), value.toString());
            at = i + 1;
        }
        return -1;
    }

    /** A number as Prometheus writes it. */
    static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> Double.parseDouble(text);
        };
    }
}
