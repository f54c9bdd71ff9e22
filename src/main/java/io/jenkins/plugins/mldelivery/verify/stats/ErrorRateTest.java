package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.List;

/** What a check of error rates goes by: a {@link RatioTest} of the tracks' totals, discounted by the {@link PodDispersion} of its pods. Immutable. */
public final class ErrorRateTest {
    private final RatioTest ratio;
    private final PodDispersion pods;

    private ErrorRateTest(RatioTest ratio, PodDispersion pods) {
        this.ratio = ratio;
        this.pods = pods;
    }

    /**
     * No evidence yet.
     *
     * @param nulls see {@link RatioTest#none}
     */
    public static ErrorRateTest none(double... nulls) {
        return new ErrorRateTest(RatioTest.none(nulls), PodDispersion.none());
    }

    /** Adds what the pods counted since the last look, which decides about the discount alone; see {@link PodDispersion#plus}. Comes at every look, before {@link #plus}. */
    public ErrorRateTest seen(List<Pod> canary, List<Pod> stable) {
        return new ErrorRateTest(ratio, pods.plus(canary, stable));
    }

    /** Adds a tick's totals, and discounts all evidence so far as the pods now tell; see {@link RatioTest#plus(double, double, double, double, double, double)}. */
    public ErrorRateTest plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha) {
        return new ErrorRateTest(ratio.plus(canaryEvents, canaryRequests, stableEvents, stableRequests, alpha, pods.discount()), pods);
    }

    /** The evidence, discounted. */
    public RatioTest ratio() {
        return ratio;
    }

    /** What the logarithm of the evidence is divided by; 1 when errors seem to be independent. */
    public double discount() {
        return pods.discount();
    }

    /** The whole state as text, at most 16 KiB; {@link #fromText} gives the same test back. */
    public String toText() {
        return ratio.toText() + ";" + pods.toText();
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static ErrorRateTest fromText(String text) {
        int at = text.indexOf(';');
        return new ErrorRateTest(RatioTest.fromText(at < 0 ? text : text.substring(0, at)), PodDispersion.fromText(at < 0 ? "" : text.substring(at + 1)));
    }
}
