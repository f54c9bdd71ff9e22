package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An answer of the Prometheus HTTP API, version 1, as its documentation describes it ("Format overview", "Expression query
 * result formats", "Native histograms").
 *
 * @param status {@code success} or {@code error}; null when it is no such answer
 * @param errorType such as {@code bad_data}, or null
 * @param error in words, or null
 * @param warnings about the data, which may be incomplete
 * @param infos about the query
 * @param partial whether VictoriaMetrics says that some of its storage did not answer
 * @param strays whether samples were left out, since they are of another time than was asked for
 * @param resultType {@code scalar}, {@code vector}, {@code matrix}, {@code string}, or null
 * @param rows the series of a vector or matrix
 * @param plain time and value of a scalar or string
 */
record ApiAnswer(
        String status, String errorType, String error, List<String> warnings, List<String> infos, boolean partial, boolean strays, String resultType, List<Row> rows, List<String> plain) {
    private static final Pattern ABOUT_QUERY = Pattern.compile("PromQL (?:warning|info)");

    ApiAnswer {
        warnings = List.copyOf(warnings);
        infos = List.copyOf(infos);
        rows = List.copyOf(rows);
        plain = List.copyOf(plain);
    }

    /**
     * A series.
     *
     * @param source the target that it came from, one text for all of it
     * @param labels its labels with the name
     * @param points its samples
     * @param histograms its native histograms
     */
    record Row(String source, Map<String, String> labels, List<Point> points, List<HistogramPoint> histograms) {}

    /**
     * What it says to be missing, since a store did not answer; null when it is complete.
     *
     * <p>A warning or an info is about the query where Prometheus says so in front of it, and else of whoever put the answer together (Thanos, Mimir, a
     * remote read).
     */
    String missing() {
        if (partial) {
            return "some of its storage did not answer";
        }
        return Stream.concat(warnings.stream(), infos.stream().filter(info -> Ascii.lower(info).contains("partial")))
                .filter(text -> !ABOUT_QUERY.matcher(text).lookingAt())
                .findFirst()
                .orElse(null);
    }

    /**
     * Reads one.
     *
     * @param budget what of it may be kept
     * @param range of the samples
     * @throws LimitExceededException when it exceeds one of {@link ReadLimits}
     * @throws IOException when it is no JSON, or broken off
     */
    static ApiAnswer parse(InputStream body, LookBudget budget, AskedRange range) throws IOException {
        return new ApiReader(body, budget, range).read();
    }

    static double number(String text) throws IOException {
        try {
            return ExpositionParser.number(text);
        } catch (NumberFormatException e) {
            throw new MalformedException("'" + Excerpt.of(text) + "' is not a number", e);
        }
    }
}
