package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * Sequential test of the ratio r of two event rates (canary : stable), valid at every look and for a base rate that moves with time.
 *
 * <p>In a tick the canary has X events in N requests and the stable version Y in M. If both share the tick's base rate λ, X and Y are about Poisson(rλN) and Poisson(λM), so given X+Y
 * the count X is Binomial(X+Y, θ(r)) with θ(r) = N·r/(N·r+M), whatever λ is. (Conditioning: Przyborowski &amp; Wilenski, Biometrika 31, 1940.) The log-likelihood ratio against r = 1, Σ X ln r − (X+Y) ln(1+θ(1)(r−1)), is kept
 * for a grid of ratios and for the nulls that were asked for.
 *
 * <p>For r₁ &gt; r₀ the likelihood ratio aˣ·bʸ with a = θ(r₁)/θ(r₀) &gt; 1 and b = (1−θ(r₁))/(1−θ(r₀)) &lt; 1 has conditional expectation at most 1 for every true ratio ≤ r₀. That needs neither Poisson counts nor rare events: for requests
 * that fail independently, with probabilities that sum to A on the canary and B on the stable version, E aˣbʸ = Π(1+pᵢ(a−1))·Π(1+qⱼ(b−1)) ≤ exp(A(a−1)+B(b−1)), which is 1 at A/N = r₀·B/M and less below. Mirrored for r₁ &lt; r₀.
 * Hence it and any mixture over r₁ with fixed weights is a non-negative supermartingale (Wald, Sequential Analysis, 1947; Robbins, Ann. Math. Statist. 41, 1970), and by Ville's inequality (1939) the probability that it ever
 * reaches 1/α is at most α. The ratios that neither one-sided mixture rejects at α/2 form a confidence sequence (Howard, Ramdas, McAuliffe &amp; Sekhon, Ann. Statist. 49, 2021).
 *
 * <p>What it does rest on: within a tick, requests fail independently of each other given the tick's base rate, and that rate is the same for both tracks. Errors that come in bursts break this. Against them all evidence so far may be discounted by a φ of 1 or more: the likelihood ratios, not the
 * counts of single ticks, are taken to the power 1/φ, so that a φ that is known better later on counts for what came before as well ({@link PodDispersion} has a φ, and why any φ keeps the level).
 * When events are frequent (a rate p), it is careful: its evidence grows by about the factor 1−p more slowly than that of an exact test.
 *
 * <p>Immutable. Counts from 0 to 10¹² are exact enough: everything is in logarithms.
 */
public final class RatioTest {
    private static final String KIND = "ratio/2";
    private static final int HEAD = 4;

    /** Against r = 1: of the grid's ratios, then of the nulls. */
    private final double[] logLikelihood;
    private final double[] nulls;
    private final double discount;
    private final double lower;
    private final double upper;

    private RatioTest(double[] logLikelihood, double[] nulls, double discount, double lower, double upper) {
        this.logLikelihood = logLikelihood;
        this.nulls = nulls;
        this.discount = discount;
        this.lower = lower;
        this.upper = upper;
    }

    /**
     * No evidence yet.
     *
     * @param nulls ratios (1/32 to 32) that {@link #logEvidenceAbove} and {@link #logEvidenceBelow} will be asked about, for which the likelihood is then kept exactly; 1 always is
     * @throws IllegalArgumentException when a ratio is out of its range
     */
    public static RatioTest none(double... nulls) {
        for (double ratio : nulls) {
            if (!(ratio >= 1.0 / 32 && ratio <= 32)) {
                throw new IllegalArgumentException("a ratio to test must be from 1/32 to 32, not " + ratio);
            }
        }
        return new RatioTest(new double[RatioGrid.SIZE + nulls.length], nulls.clone(), 1, 0, Double.POSITIVE_INFINITY);
    }

    /** Adds a tick, without a discount. */
    public RatioTest plus(
            double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha) {
        return plus(canaryEvents, canaryRequests, stableEvents, stableRequests, alpha, 1);
    }

