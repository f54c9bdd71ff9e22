package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Caps what a pod adds in a look at what the track's other pods have in the same look, or what the track had so far where that is more, and 2.5 standard deviations; at no deviation right after a look in which the pod was capped, since bad spells last. (Huber, Ann. Math. Statist. 35, 1964: bounded influence.)
 * Harm on all pods is not capped for long: they bear each other out. The only pod of a track is not capped at all; one that is alone in a look, since each pod is scraped at its own moment, is capped at what the track had so far.
 *
 * @param pods with what is left of their events
 * @param capped the pods that had more, as {@link NameHash}
 */
record PodCaps(List<Pod> pods, long[] capped) {
    private static final double DEVIATIONS = 2.5;

    /**
     * Caps a look.
     *
     * @param pods each name once, see {@link #merged}
     * @param before what was left of the earlier looks
     * @param last the pods that were capped in the look before
     */
    static PodCaps of(List<Pod> pods, TrackPods before, long[] last) {
        double events = pods.stream().mapToDouble(Pod::events).sum();
        double requests = pods.stream().mapToDouble(Pod::requests).sum();
        double usual = before.requests() > 0 ? before.events() / before.requests() : 0;
        List<Pod> left = new ArrayList<>(pods.size());
        List<Long> capped = new ArrayList<>();
        for (Pod pod : pods) {
            double others = requests - pod.requests();
            long name = NameHash.of(pod.name());
            if (others <= 0 && !before.knowsBeside(name)) {
                left.add(pod);
                continue;
            }
            double mean = pod.requests() * Math.max(usual, others > 0 ? (events - pod.events()) / others : 0);
            boolean again = Arrays.stream(last).anyMatch(one -> one == name);
            // A whole number, as events are.
            double cap = Math.floor(mean + (again ? 0 : DEVIATIONS * Math.sqrt(mean + 1)));
            left.add(pod.events() > cap ? new Pod(pod.name(), cap, pod.requests()) : pod);
            if (pod.events() > cap) {
                capped.add(name);
            }
        }
        return new PodCaps(left, capped.stream().mapToLong(Long::longValue).limit(TrackPods.MOST).toArray());
    }

    /** The pods by their names: what comes under the same name twice (by paths or codes) is one pod's. */
    static List<Pod> merged(List<Pod> pods) {
        Map<String, Pod> merged = new LinkedHashMap<>();
        for (Pod pod : pods) {
            merged.merge(pod.name(), pod, (a, b) -> new Pod(a.name(), a.events() + b.events(), a.requests() + b.requests()));
        }
        return List.copyOf(merged.values());
    }

    double events() {
        return pods.stream().mapToDouble(Pod::events).sum();
    }
}
