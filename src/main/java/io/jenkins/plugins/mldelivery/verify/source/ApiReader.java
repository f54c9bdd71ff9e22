package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an answer of the Prometheus HTTP API token by token. Nothing is kept of what nobody asked for, samples of other times among it, and what is kept is
 * counted: a few bytes of JSON take many in Java. The samples of a series have to be in the order of their times, as the API promises.
 */
final class ApiReader {
    /** Bytes that a sample takes, with its time among those of its source, and while lists of it grow. */
    private static final int SAMPLE = 64;
    /** What a histogram takes besides, with its count among those of its series. */
    private static final int HISTOGRAM = 112;
    private static final int BUCKET = 24;
    private static final int ROW = 300;
    /** An answer itself, and the key by which it is kept. */
    private static final int ANSWER = 500;
    private static final int LABEL = 32;
    /** A string's own, besides its characters. */
    private static final int TEXT = 56;

    /** Texts that are no labels, such as errors, which may quote the query. */
    private static final int MAX_TEXT = 4 * Math.max(ReadLimits.MAX_LABEL_LENGTH, ReadLimits.MAX_QUERY_LENGTH);

    /**
     * Names of fields are not kept for the next answer, and the limits are those of {@link ReadLimits}: strings that exceed
     * them are refused before they are in memory.
     */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(ReadLimits.MAX_DEPTH)
                    .maxStringLength(MAX_TEXT)
                    .maxNameLength(ReadLimits.MAX_LABEL_LENGTH)
                    .maxNumberLength(100)
                    .build())
            .build();

    private final InputStream body;
    private final LookBudget budget;
    private final AskedRange range;
    /** Each label once: pods have the same ones over and over. */
    private final Map<String, String> texts = new HashMap<>();
    private final List<ApiAnswer.Row> rows = new ArrayList<>();
    private final List<String> plain = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> infos = new ArrayList<>();
    private String status;
    private String errorType;
    private String error;
    private String resultType;
    private boolean partial;
    private int samples;
    /** Whether samples were left out. */
    private boolean strays;

    ApiReader(InputStream body, LookBudget budget, AskedRange range) {
        this.body = body;
        this.budget = budget;
        this.range = range;
    }

    ApiAnswer read() throws IOException {
        budget.keep(ANSWER);
        try (JsonParser parser = FACTORY.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedException("it begins with no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                field(parser, name);
            }
        }
        return new ApiAnswer(status, errorType, error, warnings, infos, partial, strays, resultType, rows, plain);
    }

    private void field(JsonParser parser, String name) throws IOException {
        switch (name) {
            case "status" -> status = text(parser);
            case "errorType" -> errorType = text(parser);
            case "error" -> error = text(parser);
            case "warnings" -> texts(parser, warnings);
            case "infos" -> texts(parser, infos);
            case "isPartial" -> partial = parser.currentToken() == JsonToken.VALUE_TRUE || "true".equals(text(parser));
            case "data" -> data(parser);
            default -> parser.skipChildren();
        }
    }

    /** A text, or null when it is something else, which is passed over. */
    private String text(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            charge(text);
            return text;
        }
        parser.skipChildren();
        return null;
    }

    private static String skipped(JsonParser parser) throws IOException {
        parser.skipChildren();
        return null;
    }

    private void texts(JsonParser parser, List<String> to) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String one = to.size() < ReadLimits.MAX_NOTES ? text(parser) : skipped(parser);
            if (one != null) {
                to.add(one);
            }
        }
    }

    private void data(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if ("result".equals(name) && token == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    result(parser);
                }
            } else if ("resultType".equals(name)) {
                resultType = text(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void result(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            rows.add(row(parser));
            if (rows.size() > ReadLimits.MAX_SERIES) {
                throw new LimitExceededException("sent more than " + ReadLimits.MAX_SERIES + " series", "Narrow the query with labels, or aggregate it");
            }
        } else if (plain.size() < 2) {
            String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
            charge(text);
            plain.add(text);
            parser.skipChildren();
        } else {
            parser.skipChildren();
        }
    }

    private ApiAnswer.Row row(JsonParser parser) throws IOException {
        Map<String, String> labels = Map.of();
        Points.Builder points = new Points.Builder();
        List<HistogramPoint> histograms = new ArrayList<>(0);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "metric" -> labels = labels(parser);
                case "value" -> point(parser, points);
                case "values" -> each(parser, () -> point(parser, points));
                case "histogram" -> histogram(parser, histograms);
                case "histograms" -> each(parser, () -> histogram(parser, histograms));
                default -> parser.skipChildren();
            }
        }
        budget.keep(ROW);
        return new ApiAnswer.Row(kept(SeriesReader.source(labels)), labels, points.build(), List.copyOf(histograms));
    }

    private interface Part {
        void read() throws IOException;
    }

    private static void each(JsonParser parser, Part part) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            part.read();
        }
    }

    private Map<String, String> labels(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return Map.of();
        }
        Map<String, String> labels = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = label(parser.currentName());
            boolean scalar = parser.nextToken().isScalarValue();
            labels.put(name, scalar ? label(parser.getText()) : "");
            parser.skipChildren();
            if (labels.size() > ReadLimits.MAX_LABELS) {
                throw new LimitExceededException("sent a series with more than " + ReadLimits.MAX_LABELS + " labels", "Aggregate the query, or choose another metric");
            }
        }
        budget.keep((long) LABEL * labels.size());
        return Map.copyOf(labels);
    }

    private String label(String text) throws IOException {
        String same = texts.get(text);
        if (same != null) {
            return same;
        }
        if (text.length() > ReadLimits.MAX_LABEL_LENGTH) {
            throw new LimitExceededException("sent a label of more than " + ReadLimits.MAX_LABEL_LENGTH + " characters", "Aggregate the query, or choose another metric");
        }
        return kept(text);
    }

    private String kept(String text) throws IOException {
        String same = texts.get(text);
        if (same != null) {
            return same;
        }
        charge(text);
        texts.put(text, text);
        return text;
    }

    private void charge(String text) throws IOException {
        budget.keep(2L * (TEXT + text.length()));
    }

    /**
     * Whether a sample is one of those that were asked for.
     *
     * @param last the time of the one before it in its series
     */
    private boolean isAsked(long millis, long last) throws IOException {
        boolean asked = range.has(millis);
        strays |= !asked;
        if (asked && millis < last) {
            throw new MalformedException("the samples of a series are not in the order of their times");
        }
        return asked;
    }

    /** Begins a pair of a time and something else; the time in milliseconds, with the other at hand. */
    private long time(JsonParser parser) throws IOException {
        if (++samples > ReadLimits.MAX_SAMPLES) {
            throw new LimitExceededException("sent more than " + ReadLimits.MAX_SAMPLES + " samples", "Narrow the query with labels");
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new MalformedException("a sample is not a pair");
        }
        JsonToken time = parser.nextToken();
        if (!time.isNumeric() && time != JsonToken.VALUE_STRING) {
            throw new MalformedException("a sample has no time");
        }
        long millis = SampleTimes.ofSeconds(ApiAnswer.number(parser.getText()));
        parser.nextToken();
        return millis;
    }

    /** The rest of a pair is of no interest. */
    private static void end(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
        }
    }

    private void point(JsonParser parser, Points.Builder to) throws IOException {
        long millis = time(parser);
        if (!parser.currentToken().isScalarValue()) {
            throw new MalformedException("a sample has no value");
        }
        double value = ApiAnswer.number(parser.getText());
        end(parser);
        if (!isAsked(millis, to.last())) {
            return;
        }
        if (millis == to.last()) {
            to.again(value);
            return;
        }
        budget.keep(SAMPLE);
        to.add(millis, value);
    }

    private void histogram(JsonParser parser, List<HistogramPoint> to) throws IOException {
        long millis = time(parser);
        Buckets buckets = NativeHistogram.read(parser);
        end(parser);
        HistogramPoint last = to.isEmpty() ? null : to.get(to.size() - 1);
        if (buckets != null && isAsked(millis, last == null ? Long.MIN_VALUE : last.millis()) && (last == null || millis > last.millis())) {
            budget.keep(SAMPLE + HISTOGRAM + (long) BUCKET * buckets.size());
            to.add(new HistogramPoint(millis, buckets.sharing(last == null ? null : last.buckets())));
        }
    }
}
