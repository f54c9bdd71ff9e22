package gatebench;

import io.jenkins.plugins.mldelivery.verify.stats.DistributionTest;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import io.jenkins.plugins.mldelivery.verify.stats.SlowerTest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a tick costs.
 *
 * @param what kind of check
 * @param millis CPU time of a tick of 50 checks
 * @param bytes state of one check as text, after 1,000 ticks
 */
record Cost(String what, double millis, int bytes) {
    private static final int CHECKS = 50;
    private static final int BINS = 100;

    static Cost[] measure() throws Exception {
        double[] bounds = new double[BINS];
        Arrays.setAll(bounds, b -> b + 1.0);
        Randomness random = new Randomness(1);
        double[][] canary = new double[16][BINS];
        double[][] stable = new double[16][BINS];
        for (int i = 0; i < 16; i++) {
            for (int b = 0; b < BINS; b++) {
                canary[i][b] = random.poisson(3);
                stable[i][b] = random.poisson(27);
            }
        }
        @SuppressWarnings("unchecked")
        List<Pod>[] pods = new List[16];
        for (int i = 0; i < 16; i++) {
            pods[i] = new ArrayList<>();
            for (int p = 0; p < 20; p++) {
                pods[i].add(new Pod("pod-" + p, random.poisson(0.75), 150));
            }
        }
        int[] tick = {0};
        return new Cost[] {
            of("errorRate, 20 pods", ErrorRateTest.none(1.5), t -> {
                int i = tick[0]++ % 16;
                ErrorRateTest next = t.seen(pods[i].subList(0, 2), pods[i].subList(2, 20)).plus(random.poisson(1.5), 300, random.poisson(13.5), 2700, 0.01);
                sink(next.logEvidenceWorse() + next.logEvidenceBelow(1.5));
                return next;
            }, t -> t.toText().length()),
            of("latency, 100 bounds", SlowerTest.none(bounds, 1.25), t -> {
                int i = tick[0]++ % 16;
                SlowerTest next = t.plus(bounds, canary[i], stable[i], 0.01);
                sink(next.logEvidence() + next.logEvidenceBelow(98));
                return next;
            }, t -> t.toText().length()),
            of("distribution, 100 bins", DistributionTest.none(bounds), t -> {
                int i = tick[0]++ % 16;
                DistributionTest next = t.plus(bounds, canary[i], stable[i]);
                sink(next.logEvidence());
                return next;
            }, t -> t.toText().length()),
            WholeLook.measure(12),
            WholeLook.measure(72)
        };
    }

    private static void sink(double value) {
        if (value == Double.MAX_VALUE) {
            throw new IllegalStateException();
        }
    }

    private static <T> Cost of(String what, T first, UnaryOperator<T> tick, java.util.function.ToIntFunction<T> size) {
        T test = first;
        try {
            tick.apply(test);
        } catch (UnsupportedOperationException e) {
            return new Cost(what, Double.NaN, -1);
        }
        for (int i = 0; i < 20_000; i++) {
            test = tick.apply(i % 1000 == 0 ? first : test);
        }
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int i = 0; i < 20 * CHECKS; i++) {
                test = tick.apply(test);
            }
            best = Math.min(best, (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 20.0);
        }
        test = first;
        for (int i = 0; i < 1000; i++) {
            test = tick.apply(test);
        }
        int bytes;
        try {
            bytes = size.applyAsInt(test);
        } catch (UnsupportedOperationException e) {
            bytes = -1;
        }
        return new Cost(what, best / 1e6, bytes);
    }
}
