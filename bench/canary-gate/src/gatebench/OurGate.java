package gatebench;

import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.stats.GuardedRatioTest;
import io.jenkins.plugins.mldelivery.verify.stats.RateBelowTest;

import java.util.Arrays;

/** errorRate of mlVerifyMetrics, with the classes of production and the rule of its look. The number is the evidence of harm (a logarithm; harm is shown at ln(1/alpha)). */
final class OurGate implements Gate {
    static final double ALPHA = Check.ErrorRate.DEFAULT_ALPHA;
    static final double BETA = Check.ErrorRate.DEFAULT_BETA;
    static final double[] MARGINS = {1.25, Check.ErrorRate.DEFAULT_MARGIN};
    /** Evidence above this is never asked for: 1 in 10⁸. */
    private static final double ENOUGH = 18.4;

    @Override
    public String name() {
        return "ML Delivery";
    }

    @Override
    public double usual() {
        return Math.log(1 / ALPHA);
    }

    @Override
    public String settings() {
        return "errorRate(), alpha " + Condition.number(ALPHA) + ", every minute";
    }

    @Override
    public void watch(Trace trace, float[] highest) {
        watch(trace, highest, null);
    }

    /**
     * Watches a rollout from both sides.
     *
     * @param passes filled with the first tick in which each of {@link #MARGINS} is passed (as if harm never were shown), or the number of ticks; null when nobody asks
     */
    void watch(Trace trace, float[] highest, int[] passes) {
        Trace.Track canary = trace.canary();
        Trace.Track stable = trace.stable();
        int ticks = canary.ticks();
        if (passes != null) {
            Arrays.fill(passes, ticks);
        }
        GuardedRatioTest test = GuardedRatioTest.none(MARGINS);
        double openX = 0;
        double openN = 0;
        double openY = 0;
        double openM = 0;
        double hiddenX = 0;
        double hiddenN = 0;
        double hiddenY = 0;
        double hiddenM = 0;
        double events = 0;
        double requests = 0;
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < ticks; t++) {
            hiddenX += canary.errors()[t];
            hiddenN += canary.requests()[t];
            hiddenY += stable.errors()[t];
            hiddenM += stable.requests()[t];
            if (canary.seen()[t]) {
                openX += hiddenX;
                openN += hiddenN;
                events += hiddenX;
                requests += hiddenN;
                hiddenX = 0;
                hiddenN = 0;
            }
            if (stable.seen()[t]) {
                openY += hiddenY;
                openM += hiddenM;
                hiddenY = 0;
                hiddenM = 0;
            }
            if (so < ENOUGH && openN > 0 && openM > 0) {
                test = test.plus(openX, openN, openY, openM, ALPHA);
                openX = 0;
                openN = 0;
                openY = 0;
                openM = 0;
            }
            if (so < ENOUGH && requests >= Check.ErrorRate.DEFAULT_MIN_REQUESTS) {
                so = Math.max(so, (float) test.logEvidenceWorse());
                if (passes != null) {
                    passed(test, events, requests, t, passes);
                }
            }
            highest[t] = so;
        }
    }

    private static void passed(GuardedRatioTest test, double events, double requests, int tick, int[] passes) {
        double enough = Math.log(2 / BETA);
        if (Arrays.stream(passes).allMatch(p -> p <= tick)) {
            return;
        }
        boolean acceptable = Check.ErrorRate.DEFAULT_ACCEPTABLE > 0 && RateBelowTest.logEvidence(events, requests, Check.ErrorRate.DEFAULT_ACCEPTABLE) >= enough;
        for (int i = 0; i < MARGINS.length; i++) {
            if (passes[i] > tick && (acceptable || test.logEvidenceBelow(MARGINS[i]) >= enough)) {
                passes[i] = tick;
            }
        }
    }
}
