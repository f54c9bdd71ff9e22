package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Simulated pods of both tracks, look by look, at an error rate of 0.5 % on average and 150 requests a pod and look. */
final class PodTraffic {
    private static final double BASE = 0.005;
    private static final double REQUESTS = 150;

    /** How the rates of single pods move. */
    enum Shape { PLAIN, BURSTY, SPELLS, INCIDENT }

    private final Random random;
    private final Shape shape;
    private final int canaryPods;
    private final int stablePods;
    private final int[] spellLeft;
    private int look;

    PodTraffic(long seed, Shape shape, int canaryPods, int stablePods) {
        this.random = new Random(seed);
        this.shape = shape;
        this.canaryPods = canaryPods;
        this.stablePods = stablePods;
        this.spellLeft = new int[canaryPods + stablePods];
    }

    /** The next look, with the canary's error rate this many times the stable version's. */
    ErrorRateTest feed(ErrorRateTest test, double ratio, double alpha) {
        List<Pod> canary = new ArrayList<>();
        List<Pod> stable = new ArrayList<>();
        for (int i = 0; i < canaryPods + stablePods; i++) {
            double rate = Math.min(1, BASE * (i < canaryPods ? ratio : 1) * multiplier(i));
            (i < canaryPods ? canary : stable).add(new Pod("pod-" + i, poisson(REQUESTS * rate), REQUESTS));
        }
        look++;
        return test.seen(canary, stable)
                .plus(events(canary), canaryPods * REQUESTS, events(stable), stablePods * REQUESTS, alpha);
    }

    private double multiplier(int pod) {
        switch (shape) {
            case BURSTY: // The square of a normal variable is a gamma variable of mean 1 and variance 2.
                double z = random.nextGaussian();
                return z * z;
            case SPELLS:
                spellLeft[pod] = spellLeft[pod] > 0 ? spellLeft[pod] - 1 : random.nextInt(120) == 0 ? 3 : 0;
                return spellLeft[pod] > 0 ? 10 : 1;
            case INCIDENT:
                return look >= 20 && look < 30 ? 10 : 1;
            default:
                return 1;
        }
    }

    private static double events(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::events).sum();
    }

    private int poisson(double mean) {
        double limit = Math.exp(-mean);
        int k = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            k++;
        }
        return k;
    }
}
