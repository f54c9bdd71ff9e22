package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.stream.IntStream;

/** The rate ratios at which likelihoods are kept, evenly spaced in the logarithm from 1/64 to 64 with 1 among them, and the weights of the mixtures over them. */
final class RatioGrid {
    /** Points on each side of 1. */
    private static final int SIDE = 96;
    private static final double MAX = 64;
    private static final double STEP = Math.log(MAX) / SIDE;

    /** Number of points. */
    static final int SIZE = 2 * SIDE + 1;

    /** Index of the ratio 1. */
    static final int ONE = SIDE;

    private static final double[] LOGS = IntStream.range(0, SIZE).mapToDouble(i -> STEP * (i - SIDE)).toArray();
    private static final double[] RATIOS = IntStream.range(0, SIZE).mapToDouble(i -> Math.exp(LOGS[i])).toArray();

    /** The weight of the k-th alternative from the null, k from 1. */
    private static final double[] WEIGHTS = IntStream.rangeClosed(0, SIZE).mapToDouble(k -> Prior.density(k * STEP)).toArray();

    /** Of the first k of them. */
    private static final double[] SUMS = sums(WEIGHTS);

    /** The same for harm, where the null is 1. */
    private static final double[] HARM_WEIGHTS = IntStream.rangeClosed(0, SIDE).mapToDouble(k -> Prior.harm(k * STEP)).toArray();

    private static final double[] HARM_SUMS = sums(HARM_WEIGHTS);

    /** What is so much less likely than the likeliest is lost in a double's rounding; leaving it out only lowers the evidence. */
    private static final double NEGLIGIBLE = -40;

    private RatioGrid() {}

    private static double[] sums(double[] weights) {
        double[] sums = new double[weights.length];
        for (int k = 1; k < weights.length; k++) {
            sums[k] = sums[k - 1] + weights[k];
        }
        return sums;
    }

    /** The ratio at an index. */
    static double ratio(int index) {
        return RATIOS[index];
    }

    /** The logarithm of the ratio at an index. */
    static double log(int index) {
        return LOGS[index];
    }

    /** The smallest index whose ratio is at least this. */
    static int atLeast(double ratio) {
        int index = (int) Math.ceil(SIDE + SIDE * Math.log(ratio) / Math.log(MAX) - 1e-9);
        return Math.max(0, Math.min(SIZE - 1, index));
    }

    /** Log of the mixture of the likelihoods to the power 1/discount from an index to the upper end, the k-th of them weighted by the prior; the weights sum to 1. −∞ for an empty range. */
    static double logMixtureUp(double[] values, int from, double discount) {
        return from >= SIZE ? Double.NEGATIVE_INFINITY : logMixture(values, from, SIZE - from, 1, discount, WEIGHTS, SUMS);
    }

    /** The same over all ratios above 1, weighted for harm. */
    static double logMixtureOfHarm(double[] values, double discount) {
        return logMixture(values, ONE + 1, SIDE, 1, discount, HARM_WEIGHTS, HARM_SUMS);
    }

    /** As {@link #logMixtureUp}, from an index down to the lower end. */
    static double logMixtureDown(double[] values, int from, double discount) {
        return from < 0 ? Double.NEGATIVE_INFINITY : logMixture(values, from, from + 1, -1, discount, WEIGHTS, SUMS);
    }

    private static double logMixture(double[] values, int from, int count, int step, double discount, double[] weights, double[] sums) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < count; k++) {
            max = Math.max(max, values[from + step * k]);
        }
        double sum = 0;
        for (int k = 0; k < count; k++) {
            double log = (values[from + step * k] - max) / discount;
            sum += log < NEGLIGIBLE ? 0 : weights[k + 1] * Math.exp(log);
        }
        return max / discount + Math.log(sum / sums[count]);
    }
}
