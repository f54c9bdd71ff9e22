package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The rate ratios at which likelihoods are kept: evenly spaced in the logarithm from 1/64 to 64, with 1 among them. */
final class RatioGrid {
    /** Points on each side of 1. */
    private static final int SIDE = 96;
    private static final double MAX = 64;

    /** Number of points. */
    static final int SIZE = 2 * SIDE + 1;

    /** Index of the ratio 1. */
    static final int ONE = SIDE;

    private static final double[] RATIOS =
            IntStream.range(0, SIZE).mapToDouble(i -> Math.exp(Math.log(MAX) * (i - SIDE) / SIDE)).toArray();

    private RatioGrid() {}

    /** The ratio at an index. */
    static double ratio(int index) {
        return RATIOS[index];
    }

    /** The smallest index whose ratio is at least this. */
    static int atLeast(double ratio) {
        int index = (int) Math.ceil(SIDE + SIDE * Math.log(ratio) / Math.log(MAX) - 1e-9);
        return Math.max(0, Math.min(SIZE - 1, index));
    }

    /** <code>ln(mean(exp(values[from..to])))</code>, the uniform mixture over an index range (both ends included), without overflow. */
    static double logMean(double[] values, int from, int to) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i <= to; i++) {
            max = Math.max(max, values[i]);
        }
        double sum = 0;
        for (int i = from; i <= to; i++) {
            sum += Math.exp(values[i] - max);
        }
        return max + Math.log(sum / (to - from + 1));
    }

    /** All zero: no evidence. */
    static double[] none() {
        double[] zeros = new double[SIZE];
        Arrays.fill(zeros, 0);
        return zeros;
    }
}
