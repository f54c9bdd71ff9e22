package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * The rule by which ticks are discounted for bursts, shared by {@link Dispersion} and the histogram tests.
 *
 * <p>What makes it right: if events come in groups of at most φ, each group wholly on one track, on the canary with probability θ independently of the other groups, then dividing the counts by φ keeps the likelihood ratio a supermartingale. For a group of size c ≤ φ the factor is
 * r^(c/φ) on the canary, and ln(1−θ+θ·r^s) is convex in s and 0 at s = 0, so with s = c/φ ≤ 1 it is at most s·ln(1−θ+θr): E Π r^(cⱼIⱼ/φ) ≤ (1−θ+θr)^(X+Y)/φ. With φ = X+Y, a tick that counts as one event, it holds for any grouping.
 *
 * <p>What is estimated: φ. It is known from earlier ticks only in part, so two rules hold at once.
 * <ul>
 * <li>Pearson's dispersion Σ(X−θT)²/Σ Tθ(1−θ) over earlier ticks (θ at the ratio found before the tick, so that harm is not taken for bursts), less its own noise, and its excess over 1 times 3, because the groups that hurt are larger than the average one (a quasi-likelihood discount:
 *     Wedderburn, Biometrika 61, 1974).
 * <li>No tick counts as much more events than those before it did, nor at first as more than a few: the first burst is not in any estimate.
 * </ul>
 */
final class BurstGuard {
    /** How many standard errors the dispersion must be above 1 before it counts: else plain traces would pay for noise. */
    private static final double NOISE = 2.5;

    private static final double EXCESS = 3;
    /** Draws the dispersion to 1 while little was seen. */
    private static final double DOUBT = 3;

    private static final double FIRST = 2;
    private static final double GROWTH = 0.1;
    private static final double USUAL = 1.5;

    private BurstGuard() {}

    /**
     * Pearson's dispersion less its noise.
     *
     * @param squares Σ(X−θT)²
     * @param variance Σ Tθ(1−θ)
     * @param noise variance of the squares if events are independent, Σ 2v²+v(1−6θ(1−θ))
     * @return 1 or more
     */
    static double dispersion(double squares, double variance, double noise) {
        return Math.max(1, 1 + EXCESS * ((squares - NOISE * Math.sqrt(noise) + DOUBT) / (variance + DOUBT) - 1));
    }

    /** The variance of one tick's square when v is the variance of its count. */
    static double noise(double v, double share) {
        return 2 * v * v + v * Math.max(0, 1 - 6 * share * (1 - share));
    }

    /**
     * By how much to divide a tick's counts.
     *
     * @param events of this tick
     * @param counted of all ticks before, after their discounts
     * @param ticks before
     */
    static double discount(double dispersion, double events, double counted, long ticks) {
        double most = FIRST + Math.min(GROWTH * counted, ticks == 0 ? 0 : USUAL * counted / ticks);
        return Math.max(dispersion, events / most);
    }
}
