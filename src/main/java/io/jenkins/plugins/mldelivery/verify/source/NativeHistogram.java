package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A native histogram of the Prometheus HTTP API: {@code buckets} is a list of [boundary rule, left, right, count] with the
 * buckets that are not empty, none of them overlapping. The rules (0: open left, 1: open right, 2: open both, 3: closed both)
 * differ only in the side that a value exactly on a boundary falls, which is neglected here: of a continuous measurement that
 * hits nothing.
 */
final class NativeHistogram {
    private final Map<Double, Double> byUpper = new TreeMap<>();
    private double count = Double.NaN;

    private NativeHistogram() {}

    /**
     * In the common form, from where the parser is on, to its end.
     *
     * @return null when it is none, or stale
     */
    static Buckets read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        NativeHistogram histogram = new NativeHistogram();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if ("count".equals(name) && token.isScalarValue()) {
                histogram.count = ApiAnswer.number(parser.getText());
            } else if ("buckets".equals(name) && token == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    histogram.bucket(parser);
                }
            } else {
                parser.skipChildren();
            }
        }
        return histogram.buckets();
    }

    private void bucket(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new MalformedException("a native histogram has a bucket that is not a list");
        }
        double[] numbers = {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
        int i = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (i < numbers.length && parser.currentToken().isScalarValue()) {
                numbers[i] = ApiAnswer.number(parser.getText());
            }
            i++;
            parser.skipChildren();
        }
        double left = numbers[1] + 0.0;
        double right = numbers[2] + 0.0;
        double inside = numbers[3];
        if (!(left <= right) || !(inside >= 0 && inside <= ReadLimits.MAX_COUNT)) {
            throw new MalformedException("a native histogram has a bucket from " + left + " to " + right + " with " + inside);
        }
        if (left != Double.NEGATIVE_INFINITY) {
            byUpper.merge(left, 0.0, Double::sum);
        }
        byUpper.merge(right, inside, Double::sum);
        if (byUpper.size() > ReadLimits.MAX_BUCKETS) {
            throw new LimitExceededException("sent a histogram with more than " + ReadLimits.MAX_BUCKETS + " buckets", "Choose a histogram with fewer buckets");
        }
    }

    private Buckets buckets() {
        if (!Double.isFinite(count)) {
            return null;
        }
        byUpper.merge(Double.POSITIVE_INFINITY, 0.0, Double::sum);
        return Buckets.of(
                byUpper.keySet().stream().mapToDouble(Double::doubleValue).toArray(), byUpper.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
}
