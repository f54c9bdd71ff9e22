package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * Counts by bucket: bucket i holds what is above bound i-1 and at most bound i. Classic and native histograms look alike in
 * it: of a native one the bounds of all buckets that are not empty are kept, those of the empty ones in between can be left
 * out, since nothing is lost by cutting an empty bucket. Immutable.
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
     * @throws IllegalArgumentException when they are not
     */
    public static Buckets of(double[] bounds, double[] counts) {
        if (bounds.length == 0 || bounds.length != counts.length || bounds[bounds.length - 1] != Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(bounds.length + " bounds don't fit " + counts.length + " counts, or don't end with +Inf");
        }
        double[] own = new double[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            if (i > 0 && !(bounds[i] > bounds[i - 1])) {
                throw new IllegalArgumentException("the bounds don't rise: " + bounds[i] + " after " + bounds[i - 1]);
            }
            own[i] = bounds[i] + 0.0; // One zero: two histograms of which one has -0 meet in it.
        }
        return new Buckets(own, counts.clone());
    }

    /** The same counts with these bounds, if they are equal, so that the many samples of a histogram have them once. */
    Buckets sharing(Buckets other) {
        return hasBoundsOf(other) ? new Buckets(other.bounds, counts) : this;
    }

    /** Whether the other one, which may be null, has the same bounds. */
    boolean hasBoundsOf(Buckets other) {
        return other != null && (bounds == other.bounds || Arrays.equals(bounds, other.bounds));
    }

    /** How many there are. */
    public int size() {
        return bounds.length;
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
     * The same counts in other buckets. A bucket that one of the new bounds cuts goes as a whole into the new bucket that
     * holds its upper bound; {@link #cutBy} says how much that concerns.
     *
     * @param other upper bounds, rising, the last one +Inf
     */
    public Buckets onto(double[] other) {
        if (Arrays.equals(bounds, other)) {
            return this;
        }
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

    /** How much is in buckets that these bounds, which rise, cut: 0 when {@link #onto} is exact. */
    public double cutBy(double[] other) {
        double cut = 0;
        int at = 0;
        for (int i = 0; i < bounds.length; i++) {
            // Passes all up to the bucket's lower bound; the first one above it decides.
            while (i > 0 && at < other.length && other[at] <= bounds[i - 1]) {
                at++;
            }
            if (counts[i] != 0 && at < other.length && (i > 0 || other[at] > Double.NEGATIVE_INFINITY) && other[at] < bounds[i]) {
                cut += counts[i];
            }
        }
        return cut;
    }

    /** Both together, in the buckets that fit both exactly. */
    public Buckets plus(Buckets other) {
        double[] common = common(this, other);
        double[] a = onto(common).counts;
        double[] b = other.onto(common).counts;
        double[] sum = new double[common.length];
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return new Buckets(common, sum);
    }

    /**
     * What was counted since an earlier state of the same histogram, in the buckets that fit both exactly; empty when some
     * bucket has less than before, that is, when it was reset in between. Other bounds that share none with the earlier
     * ones are a reset as well.
     */
    public Optional<Buckets> since(Buckets earlier) {
        double[] common = common(this, earlier);
        if (common.length == 1 && bounds.length > 1 && earlier.bounds.length > 1 && earlier.total() > 0) {
            return Optional.empty();
        }
        double[] now = onto(common).counts;
        double[] before = earlier.onto(common).counts;
        double[] since = new double[common.length];
        for (int i = 0; i < since.length; i++) {
            if (now[i] < before[i]) {
                return Optional.empty();
            }
            since[i] = now[i] - before[i];
        }
        return Optional.of(new Buckets(common, since));
    }

    /**
     * The bounds, of all that these have, that are exact in each of them; at least +Inf. Takes a time that grows with the
     * number of histograms times the number of different bounds.
     *
     * @param deadline until when it has to be over
     */
    public static double[] common(Collection<Buckets> all, Deadline deadline) {
        double[] left = new double[0];
        for (Buckets one : all) {
            deadline.check();
            left = left.length == 0 ? one.bounds : union(left, one.bounds);
        }
        for (Buckets one : all) {
            deadline.check();
            left = one.exact(left);
        }
        return left;
    }

    private static double[] common(Buckets one, Buckets other) {
        return other.exact(one.exact(union(one.bounds, other.bounds)));
    }

    /** All their bounds, rising, each once. */
    private static double[] union(double[] one, double[] other) {
        return Arrays.equals(one, other) ? one : merged(one, other);
    }

    /** Bytes that it takes. */
    public long bytes() {
        return 56 + 2L * Double.BYTES * bounds.length;
    }

    private static double[] merged(double[] a, double[] b) {
        double[] merged = new double[a.length + b.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            double next = j == b.length || i < a.length && a[i] <= b[j] ? a[i] : b[j];
            i += i < a.length && a[i] == next ? 1 : 0;
            j += j < b.length && b[j] == next ? 1 : 0;
            merged[size++] = next;
        }
        return size == a.length ? a : Arrays.copyOf(merged, size);
    }

    /** Those of these rising values that are exact here. */
    private double[] exact(double[] values) {
        if (values == bounds) {
            return values;
        }
        double[] kept = new double[values.length];
        int size = 0;
        int bucket = 0;
        for (double value : values) {
            while (bounds[bucket] < value) {
                bucket++;
            }
            if (bounds[bucket] == value || counts[bucket] == 0) {
                kept[size++] = value;
            }
        }
        return size == values.length ? values : Arrays.copyOf(kept, size);
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
