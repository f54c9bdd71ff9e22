package gatebench;

/** Flagger with its built-in success rate. With a threshold of k it rolls back in the tick after the k-th failed check, so the number is the k-th largest rate up to the tick before. A minute without data fails whatever the bound. */
final class FlaggerGate implements Gate {
    private static final int THRESHOLD = 10;
    private static final double BOUND = 0.01;

    @Override
    public String name() {
        return "Flagger";
    }

    @Override
    public double usual() {
        return BOUND;
    }

    @Override
    public String settings() {
        return "canary's error rate over 1 min above 1 %, every minute, threshold 10";
    }

    @Override
    public void watch(Trace trace, float[] highest) {
        double[] rates = new double[highest.length];
        for (int t = 0; t < rates.length; t++) {
            rates[t] = trace.canary().rate(t, t + 1);
        }
        watch(rates, highest);
    }

    /** Watches a value by minute; NaN is an empty result. */
    static void watch(double[] values, float[] highest) {
        Largest largest = new Largest(THRESHOLD);
        float before = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < values.length; t++) {
            highest[t] = before;
            // The first tick only sets the first weight.
            if (t > 0) {
                before = (float) largest.plus(Double.isNaN(values[t]) ? Double.POSITIVE_INFINITY : values[t]);
            }
        }
    }
}
