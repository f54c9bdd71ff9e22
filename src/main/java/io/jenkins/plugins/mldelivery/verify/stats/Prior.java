package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * How likely a harm of a size is thought to be, as a density over v, the distance of the log ratio from the null. It decides how soon which harm is shown, never whether the levels hold: any fixed weights do.
 * A gamma density of shape 2 (most of it at ratios of 1.25 to 4) and, for the rest, a level part that keeps large ratios in reach.
 */
final class Prior {
    private static final double SCALE = 0.5;
    private static final double LEVEL = 0.15;
    private static final double REACH = Math.log(64);

    private Prior() {}

    static double density(double v) {
        return (1 - LEVEL) * v / (SCALE * SCALE) * Math.exp(-v / SCALE) + LEVEL / REACH;
    }
}
