package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Random;

/** Simulated requests of both tracks, tick by tick: a base rate that swings through the day, an incident that hits both, and a split that a rollout moves. */
final class Traffic {
    private final Random random;
    private final double base;
    private final double ratio;
    private int tick;

    /** Of the last tick. */
    int canaryEvents;

    int canaryRequests;
    int stableEvents;
    int stableRequests;

    /**
     * @param base the stable version's error rate at ordinary times
     * @param ratio the canary's error rate over the stable version's
     */
    Traffic(long seed, double base, double ratio) {
        this.random = new Random(seed);
        this.base = base;
        this.ratio = ratio;
    }

    void next() {
        double rate = base * (1 + 0.8 * Math.sin(tick / 20.0)) * (tick % 150 >= 60 && tick % 150 < 75 ? 8 : 1);
        double share = tick < 80 ? 0.1 : 0.4;
        int requests = 200 + random.nextInt(200);
        canaryRequests = binomial(requests, share);
        stableRequests = requests - canaryRequests;
        canaryEvents = binomial(canaryRequests, Math.min(1, rate * ratio));
        stableEvents = binomial(stableRequests, Math.min(1, rate));
        tick++;
    }

    RatioTest feed(RatioTest test, double alpha) {
        return test.plus(canaryEvents, canaryRequests, stableEvents, stableRequests, alpha);
    }

    /** By the gaps between hits, so that rare events cost little. */
    private int binomial(int n, double p) {
        if (p > 0.05) {
            int hits = 0;
            for (int i = 0; i < n; i++) {
                hits += random.nextDouble() < p ? 1 : 0;
            }
            return hits;
        }
        int hits = -1;
        double at = 0;
        double scale = Math.log1p(-p);
        while (at <= n) {
            hits++;
            at += Math.floor(Math.log(1 - random.nextDouble()) / scale) + 1;
        }
        return hits;
    }
}
