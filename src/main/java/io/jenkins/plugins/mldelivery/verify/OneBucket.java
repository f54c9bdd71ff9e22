package io.jenkins.plugins.mldelivery.verify;

/** Tells histograms that are in use from those whose observations are all within one bucket, inside of which nothing can be compared. */
final class OneBucket {
    /** What may be outside of it. */
    private static final double STRAY = 0.001;

    private OneBucket() {}

    /** The bucket that has all observations of both tracks, but for strays; −1 when there is none. */
    static int of(double[] canary, double[] stable) {
        int fullest = 0;
        double all = 0;
        for (int i = 0; i < canary.length; i++) {
            all += canary[i] + stable[i];
            fullest = canary[i] + stable[i] > canary[fullest] + stable[fullest] ? i : fullest;
        }
        return all - canary[fullest] - stable[fullest] <= STRAY * all ? fullest : -1;
    }

    /** Where it lies, such as "above 1 and at most 2.5". */
    static String range(double[] bounds, int bucket, double perUnit) {
        String above = bucket == 0 ? "" : "above " + Texts.exact(bounds[bucket - 1] / perUnit);
        String upTo = bucket == bounds.length - 1 ? "" : "at most " + Texts.exact(bounds[bucket] / perUnit);
        return above + (above.isEmpty() || upTo.isEmpty() ? "" : " and ") + upTo;
    }
}
