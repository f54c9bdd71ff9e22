package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * A {@link RatioTest} whose ticks are discounted by a {@link Dispersion}: what a check of error rates uses. How ticks are cut matters a little to the guard, so that merged ticks don't give exactly the same evidence as in {@link RatioTest}. Immutable.
 */
public final class GuardedRatioTest {
    private final RatioTest ratio;
    private final Dispersion dispersion;

    private GuardedRatioTest(RatioTest ratio, Dispersion dispersion) {
        this.ratio = ratio;
        this.dispersion = dispersion;
    }

    /**
     * No evidence yet.
     *
     * @param nulls see {@link RatioTest#none}
     */
    public static GuardedRatioTest none(double... nulls) {
        return new GuardedRatioTest(RatioTest.none(nulls), Dispersion.none());
    }

    /** Adds a tick; see {@link RatioTest#plus}. */
    public GuardedRatioTest plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha) {
        double by = dispersion.discount(canaryEvents + stableEvents);
        return new GuardedRatioTest(
                ratio.plus(canaryEvents / by, canaryRequests, stableEvents / by, stableRequests, alpha),
                dispersion.plus(canaryEvents, canaryRequests, stableEvents, stableRequests));
    }

    /** See {@link RatioTest#logEvidenceWorse}. */
    public double logEvidenceWorse() {
        return ratio.logEvidenceWorse();
    }

    /** See {@link RatioTest#logEvidenceAbove}. */
    public double logEvidenceAbove(double bound) {
        return ratio.logEvidenceAbove(bound);
    }

    /** See {@link RatioTest#logEvidenceBelow}. */
    public double logEvidenceBelow(double margin) {
        return ratio.logEvidenceBelow(margin);
    }

    /** See {@link RatioTest#estimate}. */
    public double estimate() {
        return ratio.estimate();
    }

    /** See {@link RatioTest#lower}. */
    public double lower() {
        return ratio.lower();
    }

    /** See {@link RatioTest#upper}. */
    public double upper() {
        return ratio.upper();
    }

    /** How large bursts seem to be; 1 when events are independent. */
    public double dispersion() {
        return dispersion.estimate();
    }

    /** The whole state as text; {@link #fromText} gives the same test back. */
    public String toText() {
        return ratio.toText() + ";" + dispersion.toText();
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static GuardedRatioTest fromText(String text) {
        int at = text.indexOf(';');
        if (at < 0) {
            throw new IllegalArgumentException("the evidence of a guarded ratio test has two parts, this text has one");
        }
        return new GuardedRatioTest(RatioTest.fromText(text.substring(0, at)), Dispersion.fromText(text.substring(at + 1)));
    }
}
