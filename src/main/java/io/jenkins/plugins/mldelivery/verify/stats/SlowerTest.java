package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Sequential test of two histograms of the same buckets: is the canary slower? The event of a bound is "slower than the bound"; see {@link RatioTest} for the evidence of one bound. For all bounds together the evidence is the mean of theirs. Immutable.
 */
public final class SlowerTest {
    private SlowerTest() {}

    /**
     * No evidence yet.
     *
     * @param bounds the buckets' upper bounds, ascending, 1 to 100 of them; the last may be +∞
     * @param margin the ratio of the shares slower than a bound (canary : stable) that counts as "no worse" when shown to be below it; above 1, up to 32
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static SlowerTest none(double[] bounds, double margin) {
        return new SlowerTest();
    }

    /**
     * Adds a tick.
     *
     * @param bounds the buckets' upper bounds in this tick
     * @param canary observations per bucket (not cumulative), as many as bounds
     * @param stable the same of the stable version
     * @param alpha error probability of each bound's confidence sequence
     * @throws IllegalArgumentException when the bounds are not those of the earlier ticks
     */
    public SlowerTest plus(double[] bounds, double[] canary, double[] stable, double alpha) {
        throw new UnsupportedOperationException();
    }

    /** Log of the evidence that the canary is slower at any bound (the mean over the bounds); at ln(1/α) or more it is shown. */
    public double logEvidence() {
        throw new UnsupportedOperationException();
    }

    /** Log of the evidence that more of the canary's requests than of the stable version's are slower than this bound. */
    public double logEvidence(int bound) {
        throw new UnsupportedOperationException();
    }

    /** Log of the evidence that the share slower than this bound is below margin times the stable version's; at ln(1/β) or more it is shown. */
    public double logEvidenceBelow(int bound) {
        throw new UnsupportedOperationException();
    }

    /** Lower end of the confidence sequence of the ratio of the shares slower than this bound. */
    public double lower(int bound) {
        throw new UnsupportedOperationException();
    }

    /** Upper end of it. */
    public double upper(int bound) {
        throw new UnsupportedOperationException();
    }

    /** The likeliest ratio of the shares slower than this bound; NaN without evidence. */
    public double estimate(int bound) {
        throw new UnsupportedOperationException();
    }

    /** The index of the largest bound that at least the share 1−quantile of the stable version's observations exceed; −1 without observations. */
    public int boundOf(double quantile) {
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

    /** The buckets' upper bounds. */
    public double[] bounds() {
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
    public static SlowerTest fromText(String text) {
        throw new UnsupportedOperationException();
    }
}
