package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one metric out of a page in the Prometheus text exposition format 0.0.4 or OpenMetrics 1.0 (names in quotes, as of Prometheus 3, included). A page with a line that is none of either is refused before, see {@link PageFilter}.
 */
public final class ExpositionParser {
    private static final String PROCESS_START = "process_start_time_seconds";
    /** Characters of a number; the longest exact one has fewer. */
    private static final int MAX_NUMBER = 1100;

    private final ExpositionText text;
    private final SharedTexts texts;
    private final String metric;
    private final String total;
    private final String createdName;
    private final List<ExpositionPage.Line> exact = new ArrayList<>();
    private final List<ExpositionPage.Line> withTotal = new ArrayList<>();
    private final Map<SeriesKey, Long> created = new HashMap<>();
    private Long processStart;

    private ExpositionParser(ExpositionText text, String metric, SharedTexts texts) {
        this.text = text;
        this.texts = texts;
        this.metric = metric;
        this.total = metric + "_total";
        this.createdName = base(metric) + "_created";
    }

    /**
     * What a page says of a metric.
     *
     * @param metric the samples' name; of an OpenMetrics counter the name without {@code _total} will do
     * @param texts take the labels
     * @throws LimitExceededException when a line exceeds one of {@link ReadLimits}
     * @throws Deadline.Over when it takes too long
     */
    static ExpositionPage read(ExpositionText text, String metric, SharedTexts texts, Deadline deadline) throws LimitExceededException {
        return new ExpositionParser(text, metric, texts).read(deadline);
    }

    /** The names of all samples that {@link #read} looks for. */
    static List<String> names(String metric) {
        return List.of(metric, metric + "_total", base(metric) + "_created", PROCESS_START);
    }

    private static String base(String metric) {
        for (String suffix : List.of("_total", "_bucket", "_count", "_sum")) {
            if (metric.endsWith(suffix) && metric.length() > suffix.length()) {
                return metric.substring(0, metric.length() - suffix.length());
            }
        }
        return metric;
    }

    private ExpositionPage read(Deadline deadline) throws LimitExceededException {
        int line = 0;
        for (int start : text.lines(names(metric))) {
            if (++line % ExpositionPage.EACH == 0) {
                deadline.check();
            }
            int end = text.end(start);
            int nameEnd = text.nameEnd(start, end);
            take(nameEnd == start ? null : text.page().substring(start, nameEnd), new LineReader(text.page(), nameEnd, end));
        }
        return new ExpositionPage(exact.isEmpty() ? withTotal : exact, created, processStart);
    }

    /** @param outer the name before the braces; null when it is quoted within them */
    private void take(String outer, LineReader reader) throws LimitExceededException {
        Map<String, String> labels = new LinkedHashMap<>();
        String inner = reader.labels(labels);
        if (inner == null) {
            return;
        }
        String name = outer == null ? inner : outer;
        if (outer != null && !inner.isEmpty() || name.isEmpty()) {
            return;
        }
        Double value = reader.value();
        if (value == null) {
            return;
        }
        if (name.equals(metric)) {
            exact.add(new ExpositionPage.Line(texts.of(labels), value, reader.stamp(text.isOpenMetrics())));
        } else if (name.equals(total)) {
            withTotal.add(new ExpositionPage.Line(texts.of(labels), value, reader.stamp(text.isOpenMetrics())));
        } else if (name.equals(createdName) && SampleTimes.isTime(value * 1000)) {
            created.put(ExpositionPage.key(labels), Math.round(value * 1000));
        } else if (name.equals(PROCESS_START) && SampleTimes.isTime(value * 1000)) {
            processStart = Math.round(value * 1000);
        }
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    /**
     * A number as Prometheus writes it.
     *
     * @throws NumberFormatException when it is none
     */
    static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> other(text);
        };
    }

    private static double other(String text) {
        if (text.length() > MAX_NUMBER) {
            throw new NumberFormatException("it has " + text.length() + " characters");
        }
        String lower = Ascii.lower(text);
        if (lower.equals("+inf") || lower.equals("inf") || lower.equals("+infinity") || lower.equals("infinity")) {
            return Double.POSITIVE_INFINITY;
        } else if (lower.equals("-inf") || lower.equals("-infinity")) {
            return Double.NEGATIVE_INFINITY;
        } else if (lower.equals("nan")) {
            return Double.NaN;
        } else if (lower.endsWith("f") || lower.endsWith("d")) {
            throw new NumberFormatException("it has a mark of Java's own");
        }
        return Double.parseDouble(text);
    }
}
