package gatebench;

import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import io.jenkins.plugins.mldelivery.verify.stats.RateBelowTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** errorRate of mlVerifyMetrics, with the classes of production and the rule of its look. The number is the evidence of harm (a logarithm; harm is shown at ln(1/alpha)). */
final class OurGate implements Gate {
    static final double ALPHA = Check.ErrorRate.DEFAULT_ALPHA;
    static final double BETA = Check.ErrorRate.DEFAULT_BETA;
    static final double[] MARGINS = {1.25, Check.ErrorRate.DEFAULT_MARGIN};
    static final String[] NAMES = java.util.stream.IntStream.range(0, 32).mapToObj(i -> "pod-" + i).toArray(String[]::new);

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
        ErrorRateTest test = ErrorRateTest.none(MARGINS);
        Shown c = new Shown(canary);
        Shown s = new Shown(stable);
        double openX = 0;
        double openN = 0;
        double openY = 0;
        double openM = 0;
        double events = 0;
        double requests = 0;
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < ticks && so < ENOUGH; t++) {
            List<Pod> canaryPods = c.tick(t);
            List<Pod> stablePods = s.tick(t);
            openX += c.events;
            openN += c.requests;
            openY += s.events;
            openM += s.requests;
            events += c.events;
            requests += c.requests;
            test = test.seen(canaryPods, stablePods);
            if (openN > 0 && openM > 0) {
                test = test.plus(openX, openN, openY, openM, ALPHA);
                openX = 0;
                openN = 0;
                openY = 0;
                openM = 0;
            }
            if (requests >= Check.ErrorRate.DEFAULT_MIN_REQUESTS) {
                so = Math.max(so, (float) test.logEvidenceWorse());
                if (passes != null) {
                    passed(test, events, requests, t, passes);
                }
            }
            highest[t] = so;
            if (so >= ENOUGH) {
                Arrays.fill(highest, t, ticks, so);
            }
        }
    }

    /** What the counters of a track show: where a scrape is missing, nothing, and the rest at the next one. */
    private static final class Shown {
        private final Trace.Track track;
        private final double[] hiddenEvents;
        private final double[] hiddenRequests;
        double events;
        double requests;

        Shown(Trace.Track track) {
            this.track = track;
            hiddenEvents = new double[track.pods()];
            hiddenRequests = new double[track.pods()];
        }

        List<Pod> tick(int t) {
            List<Pod> pods = new ArrayList<>(track.pods());
            events = 0;
            requests = 0;
            for (int i = 0; i < track.pods(); i++) {
                hiddenEvents[i] += track.podErrors()[i][t];
                hiddenRequests[i] += track.podRequests()[i][t];
                if (track.seen()[t] && hiddenRequests[i] > 0) {
                    pods.add(new Pod(NAMES[i], hiddenEvents[i], hiddenRequests[i]));
                    events += hiddenEvents[i];
                    requests += hiddenRequests[i];
                    hiddenEvents[i] = 0;
                    hiddenRequests[i] = 0;
                }
            }
            return pods;
        }
    }

    private static void passed(ErrorRateTest test, double events, double requests, int tick, int[] passes) {
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
