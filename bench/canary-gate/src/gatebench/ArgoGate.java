package gatebench;

/** Argo Rollouts with a bound on the canary's own error rate. With a failure limit of L it fails at the (L+1)-th measurement out of bounds, so the number is the (L+1)-th largest rate measured. */
final class ArgoGate implements Gate {
    private final int intervalMinutes;
    private final int failureLimit;
    private final double bound;
    private final String name;

    private ArgoGate(String name, int intervalMinutes, int failureLimit, double bound) {
        this.name = name;
        this.intervalMinutes = intervalMinutes;
        this.failureLimit = failureLimit;
        this.bound = bound;
    }

    /** As in its documentation's example: success rate at least 95 %, every 5 min over 5 min, failure limit 3. */
    static ArgoGate documented() {
        return new ArgoGate("Argo Rollouts", 5, 3, 0.05);
    }

    /** The quickest that it can be set to with these scrapes: every minute over a minute, failure limit 0, which is the default. */
    static ArgoGate quick() {
        return new ArgoGate("Argo Rollouts, quick", 1, 0, 0.05);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double usual() {
        return bound;
    }

    @Override
    public String settings() {
        return "canary's error rate over " + intervalMinutes + " min above " + Condition.number(100 * bound) + " %, every " + intervalMinutes + " min, failureLimit " + failureLimit;
    }

    @Override
    public void watch(Trace trace, float[] highest) {
        double[] rates = new double[highest.length];
        for (int t = 0; t < rates.length; t++) {
            rates[t] = trace.canary().rate(Math.max(0, t + 1 - intervalMinutes), t + 1);
        }
        watch(rates, highest);
    }

    /** Watches a value by minute, each of its own window; NaN is an empty result. */
    void watch(double[] values, float[] highest) {
        Largest largest = new Largest(failureLimit + 1);
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < values.length; t++) {
            if ((t + 1) % intervalMinutes == 0) {
                // No data for the whole window: asked again every 10 s, five errors in a row, 40 s after the first, end the run before the next scrape.
                so = Double.isNaN(values[t]) ? Float.POSITIVE_INFINITY : Math.max(so, (float) largest.plus(values[t]));
            }
            highest[t] = so;
        }
    }
}
