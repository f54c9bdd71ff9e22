package gatebench;

import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * How long it takes to show that a canary that is no worse is below a margin.
 *
 * @param count rollouts
 * @param withinHour share that passes within 60 min
 * @param withinDay share that passes within 24 h
 * @param median minutes; the day when it is not reached
 * @param p90 likewise
 */
record Promotion(String split, double margin, int count, double withinHour, double withinDay, double median, double p90) {
    private static final int DAY = 24 * 60;

    static List<Promotion> all(int count, long seed, ExecutorService pool) throws InterruptedException {
        List<Promotion> all = new ArrayList<>();
        for (int split : Cells.SPLITS) {
            for (double margin : OurGate.MARGINS) {
                List<Future<Integer>> parts = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    Randomness random = new Randomness(seed, split, Double.doubleToLongBits(margin), i);
                    parts.add(pool.submit((Callable<Integer>) () -> minutes(split, margin, random)));
                }
                int[] minutes = new int[count];
                for (int i = 0; i < count; i++) {
                    try {
                        minutes[i] = parts.get(i).get();
                    } catch (ExecutionException e) {
                        throw new IllegalStateException(e.getCause());
                    }
                }
                Arrays.sort(minutes);
                all.add(new Promotion(
                        split == 1 ? "50:50" : "10:90", margin, count, share(minutes, Condition.MINUTES), share(minutes, DAY), minutes[count / 2], minutes[count * 9 / 10]));
            }
        }
        return all;
    }

    private static double share(int[] minutes, int limit) {
        return Arrays.stream(minutes).filter(m -> m <= limit).count() / (double) minutes.length;
    }

    private static int minutes(int split, double margin, Randomness random) {
        ErrorRateTest test = ErrorRateTest.none(margin);
        double mean = Condition.CANARY_REQUESTS / (double) Condition.CANARY_PODS;
        for (int t = 1; t <= DAY; t++) {
            List<Pod> canary = new ArrayList<>();
            List<Pod> stable = new ArrayList<>();
            double x = 0;
            double y = 0;
            for (int pod = 0; pod < Condition.CANARY_PODS * (1 + split); pod++) {
                int errors = random.poisson(mean * Cells.BASE);
                boolean ofCanary = pod < Condition.CANARY_PODS;
                (ofCanary ? canary : stable).add(new Pod(OurGate.NAMES[pod], errors, mean));
                x += ofCanary ? errors : 0;
                y += ofCanary ? 0 : errors;
            }
            test = test.seen(canary, stable).plus(x, Condition.CANARY_REQUESTS, y, split * Condition.CANARY_REQUESTS, OurGate.ALPHA);
            if (test.logEvidenceBelow(margin) >= Math.log(2 / Check.ErrorRate.DEFAULT_BETA)) {
                return t;
            }
        }
        return DAY + 1;
    }
}
