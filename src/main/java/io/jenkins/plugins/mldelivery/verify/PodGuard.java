package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.stats.BurstGuard;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.util.List;
import java.util.Map;

/**
 * Guards tests over all buckets against pods that differ: compares the pods of each track by their shares above one bound, that which about half of the stable version's observations exceed.
 *
 * @param middle the bound's index in the layout, or −1 while it is not known
 * @param bursts what the pods show, and a canary's single pod from look to look
 */
record PodGuard(int middle, BurstGuard bursts) {
    static PodGuard of(HistogramEvidence e) {
        return new PodGuard(e.middle(), e.bursts() == null ? BurstGuard.none() : e.bursts());
    }

    PodGuard seen(HistogramTicks.Tick tick) {
        int at = middle >= 0 ? middle : tick.isWhole() ? middleOf(tick.stable()) : -1;
        return at < 0 ? this : new PodGuard(at, bursts.plus(pods(tick.canaryPods(), tick.bounds(), at), pods(tick.stablePods(), tick.bounds(), at)));
    }

    private static int middleOf(double[] counts) {
        double all = above(counts, -1);
        int at = 0;
        while (at < counts.length - 2 && above(counts, at) > all / 2) {
            at++;
        }
        return at;
    }

    /** What each pod counted, and how much of it is above a bound. */
    static List<Pod> pods(Map<String, Buckets> pods, double[] bounds, int bound) {
        return pods.entrySet().stream().map(pod -> pod(pod.getKey(), pod.getValue().onto(bounds).counts(), bound)).toList();
    }

    private static Pod pod(String name, double[] counts, int bound) {
        return new Pod(name, above(counts, bound), above(counts, -1));
    }

    /** How many are above a bound; above −1 are all. */
    static double above(double[] counts, int bound) {
        double sum = 0;
        for (int i = bound + 1; i < counts.length; i++) {
            sum += counts[i];
        }
        return sum;
    }

    double discount() {
        return bursts.discount();
    }
}
