package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An answer of the Prometheus HTTP API, version 1, as its documentation describes it ("Format overview", "Expression query result formats", "Native histograms"). The series are read one by one, so that a large answer does not take its size many times over.
 *
 * @param status <code>success</code> or <code>error</code>; null when it is no such answer
 * @param errorType such as <code>bad_data</code>, or null
 * @param error in words, or null
 * @param warnings about the data, which may be incomplete
 * @param infos about the query
 * @param partial whether VictoriaMetrics says that some of its storage did not answer
 * @param resultType <code>scalar</code>, <code>vector</code>, <code>matrix</code>, <code>string</code>, or null
 * @param rows the series of a vector or matrix
 * @param plain time and value of a scalar or string
 */
record ApiAnswer(
        String status, String errorType, String error, List<String> warnings, List<String> infos, boolean partial, String resultType, List<Row> rows, List<String> plain) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JSON.getFactory();

    /**
     * A series.
     *
     * @param labels its labels with the name
     * @param points its samples
     * @param histograms its native histograms
     */
    record Row(Map<String, String> labels, List<Point> points, List<HistogramPoint> histograms) {}

    /** @throws IOException when it is no JSON, or broken off */
    static ApiAnswer parse(byte[] body) throws IOException {
        Map<String, Object> fields = new HashMap<>();
        List<Row> rows = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it begins with no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if ("data".equals(name) && parser.currentToken() == JsonToken.START_OBJECT) {
                    data(parser, fields, rows, plain);
                } else {
                    fields.put(name, JSON.readTree(parser));
                }
            }
        }
        return new ApiAnswer(
                text(fields, "status"), text(fields, "errorType"), text(fields, "error"), texts(fields, "warnings"), texts(fields, "infos"),
                fields.get("isPartial") instanceof JsonNode n && n.asBoolean(), text(fields, "resultType"), rows, plain);
    }

    private static void data(JsonParser parser, Map<String, Object> fields, List<Row> rows, List<String> plain) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if ("result".equals(name) && token == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    JsonNode one = JSON.readTree(parser);
                    if (one.isObject()) {
                        rows.add(row(one));
                    } else {
                        plain.add(one.asText());
                    }
                }
            } else {
                JsonNode value = JSON.readTree(parser);
                if ("resultType".equals(name)) {
                    fields.put(name, value);
                }
            }
        }
    }

    private static Row row(JsonNode series) throws IOException {
        Map<String, String> labels = new HashMap<>();
        series.path("metric").fields().forEachRemaining(e -> labels.put(e.getKey(), e.getValue().asText()));
        List<Point> points = new ArrayList<>();
        if (series.has("value")) {
            points.add(point(series.path("value")));
        }
        for (JsonNode pair : series.path("values")) {
            points.add(point(pair));
        }
        List<HistogramPoint> histograms = new ArrayList<>();
        if (series.has("histogram")) {
            histogram(series.path("histogram"), histograms);
        }
        for (JsonNode pair : series.path("histograms")) {
            histogram(pair, histograms);
        }
        return new Row(labels, points, histograms);
    }

    private static Point point(JsonNode pair) throws IOException {
        return new Point(millis(pair.path(0)), number(pair.path(1).asText("NaN")));
    }

    private static void histogram(JsonNode pair, List<HistogramPoint> to) throws IOException {
        Buckets buckets = NativeHistogram.buckets(pair.path(1));
        if (buckets != null) {
            to.add(new HistogramPoint(millis(pair.path(0)), buckets));
        }
    }

    /** Seconds with decimals. */
    private static long millis(JsonNode seconds) {
        return Math.round(seconds.asDouble() * 1000);
    }

    static double number(String text) throws IOException {
        try {
            return ExpositionParser.number(text);
        } catch (NumberFormatException e) {
            throw new IOException("'" + text + "' is no number", e);
        }
    }

    private static String text(Map<String, Object> fields, String name) {
        return fields.get(name) instanceof JsonNode n && n.isTextual() ? n.textValue() : null;
    }

    private static List<String> texts(Map<String, Object> fields, String name) {
        List<String> texts = new ArrayList<>();
        if (fields.get(name) instanceof JsonNode n) {
            n.forEach(one -> texts.add(one.asText()));
        }
        return texts;
    }
}
