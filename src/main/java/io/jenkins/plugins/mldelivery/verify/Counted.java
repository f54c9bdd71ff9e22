package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Requests that a source counted between two of its samples, and how many of them are events.
 *
 * @param source the page or target (a pod, as a rule)
 * @param millis the time of the later sample, in milliseconds since 1970
 * @param events those that failed, or were slow, 0 to <code>requests</code>
 * @param requests all
 */
record Counted(String source, long millis, double events, double requests) {
    /**
     * What both tracks counted, in windows by the time of the data, in their order.
     *
     * @param width of a window, the first of which begins at the onset
     */
    static List<PodTick> ticks(List<Counted> canary, List<Counted> stable, Instant onset, Duration width) {
        Map<Long, List<Pod>> canaryPods = pods(canary, onset, width);
        Map<Long, List<Pod>> stablePods = pods(stable, onset, width);
        TreeSet<Long> windows = new TreeSet<>(canaryPods.keySet());
        windows.addAll(stablePods.keySet());
        return windows.stream().map(w -> PodTick.of(canaryPods.getOrDefault(w, List.of()), stablePods.getOrDefault(w, List.of()))).toList();
    }

    private static Map<Long, List<Pod>> pods(List<Counted> track, Instant onset, Duration width) {
        return track.stream().collect(Collectors.groupingBy(
                c -> Increment.window(c.millis, onset, width), Collectors.mapping(c -> new Pod(c.source, c.events, c.requests), Collectors.toList())));
    }
}
