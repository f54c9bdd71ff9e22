package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import java.util.Arrays;
import java.util.List;

/**
 * Observations of a track that are not yet in a test.
 *
 * @param bounds upper bounds of the buckets, without the last one (+Inf)
 * @param counts of each bucket by itself, one more than bounds
 */
public record OpenHistogram(List<Double> bounds, List<Double> counts) {
    static final OpenHistogram NONE = new OpenHistogram(List.of(), List.of(0.0));

    public OpenHistogram {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
        Numbers.bounds(bounds);
        Numbers.amounts(counts);
        if (counts.size() != bounds.size() + 1) {
            throw new IllegalArgumentException("a histogram's counts don't fit its buckets");
        }
    }

    static OpenHistogram of(Buckets buckets) {
        double[] bounds = buckets.bounds();
        return new OpenHistogram(Arrays.stream(bounds, 0, bounds.length - 1).boxed().toList(), Arrays.stream(buckets.counts()).boxed().toList());
    }

    double total() {
        return counts.stream().mapToDouble(Double::doubleValue).sum();
    }

    Buckets buckets() {
        double[] upper = new double[bounds.size() + 1];
        Arrays.setAll(upper, i -> i < bounds.size() ? bounds.get(i) : Double.POSITIVE_INFINITY);
        return Buckets.of(upper, counts.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Both together, in the buckets that fit both. */
    OpenHistogram plus(Buckets more) {
        return total() == 0 ? of(more) : of(buckets().plus(more));
    }
}
