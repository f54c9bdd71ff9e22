package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.List;

/**
 * What a check of error rates goes by: a {@link RatioTest} of the tracks' totals, discounted by the {@link PodDispersion} of its pods, of whose stake against harm a fifth begins anew now and then, so that a regression that begins late is found sooner (at the cost of about 3 % more requests for one that is there from the start).
 *
 * <p>Immutable.
 */
public final class ErrorRateTest {
    private static final String STARTS = "starts/1";

    private final RatioTest ratio;
    private final FreshStarts starts;
    private final PodDispersion pods;

    private ErrorRateTest(RatioTest ratio, FreshStarts starts, PodDispersion pods) {
        this.ratio = ratio;
        this.starts = starts;
        this.pods = pods;
    }

    /**
     * No evidence yet.
     *
     * @param nulls see {@link RatioTest#none}
     */
    public static ErrorRateTest none(double... nulls) {
        return new ErrorRateTest(RatioTest.none(nulls), FreshStarts.none(), PodDispersion.none());
    }

    /** Adds what the pods counted since the last look, which decides about the discount alone; see {@link PodDispersion#plus}. Comes at every look, before {@link #plus}. */
    public ErrorRateTest seen(List<Pod> canary, List<Pod> stable) {
        return new ErrorRateTest(ratio, starts, pods.plus(canary, stable));
    }

    /** Adds a tick's totals, and discounts all evidence so far as the pods now tell; see {@link RatioTest#plus(double, double, double, double, double, double)}. */
    public ErrorRateTest plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha) {
        RatioTest next = ratio.plus(canaryEvents, canaryRequests, stableEvents, stableRequests, alpha, pods.discount());
        return new ErrorRateTest(next, starts.after(next), pods);
    }

    /** Log of the evidence that the canary's rate is higher than the stable version's, at some time; at ln(1/α) or more it is shown. */
    public double logEvidenceWorse() {
        return starts.logEvidenceWorse(ratio);
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

    /** What the logarithm of the evidence is divided by; 1 when errors seem to be independent. */
    public double discount() {
        return pods.discount();
    }

    /** The test of the tracks' totals since the onset, discounted. */
    RatioTest ratio() {
        return ratio;
    }

    /** The whole state as text, at most 20 KiB; {@link #fromText} gives the same test back. */
    public String toText() {
        return ratio.toText() + ";" + StateText.write(STARTS, starts.state()) + ";" + pods.toText();
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static ErrorRateTest fromText(String text) {
        String[] parts = text.split(";", -1);
        RatioTest ratio = RatioTest.fromText(parts[0]);
        if (parts.length != 3) {
            throw new IllegalArgumentException("the evidence of an error rate has three parts, not " + parts.length);
        }
        return new ErrorRateTest(ratio, FreshStarts.of(StateText.read(STARTS, parts[1])), PodDispersion.fromText(parts[2]));
    }
}
