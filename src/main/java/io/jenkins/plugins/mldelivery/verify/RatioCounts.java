package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import java.util.Objects;

/**
 * Requests and events of both tracks, and the evidence of the sequential test on the ratio of their rates.
 *
 * @param canaryEvents canary events so far
 * @param canaryRequests canary requests so far
 * @param stableEvents stable events so far
 * @param stableRequests stable requests so far
 * @param open what is not yet in the test
 * @param test null before there is any
 */
public record RatioCounts(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests, OpenTick open, ErrorRateTest test) {
    public RatioCounts {
        Numbers.amounts(canaryEvents, canaryRequests, stableEvents, stableRequests);
        Objects.requireNonNull(open, "open");
    }

    static RatioCounts none() {
        return new RatioCounts(0, 0, 0, 0, OpenTick.NONE, null);
    }

    ErrorRateTest evidence(double margin) {
        return test == null ? ErrorRateTest.none(margin) : test;
    }

    /**
     * Goes on.
     *
     * @param ticks what both tracks counted, in the order of its time
     */
    RatioCounts plus(Iterable<PodTick> ticks, double margin, double alpha) {
        ErrorRateTest evidence = evidence(margin);
        OpenTick tick = open;
        OpenTick all = new OpenTick(canaryEvents, canaryRequests, stableEvents, stableRequests);
        for (PodTick next : ticks) {
            tick = tick.plus(next.totals());
            all = all.plus(next.totals());
            evidence = evidence.seen(next.canary(), next.stable());
            if (tick.whole()) {
                evidence = evidence.plus(tick.canaryEvents(), tick.canaryRequests(), tick.stableEvents(), tick.stableRequests(), alpha);
                tick = OpenTick.NONE;
            }
        }
        return new RatioCounts(all.canaryEvents(), all.canaryRequests(), all.stableEvents(), all.stableRequests(), tick, evidence);
    }

    /** The canary's rate, NaN without requests. */
    double canaryRate() {
        return canaryRequests == 0 ? Double.NaN : canaryEvents / canaryRequests;
    }

    /** The stable version's rate, NaN without requests. */
    double stableRate() {
        return stableRequests == 0 ? Double.NaN : stableEvents / stableRequests;
    }
}
