package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.function.DoublePredicate;

/**
 * Where a probability lies, valid at every look: the bounds that {@link RateAboveTest} and {@link RateBelowTest} do not rule out. So a test of one of them is
 * decided at the very look at which the interval passes its bound.
 *
 * @param lower the probability is below this one by mistake with probability α at most; 0 to 1
 * @param upper it is above this one by mistake with probability β at most; 0 to 1
 */
public record RateInterval(double lower, double upper) {
    /** Halvings of the range: finer than a double near 1 is. */
    private static final int HALVINGS = 60;

    /**
     * The interval of counts.
     *
     * @param events 0 or more
     * @param trials at least the events; above 0
     * @param alpha in (0, 1)
     * @param beta in (0, 1)
     */
    public static RateInterval of(double events, double trials, double alpha, double beta) {
        double rate = Math.min(1, events / trials);
        // Above the measured rate nothing is shown to be exceeded, and below it nothing to be kept.
        double lower = last(0, rate, p -> RateAboveTest.logEvidence(events, trials, p) >= Math.log(1 / alpha));
        double upper = last(1, rate, p -> RateBelowTest.logEvidence(events, trials, p) >= Math.log(1 / beta));
        return new RateInterval(lower, upper);
    }

    /** The number farthest from the first one, on the way to the second one, up to which all are ruled out. */
    private static double last(double from, double to, DoublePredicate ruledOut) {
        double out = from;
        double in = to;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = out + (in - out) / 2;
            if (middle > 0 && middle < 1 && ruledOut.test(middle)) {
                out = middle;
            } else {
                in = middle;
            }
        }
        return out;
    }
}
