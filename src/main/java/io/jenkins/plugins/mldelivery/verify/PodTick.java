package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.util.Collection;
import java.util.List;

/**
 * What both tracks counted in a window, and how it is spread over their pods.
 *
 * @param totals of the tracks
 * @param canary what each source of the canary counted; empty where it counted nothing
 * @param stable likewise
 */
record PodTick(OpenTick totals, List<Pod> canary, List<Pod> stable) {
    /** With their totals. */
    static PodTick of(Collection<Pod> canaryPods, Collection<Pod> stablePods) {
        List<Pod> canary = List.copyOf(canaryPods);
        List<Pod> stable = List.copyOf(stablePods);
        return new PodTick(new OpenTick(events(canary), requests(canary), events(stable), requests(stable)), canary, stable);
    }

    private static double events(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::events).sum();
    }

    private static double requests(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::requests).sum();
    }
}
