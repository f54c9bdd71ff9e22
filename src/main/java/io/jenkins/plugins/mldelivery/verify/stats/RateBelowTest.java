package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Sequential test that a probability is below a bound. For p &lt; p₀ the likelihood ratio (p/p₀)^x ((1−p)/(1−p₀))^(n−x) has conditional expectation at most 1 under every probability ≥ p₀, also under one that moves
 * without falling below p₀, so a mixture over p reaches 1/β with probability at most β (Ville 1939; Robbins 1970). The mixture is uniform over p₀·{0, 1/8, …, 7/8}.
 */
public final class RateBelowTest {
    private static final int POINTS = 8;

    private RateBelowTest() {}

    /**
     * Log of the evidence that the probability is below the bound; at ln(1/β) or more it is shown.
     *
     * @param events x, 0 or more
     * @param trials n, at least x
     * @param bound p₀, in (0, 1)
     */
    public static double logEvidence(double events, double trials, double bound) {
        double[] logs = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            double share = (double) i / POINTS;
            double hits = events == 0 ? 0 : events * Math.log(share); // ln 0 = −∞: p = 0 is ruled out by one event
            logs[i] = hits + (trials - events) * (Math.log1p(-bound * share) - Math.log1p(-bound));
        }
        return Logs.mean(logs, 0, POINTS);
    }
}
