package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Sequential test that a probability is above a bound, the mirror image of {@link RateBelowTest}: for p &gt; p₀ the
 * likelihood ratio (p/p₀)^x ((1−p)/(1−p₀))^(n−x) has conditional expectation at most 1 under every probability ≤ p₀, so a
 * mixture over p reaches 1/α with probability at most α. The mixture is uniform over p₀ + (1−p₀)·2^−k, k from 1 to 12: it
 * finds a rate that is many times the bound as well as one that is little above it.
 */
public final class RateAboveTest {
    private static final int POINTS = 12;

    private RateAboveTest() {}

    /**
     * Log of the evidence that the probability is above the bound; at ln(1/α) or more it is shown.
     *
     * @param events x, 0 or more
     * @param trials n, at least x
     * @param bound p₀, in (0, 1)
     */
    public static double logEvidence(double events, double trials, double bound) {
        double[] logs = new double[POINTS];
        for (int k = 1; k <= POINTS; k++) {
            double part = Math.scalb(1.0, -k);
            logs[k - 1] = events * Math.log1p((1 - bound) / bound * part) + (trials - events) * Math.log1p(-part);
        }
        return Logs.mean(logs, 0, POINTS);
    }
}