    /**
     * Adds a tick.
     *
     * @param canaryEvents X, 0 or more; need not be whole
     * @param canaryRequests N, 0 or more
     * @param stableEvents Y
     * @param stableRequests M
     * @param alpha error probability of the confidence sequence, in (0, 1)
     * @param newDiscount φ, 1 or more, by which the logarithms of the likelihood ratios of all ticks so far are divided from now on
     * @return the test with this evidence; the same evidence when one side had no requests or no event happened, which says nothing about the ratio
     * @throws IllegalArgumentException when the discount is below 1
     */
    public RatioTest plus(
            double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha, double newDiscount) {
        if (!(newDiscount >= 1 && newDiscount < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a discount must be 1 or more, not " + newDiscount);
        }
        double events = canaryEvents + stableEvents;
        if (canaryRequests <= 0 || stableRequests <= 0 || events <= 0) {
            return this;
        }
        double share = canaryRequests / (canaryRequests + stableRequests);
        double[] next = new double[logLikelihood.length];
        for (int i = 0; i < next.length; i++) {
            boolean onGrid = i < RatioGrid.SIZE;
            double ratio = onGrid ? RatioGrid.ratio(i) : nulls[i - RatioGrid.SIZE];
            double log = onGrid ? RatioGrid.log(i) : Math.log(ratio);
            next[i] = logLikelihood[i] + canaryEvents * log - events * Logs.log1p(share * (ratio - 1));
        }
        return new RatioTest(next, nulls, newDiscount, lower, upper).narrowed(alpha);
    }

    /** The running intersection of the ratios not rejected so far: what was rejected once stays rejected, so it goes on where it was. */
    private RatioTest narrowed(double alpha) {
        double bound = Math.log(2 / alpha);
        double newLower = lower;
        for (int i = RatioGrid.atLeast(lower); i < RatioGrid.SIZE - 1 && (RatioGrid.ratio(i) <= lower || above(i) >= bound); i++) {
            newLower = RatioGrid.ratio(i);
        }
        double newUpper = upper;
        for (int i = RatioGrid.atLeast(upper); i > 0 && (RatioGrid.ratio(i) >= upper || below(i) >= bound); i--) {
            newUpper = RatioGrid.ratio(i);
        }
        return new RatioTest(logLikelihood, nulls, discount, newLower, newUpper);
    }

    private double above(int index) {
        return index == RatioGrid.ONE ? logEvidenceWorse() : up(index + 1, index);
    }

    private double below(int index) {
        return down(index - 1, index);
    }

    private double up(int from, int nullIndex) {
        return RatioGrid.logMixtureUp(logLikelihood, from, discount) - logLikelihood[nullIndex] / discount;
    }

    private double down(int from, int nullIndex) {
        return RatioGrid.logMixtureDown(logLikelihood, from, discount) - logLikelihood[nullIndex] / discount;
    }

    /** Log of the evidence that the canary's rate is higher than the stable version's; at ln(1/α) or more it is shown. */
    public double logEvidenceWorse() {
        return RatioGrid.logMixtureOfHarm(logLikelihood, discount);
    }

    /**
     * Log of the evidence that the ratio is above a bound; at ln(1/α) or more it is shown. Exact for 1 and for the ratios given to {@link #none}; any other counts as the grid point at or next above it
     * (at most 4.5 % higher), which is careful.
     */
    public double logEvidenceAbove(double ratio) {
        int index = RatioGrid.atLeast(ratio * (1 - 1e-9));
        int exact = exact(ratio);
        if (exact < 0 || exact == RatioGrid.ONE) {
            return above(index);
        }
        boolean onGrid = RatioGrid.ratio(index) <= ratio * (1 + 1e-9);
        return up(onGrid ? index + 1 : index, exact);
    }

    /** Log of the evidence that the ratio is below the margin; at ln(1/β) or more it is shown. Exact for the ratios given to {@link #none}; any other counts as the grid point at or next below it (at most 4.5 % lower), which is careful. */
    public double logEvidenceBelow(double margin) {
        int index = RatioGrid.atLeast(margin * (1 - 1e-9));
        int exact = exact(margin);
        if (exact >= 0) {
            return down(index - 1, exact);
        }
        // The null is "ratio ≥ margin". A null that begins at a grid point below the margin contains it, so the level holds.
        boolean onGrid = RatioGrid.ratio(index) <= margin * (1 + 1e-9);
        return below(onGrid || index == 0 ? index : index - 1);
    }

    private int exact(double ratio) {
        for (int i = 0; i < nulls.length; i++) {
            if (nulls[i] == ratio) {
                return RatioGrid.SIZE + i;
            }
        }
        return ratio == 1 ? RatioGrid.ONE : -1;
    }

    /** The likeliest ratio on the grid; NaN without evidence. */
    public double estimate() {
        int best = 0;
        boolean flat = true;
        for (int i = 1; i < RatioGrid.SIZE; i++) {
            flat &= logLikelihood[i] == logLikelihood[0];
            best = logLikelihood[i] > logLikelihood[best] ? i : best;
        }
        return flat ? Double.NaN : RatioGrid.ratio(best);
    }

    /** Lower end of the confidence sequence, 0 while there is none. */
    public double lower() {
        return lower;
    }

    /** Upper end of the confidence sequence, +∞ while there is none. */
    public double upper() {
        return upper;
    }

    /** The log-likelihoods against the ratio 1: of the grid, then of the nulls, not discounted. */
    double[] logLikelihood() {
        return logLikelihood.clone();
    }

    /** The log-likelihood at a ratio of the grid, not discounted. */
    double logLikelihood(int index) {
        return logLikelihood[index];
    }

    double discount() {
        return discount;
    }

    /** The same evidence without its discount. */
    RatioTest undiscounted() {
        return discount == 1 ? this : new RatioTest(logLikelihood, nulls, 1, lower, upper);
    }

    /** The whole state as text, about 2 KiB; {@link #fromText} gives the same test back. */
    public String toText() {
        return StateText.write(KIND, Logs.join(new double[] {lower, upper, discount, nulls.length}, nulls, logLikelihood));
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static RatioTest fromText(String text) {
        double[] numbers = StateText.read(KIND, text);
        int count = numbers.length < HEAD ? -1 : (int) numbers[HEAD - 1];
        if (count < 0 || numbers.length != HEAD + 2 * count + RatioGrid.SIZE || !(numbers[2] >= 1)) {
            throw new IllegalArgumentException("the evidence of the kind " + KIND + " has a wrong length");
        }
        return new RatioTest(
                Arrays.copyOfRange(numbers, HEAD + count, numbers.length), none(Arrays.copyOfRange(numbers, HEAD, HEAD + count)).nulls, numbers[2], numbers[0], numbers[1]);
    }
}
