package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Sequential two-sided test that two histograms of the same buckets differ. The events are "falls into this bucket" and "falls above this bound"; the evidence is the mean over all of them. Immutable.
 */
public final class DistributionTest {
    private DistributionTest() {}

    /**
     * No evidence yet.
     *
     * @param bounds the buckets' upper bounds, ascending, 2 to 100 of them; the last may be +∞
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static DistributionTest none(double[] bounds) {
        return new DistributionTest();
    }

    /**
     * Adds a tick.
     *
     * @param bounds the buckets' upper bounds in this tick
     * @param canary observations per bucket (not cumulative), as many as bounds
     * @param stable the same of the stable version
     * @throws IllegalArgumentException when the bounds are not those of the earlier ticks
     */
    public DistributionTest plus(double[] bounds, double[] canary, double[] stable) {
        throw new UnsupportedOperationException();
    }

    /** Log of the evidence that the distributions differ; at ln(1/α) or more it is shown. */
    public double logEvidence() {
        throw new UnsupportedOperationException();
    }

    /** Population stability index of all observations so far. @param confidence of its lower bound, in (0, 1) */
    public Divergence psi(double confidence) {
        throw new UnsupportedOperationException();
    }

    /** Jensen-Shannon distance of all observations so far. @param confidence of its lower bound, in (0, 1) */
    public Divergence jensenShannon(double confidence) {
        throw new UnsupportedOperationException();
    }

    /** All canary observations so far, per bucket. */
    public double[] canary() {
        throw new UnsupportedOperationException();
    }

    /** All stable observations so far, per bucket. */
    public double[] stable() {
        throw new UnsupportedOperationException();
    }

    /** The whole state as text, at most 32 KiB; {@link #fromText} gives the same test back. */
    public String toText() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static DistributionTest fromText(String text) {
        throw new UnsupportedOperationException();
    }
}
