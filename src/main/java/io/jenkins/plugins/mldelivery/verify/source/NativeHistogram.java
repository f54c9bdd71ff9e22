package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A native histogram of the Prometheus HTTP API: <code>buckets</code> is a list of [boundary rule, left, right, count] with the buckets that are not empty, none of them overlapping. The rules (0: open left, 1: open right, 2: open both,
 * 3: closed both) differ only in the side that a value exactly on a boundary falls, which is neglected here: of a continuous measurement that hits nothing.
 */
final class NativeHistogram {
    private NativeHistogram() {}

    /** In the common form; null when it is none, or stale. */
    static Buckets buckets(JsonNode histogram) throws IOException {
        if (!histogram.isObject() || !Double.isFinite(ApiAnswer.number(histogram.path("count").asText("NaN")))) {
            return null;
        }
        Map<Double, Double> byUpper = new TreeMap<>();
        for (JsonNode bucket : histogram.path("buckets")) {
            double left = ApiAnswer.number(bucket.path(1).asText("NaN"));
            double right = ApiAnswer.number(bucket.path(2).asText("NaN"));
            double count = ApiAnswer.number(bucket.path(3).asText("NaN"));
            if (!(left < right || left == right) || !(count >= 0)) {
                throw new IOException("a native histogram has a bucket from " + left + " to " + right + " with " + count);
            }
            if (left != Double.NEGATIVE_INFINITY) {
                byUpper.merge(left, 0.0, Double::sum);
            }
            byUpper.merge(right, count, Double::sum);
        }
        byUpper.merge(Double.POSITIVE_INFINITY, 0.0, Double::sum);
        return Buckets.of(
                byUpper.keySet().stream().mapToDouble(Double::doubleValue).toArray(), byUpper.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
}
