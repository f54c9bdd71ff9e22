package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Counts by bucket: bucket i holds what is above bound i-1 and at most bound i. Classic and native histograms look alike in it: of a native one the bounds of all buckets that are not empty are kept,
 * those of the empty ones in between can be left out, since nothing is lost by cutting an empty bucket.
 */
public final class Buckets {
    private final double[] bounds;
    private final double[] counts;

    private Buckets(double[] bounds, double[] counts) {
        this.bounds = bounds;
        this.counts = counts;
    }

    /**
     * Counts of each bucket by itself (not cumulative).
     *
     * @param bounds upper bounds, rising, the last one +Inf
     * @param counts as many counts
     */
    public static Buckets of(double[] bounds, double[] counts) {
        if (bounds.length == 0 || bounds.length != counts.length || bounds[bounds.length - 1] != Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("bounds " + Arrays.toString(bounds) + " don't fit " + counts.length + " counts");
        }
        for (int i = 1; i < bounds.length; i++) {
            if (!(bounds[i] > bounds[i - 1])) {
                throw new IllegalArgumentException("the bounds don't rise: " + Arrays.toString(bounds));
            }
        }
        return new Buckets(bounds.clone(), counts.clone());
    }

    /** Upper bounds, rising; the last one is +Inf. */
    public double[] bounds() {
        return bounds.clone();
    }

    /** Counts of each bucket by itself. */
    public double[] counts() {
        return counts.clone();
    }

    /** All that was counted. */
    public double total() {
        return Arrays.stream(counts).sum();
    }

    /** Whether it is known how much is at most this value: it is a bound, or lies in an empty bucket. */
    public boolean isExact(double value) {
        int at = Arrays.binarySearch(bounds, value);
        return at >= 0 || counts[-at - 1] == 0;
    }

    /** How much is at most a value; where that is not exact, the bucket that the value cuts counts as above it. */
    public double atMost(double value) {
        double sum = 0;
        for (int i = 0; i < bounds.length && bounds[i] <= value; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** The greatest bound up to a value, or negative infinity when none is that small. */
    public double boundAtMost(double value) {
        int at = Arrays.binarySearch(bounds, value);
        return at >= 0 ? value : at == -1 ? Double.NEGATIVE_INFINITY : bounds[-at - 2];
    }

    /**
     * The same counts in other buckets. A bucket that one of the new bounds cuts goes as a whole into the new bucket that holds its upper bound; {@link #cutBy} says how much that concerns.
     *
     * @param other upper bounds, rising, the last one +Inf
     */
    public Buckets onto(double[] other) {
        double[] moved = new double[other.length];
        int to = 0;
        for (int i = 0; i < bounds.length; i++) {
            while (other[to] < bounds[i]) {
                to++;
            }
            moved[to] += counts[i];
        }
        return of(other, moved);
    }

    /** How much is in buckets that these bounds cut: 0 when {@link #onto} is exact. */
    public double cutBy(double[] other) {
        double cut = 0;
        for (int i = 0; i < bounds.length; i++) {
            double below = i == 0 ? Double.NEGATIVE_INFINITY : bounds[i - 1];
            double upper = bounds[i];
            if (counts[i] != 0 && Arrays.stream(other).anyMatch(b -> b > below && b < upper)) {
                cut += counts[i];
            }
        }
        return cut;
    }

    /** Both together, in the buckets that fit both exactly. */
    public Buckets plus(Buckets other) {
        double[] common = common(List.of(this, other));
        Buckets a = onto(common);
        Buckets b = other.onto(common);
        double[] sum = a.counts;
        Arrays.setAll(sum, i -> a.counts[i] + b.counts[i]);
        return new Buckets(common, sum);
    }

    /**
     * What was counted since an earlier state of the same histogram, in the buckets that fit both exactly; empty when some bucket has less than before, that is, when it was reset in between.
     * Other bounds that share none with the earlier ones are a reset as well.
     */
    public Optional<Buckets> since(Buckets earlier) {
        double[] common = common(List.of(this, earlier));
        if (common.length == 1 && bounds.length > 1 && earlier.bounds.length > 1 && earlier.total() > 0) {
            return Optional.empty();
        }
        double[] now = onto(common).counts;
        double[] before = earlier.onto(common).counts;
        for (int i = 0; i < now.length; i++) {
            if (now[i] < before[i]) {
                return Optional.empty();
            }
            now[i] -= before[i];
        }
        return Optional.of(new Buckets(common, now));
    }

    /** The bounds, of all that these have, that are exact in each of them; at least +Inf. */
    public static double[] common(Collection<Buckets> all) {
        TreeSet<Double> bounds = new TreeSet<>();
        for (Buckets one : all) {
            Arrays.stream(one.bounds).forEach(bounds::add);
        }
        bounds.removeIf(bound -> !all.stream().allMatch(one -> one.isExact(bound)));
        return bounds.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Buckets b && Arrays.equals(bounds, b.bounds) && Arrays.equals(counts, b.counts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bounds) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bounds.length; i++) {
            text.append(i == 0 ? "" : " ").append("<=").append(bounds[i]).append(": ").append(counts[i]);
        }
        return text.toString();
    }
}
