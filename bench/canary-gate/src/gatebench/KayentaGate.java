package gatebench;

import java.util.Arrays;

/**
 * Kayenta's judge on the error rate by minute, asked every five minutes about all minutes so far; "high" ends the rollout. The number is the greatest level at which the judge would have said "high": z at a shift of a quarter of the estimate.
 * Kayenta's own level is fixed; that it can be tuned here is in its favour. So is the unit (errors of 1,000 requests), in which its root finder's absolute tolerance does no harm, and which we therefore leave out.
 */
final class KayentaGate implements Gate {
    static final int EVERY_MINUTES = 5;
    /** No threshold of interest is lower. */
    private static final double LEAST = 1;

    /** Nor higher: beyond it nothing is worked out any more. */
    static final float ENOUGH = 7;

    private final boolean wholeStable;

    /** @param wholeStable compare with the whole stable version instead of a baseline of the canary's size */
    KayentaGate(boolean wholeStable) {
        this.wholeStable = wholeStable;
    }

    @Override
    public String name() {
        return wholeStable ? "Kayenta, all stable" : "Kayenta";
    }

    @Override
    public double usual() {
        return KayentaJudge.Z;
    }

    @Override
    public String settings() {
        return "98 % interval, tolerance 0.25, every 5 min" + (wholeStable ? ", against all stable pods" : ", against a baseline of the canary's size");
    }

    @Override
    public void watch(Trace trace, float[] highest) {
        watch(perMinute(trace.canary()), perMinute(wholeStable ? trace.stable() : trace.baseline()), highest);
    }

    private static double[] perMinute(Trace.Track track) {
        double[] values = new double[track.ticks()];
        for (int t = 0; t < values.length; t++) {
            values[t] = 1000 * track.rate(t, t + 1);
        }
        return values;
    }

    /** Watches two series with a value a minute, NaN where there is none. */
    static void watch(double[] canary, double[] control, float[] highest) {
        double[] x = new double[canary.length];
        double[] y = new double[canary.length];
        int n = 0;
        int m = 0;
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < canary.length; t++) {
            if (!Double.isNaN(canary[t])) {
                x[n++] = canary[t];
            }
            if (!Double.isNaN(control[t])) {
                y[m++] = control[t];
            }
            if (so < ENOUGH && (t + 1) % EVERY_MINUTES == 0 && n > 0 && m > 0) {
                so = Math.max(so, level(MannWhitney.sorted(x, n), MannWhitney.sorted(y, m), so));
            }
            highest[t] = so;
        }
    }

    /** The greatest level at which sorted samples are "high", if it is above this one; z falls with the shift, so it is no higher than z at none. */
    static float level(double[] x, double[] y, float above) {
        if (Arrays.equals(x, y) || !(MannWhitney.z(x, y, 0) >= Math.max(LEAST, above))) {
            return Float.NEGATIVE_INFINITY;
        }
        double estimate = MannWhitney.shiftAt(x, y, 0);
        if (estimate <= 0) {
            return Float.NEGATIVE_INFINITY;
        }
        float level = (float) MannWhitney.z(x, y, KayentaJudge.TOLERANCE * estimate);
        // With very few points the interval's end is the samples' least difference, whatever the level.
        boolean clamped = x[0] - y[y.length - 1] > KayentaJudge.TOLERANCE * estimate;
        return clamped ? Math.max(level, (float) KayentaJudge.Z) : level;
    }
}
