package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Sequential test of the ratio r of two event rates (canary : stable), valid at every look and for a base rate that moves with time.
 *
 * <p>In a tick the canary has X events in N requests and the stable version Y in M. If both share the tick's base rate λ, X and Y are about Poisson(rλN) and Poisson(λM), so given X+Y
 * the count X is Binomial(X+Y, θ(r)) with θ(r) = N·r/(N·r+M), whatever λ is. (Conditioning: Przyborowski &amp; Wilenski, Biometrika 31, 1940.) The log-likelihood Σ X ln θ(r) + Y ln(1−θ(r)) is kept for a grid of ratios.
 *
 * <p>For r₁ &gt; r₀ the likelihood ratio aˣ·bʸ with a = θ(r₁)/θ(r₀) &gt; 1 and b = (1−θ(r₁))/(1−θ(r₀)) &lt; 1 has conditional expectation at most 1 for every true ratio ≤ r₀. That needs neither Poisson counts nor rare events: for requests
 * that fail independently, with probabilities that sum to A on the canary and B on the stable version, E aˣbʸ = Π(1+pᵢ(a−1))·Π(1+qⱼ(b−1)) ≤ exp(A(a−1)+B(b−1)), which is 1 at A/N = r₀·B/M and less below. Mirrored for r₁ &lt; r₀.
 * Hence it and any mixture over r₁ is a non-negative supermartingale (Wald, Sequential Analysis, 1947; Robbins, Ann. Math. Statist. 41, 1970), and by Ville's inequality (1939) the probability that it ever
 * reaches 1/α is at most α. The mixture is uniform in ln r over the grid. The ratios that neither one-sided mixture rejects at α/2 form a confidence sequence (Howard, Ramdas, McAuliffe &amp; Sekhon, Ann. Statist. 49, 2021).
 *
 * <p>What it does rest on: within a tick, requests fail independently of each other given the tick's base rate, and that rate is the same for both tracks. Errors that come in bursts on single pods break this.
 *
 * <p>Immutable. Counts from 0 to 10¹² are exact enough: everything is in logarithms.
 */
public final class RatioTest {
    private final double[] logLikelihood;
    private final double lower;
    private final double upper;

    private RatioTest(double[] logLikelihood, double lower, double upper) {
        this.logLikelihood = logLikelihood;
        this.lower = lower;
        this.upper = upper;
    }

    /** No evidence yet. */
    public static RatioTest none() {
        return new RatioTest(RatioGrid.none(), 0, Double.POSITIVE_INFINITY);
    }

    /**
     * Restores a persisted test.
     *
     * @param logLikelihood from {@link #logLikelihood()}
     * @param lower from {@link #lower()}
     * @param upper from {@link #upper()}
     * @throws IllegalArgumentException when the length is wrong
     */
    public static RatioTest restore(double[] logLikelihood, double lower, double upper) {
        if (logLikelihood.length != RatioGrid.SIZE) {
            throw new IllegalArgumentException("expected " + RatioGrid.SIZE + " likelihoods, not " + logLikelihood.length);
        }
        return new RatioTest(logLikelihood.clone(), lower, upper);
    }

    /**
     * Adds a tick.
     *
     * @param canaryEvents X, 0 or more
     * @param canaryRequests N, 0 or more
     * @param stableEvents Y
     * @param stableRequests M
     * @param alpha error probability of the confidence sequence, in (0, 1)
     * @return the test with this evidence; the same evidence when one side had no requests or no event happened, which says nothing about the ratio
     */
    public RatioTest plus(
            double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, double alpha) {
        if (canaryRequests <= 0 || stableRequests <= 0 || canaryEvents + stableEvents <= 0) {
            return this;
        }
        double[] next = new double[RatioGrid.SIZE];
        double odds = canaryRequests / stableRequests;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < next.length; i++) {
            double o = odds * RatioGrid.ratio(i);
            // ln θ = −ln(1+1/o), ln(1−θ) = −ln(1+o)
            next[i] = logLikelihood[i] - canaryEvents * Math.log1p(1 / o) - stableEvents * Math.log1p(o);
            max = Math.max(max, next[i]);
        }
        for (int i = 0; i < next.length; i++) {
            next[i] -= max; // Only differences count; this keeps the numbers small for any number of ticks.
        }
        return new RatioTest(next, lower, upper).narrowed(alpha);
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
        return new RatioTest(logLikelihood, newLower, newUpper);
    }

    /** Log of the mixture over ratios above the grid's index, against the index. */
    private double above(int index) {
        return index == RatioGrid.SIZE - 1
                ? Double.NEGATIVE_INFINITY
                : RatioGrid.logMean(logLikelihood, index + 1, RatioGrid.SIZE - 1) - logLikelihood[index];
    }

    private double below(int index) {
        return index == 0 ? Double.NEGATIVE_INFINITY : RatioGrid.logMean(logLikelihood, 0, index - 1) - logLikelihood[index];
    }

    /** Log of the evidence that the canary's rate is higher than the stable version's; at ln(1/α) or more it is shown. */
    public double logEvidenceWorse() {
        return above(RatioGrid.ONE);
    }

    /** Log of the evidence that the ratio is below the margin; at ln(1/β) or more it is shown. The margin counts as the grid point at or next below it (at most 4.5 % lower). */
    public double logEvidenceBelow(double margin) {
        // The null is "ratio ≥ margin". A null that begins at a grid point below the margin contains it, so the level holds.
        int index = RatioGrid.atLeast(margin);
        if (RatioGrid.ratio(index) > margin * (1 + 1e-9) && index > 0) {
            index--;
        }
        return below(index);
    }

    /** The likeliest ratio on the grid; NaN without evidence. */
    public double estimate() {
        int best = 0;
        boolean flat = true;
        for (int i = 1; i < logLikelihood.length; i++) {
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

    /** The log-likelihoods, to persist them. */
    public double[] logLikelihood() {
        return logLikelihood.clone();
    }
}
