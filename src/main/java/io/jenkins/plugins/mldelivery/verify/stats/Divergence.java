package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * How far two histograms are apart.
 *
 * @param value as measured
 * @param corrected the same less what noise alone adds on average, 0 or more
 * @param atLeast a lower confidence bound, 0 or more: compare this with a floor, so that noise doesn't pass it
 */
public record Divergence(double value, double corrected, double atLeast) {
    /**
     * The population stability index Σ(p−q)·ln(p/q), 0 or more.
     *
     * @param first counts per bucket
     * @param second counts of the same buckets
     * @param confidence of the lower bound, in (0, 1)
     * @throws IllegalArgumentException when the lengths differ
     */
    public static Divergence psi(double[] first, double[] second, double confidence) {
        throw new UnsupportedOperationException();
    }

    /** The Jensen-Shannon distance (the root of the divergence in bits), 0 to 1; parameters as for {@link #psi}. */
    public static Divergence jensenShannon(double[] first, double[] second, double confidence) {
        throw new UnsupportedOperationException();
    }
}
