package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * How tests share an error probability α, so that the probability that any of them errs is at most α whatever their dependence (Bonferroni; the union bound).
 * The shares are fixed beforehand: never from what the tests show.
 */
public final class AlphaShares {
    private AlphaShares() {}

    /**
     * Shares α by weight.
     *
     * @param alpha in (0, 1)
     * @param weights one a test, each above 0 and finite
     * @return α·wᵢ/Σw; their sum is α or less by rounding
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static double[] byWeight(double alpha, double... weights) {
        checkAlpha(alpha);
        double sum = 0;
        for (double weight : weights) {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("a weight must be above 0, not " + weight);
            }
            sum += weight;
        }
        double[] shares = new double[weights.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = alpha * (weights[i] / sum);
        }
        return shares;
    }

    /**
     * The share of one of a known number of waits, as the traffic steps of a rollout: α/steps.
     *
     * @param steps 1 or more
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static double ofStep(double alpha, int steps) {
        checkAlpha(alpha);
        if (steps < 1) {
            throw new IllegalArgumentException("the number of steps must be 1 or more, not " + steps);
        }
        return alpha / steps;
    }

    /**
     * The share of the k-th wait when nobody knows how many there will be: 6α/(π²k²). The shares of all k sum to α (Euler: Σ 1/k² = π²/6).
     *
     * @param k from 1
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static double ofOpenEndedStep(double alpha, int k) {
        checkAlpha(alpha);
        if (k < 1) {
            throw new IllegalArgumentException("steps count from 1, not " + k);
        }
        return 6 * alpha / (Math.PI * Math.PI * ((double) k * k));
    }

    private static void checkAlpha(double alpha) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha must be between 0 and 1, not " + alpha);
        }
    }
}
