package gatebench;

import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import io.jenkins.plugins.mldelivery.verify.stats.RateBelowTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How many canary requests <code>errorRate()</code> needs for a verdict, by the stable version's error rate: for whoever asks how long a traffic step must be. */
final class Needed {
    private static final int ROLLOUTS = 400;
    private static final int MOST = 1_000_000;
    private static final int CANARY_PODS = 2;
    private static final double[] RATES = {0.0001, 0.001, 0.005, 0.02, 0.05};
    private static final double[] MARGINS = {1.25, 1.5, 2, 3};
    private static final double[] RATIOS = {1.5, 2, 3, 5, 10};

    private final int split;
    private final double rate;

    private Needed(int split, double rate) {
        this.split = split;
        this.rate = rate;
    }

    static String markdown() {
        StringBuilder table = new StringBuilder("# Canary requests that `errorRate()` needs\n\n`bench/canary-gate/run needed`: the median of " + ROLLOUTS
                + " rollouts, plain traffic, two canary pods, α = 1 %, β = 5 %, `acceptable` 0.1 %. \"No worse\": a canary with the stable version's own rate passes. Times: it has that many times the errors, and fails (what stays below `acceptable` would pass before).\n\n");
        table.append("| stable requests for each canary request | stable error rate |");
        Arrays.stream(MARGINS).forEach(m -> table.append(" no worse, margin ").append(number(m)).append(" |"));
        Arrays.stream(RATIOS).forEach(r -> table.append(" ×").append(number(r)).append(" |"));
        table.append("\n|---|---|").append("---|".repeat(MARGINS.length + RATIOS.length)).append('\n');
        for (int split : new int[] {9, 1}) {
            for (double rate : RATES) {
                table.append("| ").append(split).append(" | ").append(number(100 * rate)).append(" % |");
                Needed needed = new Needed(split, rate);
                Arrays.stream(MARGINS).forEach(m -> table.append(' ').append(needed.median(1, m, true)).append(" |"));
                Arrays.stream(RATIOS).forEach(r -> table.append(' ').append(needed.median(r, Check.ErrorRate.DEFAULT_MARGIN, false)).append(" |"));
                table.append('\n');
            }
        }
        return table.toString();
    }

    private static String number(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }

    private String median(double ratio, double margin, boolean pass) {
        int[] needed = IntStream.range(0, ROLLOUTS).parallel().map(run -> requests(ratio, margin, pass, new Randomness(11, run))).sorted().toArray();
        int median = needed[ROLLOUTS / 2];
        if (median >= MOST) {
            return pass ? "over " + String.format(Locale.ROOT, "%,d", MOST) : "–";
        }
        double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(median)) - 1));
        return String.format(Locale.ROOT, "%,.0f", Math.rint(median / unit) * unit);
    }

    /** @param pass whether a pass is waited for; else a failure */
    private int requests(double ratio, double margin, boolean pass, Randomness random) {
        ErrorRateTest test = ErrorRateTest.none(margin);
        // Looks are as often as in production where the errors are, so that a look is short against the wait.
        int perPod = (int) Math.max(10, Math.min(1000, 0.3 / rate));
        double events = 0;
        for (int requests = CANARY_PODS * perPod; requests < MOST; requests += CANARY_PODS * perPod) {
            List<Pod> canary = pods(CANARY_PODS, perPod, ratio * rate, random);
            List<Pod> stable = pods(CANARY_PODS * split, perPod, rate, random);
            double x = events(canary);
            events += x;
            test = test.seen(canary, stable).plus(x, CANARY_PODS * perPod, events(stable), (double) CANARY_PODS * split * perPod, OurGate.ALPHA);
            if (requests < Check.ErrorRate.DEFAULT_MIN_REQUESTS) {
                continue;
            }
            if (!pass && test.logEvidenceWorse() >= Math.log(1 / OurGate.ALPHA)) {
                return requests;
            }
            double oneWay = Check.Comparison.DEFAULT_BETA / 2;
            if (pass && (test.logEvidenceBelow(margin) >= Math.log(1 / oneWay)
                    || RateBelowTest.logEvidence(events, requests, Check.ErrorRate.DEFAULT_ACCEPTABLE) >= Math.log(1 / oneWay))) {
                return requests;
            }
        }
        return MOST;
    }

    private static List<Pod> pods(int count, int requests, double rate, Randomness random) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pods.add(new Pod("pod-" + i, Math.min(requests, random.poisson(requests * rate)), requests));
        }
        return pods;
    }

    private static double events(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::events).sum();
    }
}
