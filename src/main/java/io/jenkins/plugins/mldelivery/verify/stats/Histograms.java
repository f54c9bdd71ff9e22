package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/** What both tracks' histograms counted so far, over the same buckets. Immutable. */
final class Histograms {
    static final int MOST = 100;

    private final double[] bounds;
    private final double[] canary;
    private final double[] stable;
    private final long ticks;

    private Histograms(double[] bounds, double[] canary, double[] stable, long ticks) {
        this.bounds = bounds;
        this.canary = canary;
        this.stable = stable;
        this.ticks = ticks;
    }

    /** @throws IllegalArgumentException when there are fewer than 2 or more than 100 bounds, or they don't ascend */
    static Histograms none(double[] bounds) {
        if (bounds.length < 2 || bounds.length > MOST) {
            throw new IllegalArgumentException("a histogram must have 2 to " + MOST + " buckets, not " + bounds.length);
        }
        for (int i = 0; i < bounds.length; i++) {
            if (!(i == 0 ? !Double.isNaN(bounds[0]) : bounds[i] > bounds[i - 1])) {
                throw new IllegalArgumentException("the buckets' bounds must ascend, not be " + bounds[i] + " after " + (i == 0 ? "nothing" : bounds[i - 1]));
            }
        }
        return new Histograms(bounds.clone(), new double[bounds.length], new double[bounds.length], 0);
    }

    /** @throws IllegalArgumentException when the bounds are others, or a count is not one */
    Histograms plus(double[] tickBounds, double[] tickCanary, double[] tickStable) {
        if (!Arrays.equals(bounds, tickBounds)) {
            throw new IllegalArgumentException("the buckets changed from " + Arrays.toString(bounds) + " to " + Arrays.toString(tickBounds));
        }
        return new Histograms(bounds, sum(canary, tickCanary), sum(stable, tickStable), ticks + 1);
    }

    private static double[] sum(double[] all, double[] tick) {
        if (tick.length != all.length) {
            throw new IllegalArgumentException("expected " + all.length + " counts, one a bucket, not " + tick.length);
        }
        double[] next = new double[all.length];
        for (int i = 0; i < next.length; i++) {
            if (!(tick[i] >= 0 && tick[i] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a count must be 0 or more, not " + tick[i]);
            }
            next[i] = all[i] + tick[i];
        }
        return next;
    }

    /** How many are above each bound but the last. */
    static double[] tails(double[] counts) {
        double[] tails = new double[counts.length - 1];
        double above = 0;
        for (int i = tails.length - 1; i >= 0; i--) {
            above += counts[i + 1];
            tails[i] = above;
        }
        return tails;
    }

    static double total(double[] counts) {
        double sum = 0;
        for (double count : counts) {
            sum += count;
        }
        return sum;
    }

    ProcessBank.Tracks tails() {
        return tails(canary, stable);
    }

    ProcessBank.Tracks bins() {
        return bins(canary, stable);
    }

    static ProcessBank.Tracks tails(double[] canary, double[] stable) {
        return new ProcessBank.Tracks(tails(canary), total(canary), tails(stable), total(stable));
    }

    static ProcessBank.Tracks bins(double[] canary, double[] stable) {
        return new ProcessBank.Tracks(canary, total(canary), stable, total(stable));
    }

    double[] bounds() {
        return bounds.clone();
    }

    double[] canary() {
        return canary.clone();
    }

    double[] stable() {
        return stable.clone();
    }

    int size() {
        return bounds.length;
    }

    long ticks() {
        return ticks;
    }

    /** Number of buckets, ticks, bounds, counts. */
    double[] numbers() {
        return Logs.join(new double[] {bounds.length, ticks}, bounds, canary, stable);
    }

    static int length(int buckets) {
        return 2 + 3 * buckets;
    }

    /** @throws IllegalArgumentException when they are damaged */
    static Histograms of(double[] numbers) {
        int n = numbers.length < 2 ? 0 : (int) numbers[0];
        if (n < 2 || n > MOST || numbers.length < length(n)) {
            throw new IllegalArgumentException("the evidence of a histogram has a wrong length");
        }
        return new Histograms(
                none(Arrays.copyOfRange(numbers, 2, 2 + n)).bounds, Arrays.copyOfRange(numbers, 2 + n, 2 + 2 * n), Arrays.copyOfRange(numbers, 2 + 2 * n, 2 + 3 * n),
                (long) numbers[1]);
    }
}
