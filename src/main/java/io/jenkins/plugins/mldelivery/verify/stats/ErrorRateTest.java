package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.List;

/**
 * What a check of error rates goes by: a {@link RatioTest} of the tracks' totals, discounted by its {@link BurstGuard}. Of the stake against harm,
 * a fifth is on a test that bears bad spells of single pods ({@link CappedTest}), and a fifth of the rest begins anew now and then ({@link FreshStarts}), so that a regression that begins late is found sooner.
 *
 * <p>Evidence of harm is the mean of both parts with the weights of their stakes. Each is, rollout by rollout, at most a test martingale of the model of {@link RatioTest}: a part that tempering would raise (one below 1) is taken untempered. So is their mean, which keeps the level by Ville's inequality, although their discounts differ.
 * The ratio's estimate, its confidence sequence and "no worse" are those of the totals alone.
 *
 * <p>Immutable.
 */
public final class ErrorRateTest {
    private static final String STARTS = "starts/1";
    private static final double CAPPED = 0.2;

    private final RatioTest ratio;
    private final FreshStarts starts;
    private final BurstGuard guard;
    private final CappedTest capped;

    private ErrorRateTest(RatioTest ratio, FreshStarts starts, BurstGuard guard, CappedTest capped) {
        this.ratio = ratio;
        this.starts = starts;
        this.guard = guard;
        this.capped = capped;
    }

    /**
     * No evidence yet.
     *
     * @param nulls see {@link RatioTest#none}
     */
    public static ErrorRateTest none(double... nulls) {
        return new ErrorRateTest(RatioTest.none(nulls), FreshStarts.none(), BurstGuard.none(), CappedTest.none());
    }

    /** Adds what the pods counted since the last look, which decides about the discount and the caps alone; see {@link BurstGuard#plus}. Comes at every look, before {@link #plus}. */
    public ErrorRateTest seen(List<Pod> canary, List<Pod> stable) {
        return new ErrorRateTest(ratio, starts, guard.plus(canary, stable), capped.seen(canary, stable));
    }

    /** Adds a tick's totals, and discounts all evidence so far as the pods now tell; see {@link RatioTest#plus(double, double, double, double, double, double)}. */
    public ErrorRateTest plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha) {
        RatioTest next = ratio.plus(canaryEvents, canaryRequests, stableEvents, stableRequests, alpha, guard.discount());
        return new ErrorRateTest(next, starts.after(next), guard, capped.plus(canaryEvents, canaryRequests, stableRequests));
    }

    /** Log of the evidence that the canary's rate is higher than the stable version's, at some time; at ln(1/α) or more it is shown. */
    public double logEvidenceWorse() {
        double totals = starts.logEvidenceWorse(ratio);
        double safe = totals < 0 ? Math.min(totals, untemperedTotals()) : totals;
        return Logs.sum(new double[] {Math.log(1 - CAPPED) + safe, Math.log(CAPPED) + capped.logEvidenceWorse(ratio, guard.ofLooks())});
    }

    /** Of the totals with all starts, without a discount. */
    double untemperedTotals() {
        return starts.logEvidenceWorse(ratio.undiscounted());
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
        return guard.discount();
    }

    /** The test of the tracks' totals since the onset, discounted. */
    RatioTest ratio() {
        return ratio;
    }

    /** The whole state as text, at most 21 KiB; {@link #fromText} gives the same test back. */
    public String toText() {
        return ratio.toText() + ";" + StateText.write(STARTS, starts.state()) + ";" + guard.toText() + ";" + capped.toText(guard.pods());
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static ErrorRateTest fromText(String text) {
        String[] parts = text.split(";", -1);
        RatioTest ratio = RatioTest.fromText(parts[0]);
        if (parts.length != 5) {
            throw new IllegalArgumentException("the evidence of an error rate has five parts, not " + parts.length);
        }
        BurstGuard guard = BurstGuard.fromText(parts[2] + ";" + parts[3]);
        return new ErrorRateTest(ratio, FreshStarts.of(StateText.read(STARTS, parts[1])), guard, CappedTest.fromText(parts[4], guard.pods()));
    }
}
