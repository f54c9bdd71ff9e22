package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/** Every third ratio of {@link RatioGrid} above 1, with the weights of harm: nearly as good as all of them up to some hundred events, and less with more, as the likelihood is then narrower than the steps. */
final class HarmGrid {
    private static final int STEP = 3;

    /** Number of ratios. */
    static final int SIZE = (RatioGrid.SIZE - 1 - RatioGrid.ONE) / STEP;

    private static final double[] LOG_WEIGHTS = logWeights();

    private HarmGrid() {}

    private static double[] logWeights() {
        double[] weights = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            weights[i] = Prior.harm(RatioGrid.log(index(i)));
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> Math.log(w / sum)).toArray();
    }

    /** The index in {@link RatioGrid} of the i-th ratio, i from 0. */
    static int index(int i) {
        return RatioGrid.ONE + STEP * (i + 1);
    }

    /** Log of the mixture of the likelihood ratios since a mark to the power 1/discount; the weights sum to 1. */
    static double logMixture(double[] now, double[] mark, double discount) {
        double[] logs = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            logs[i] = LOG_WEIGHTS[i] + (now[i] - mark[i]) / discount;
        }
        return Logs.sum(logs);
    }
}
