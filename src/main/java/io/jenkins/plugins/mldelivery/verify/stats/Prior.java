package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * How likely a difference of a size is thought to be, as a density over v, the distance of the log ratio from the null. It decides how soon which difference is shown, never whether the levels hold: any fixed weights do.
 * A gamma density, most of it at ratios of 1.25 to 4, and, for the rest, a level part that keeps large ratios in reach.
 */
final class Prior {
    private static final double SCALE = 0.5;
    private static final double HARM_SCALE = 0.22;
    private static final double LEVEL = 0.15;
    private static final double REACH = Math.log(64);

    private Prior() {}

    /** For any null: a gamma density of shape 2. */
    static double density(double v) {
        return (1 - LEVEL) * v / (SCALE * SCALE) * Math.exp(-v / SCALE) + LEVEL / REACH;
    }

    /**
     * Of harm, when the null is "no worse": of shape 4. Harm below ×1.25 can hardly be shown within a rollout, so that stake on it is lost, and harm above ×4 is shown in a few looks in any case.
     * Against the density above, a doubled error rate is shown after 5 % fewer requests, ×1.5 after 4 %, and ×10 at three errors an hour after 4 % more.
     */
    static double harm(double v) {
        double u = v / HARM_SCALE;
        return (1 - LEVEL) * u * u * u / (6 * HARM_SCALE) * Math.exp(-u) + LEVEL / REACH;
    }
}
