package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/** Arithmetic on logarithms. */
final class Logs {
    private Logs() {}

    /** <code>ln(mean(exp(values[from..to−1])))</code> without overflow. */
    static double mean(double[] values, int from, int to) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, values[i]);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(values[i] - max);
        }
        return max + Math.log(sum / (to - from));
    }

    static double[] join(double[]... parts) {
        double[] all = new double[Arrays.stream(parts).mapToInt(p -> p.length).sum()];
        int at = 0;
        for (double[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
