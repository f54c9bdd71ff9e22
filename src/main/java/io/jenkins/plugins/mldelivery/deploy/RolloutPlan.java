package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.util.List;

/**
 * The request as the state machine needs it, parsed and checked.
 *
 * @param revision revision of what is to be rolled out, see {@link io.jenkins.plugins.mldelivery.deploy.targets.Revision}
 * @param replicas pods of the stable version; when it is autoscaled, those of a first install
 * @param autoscaled whether the request has it scale by itself
 * @param steps the steps, at least one
 * @param maxSurge how many pods more than before there may be, or null, see {@link Strategy.Canary}
 * @param routed whether a {@link TrafficRouter} divides the traffic
 * @param kind how the new version takes over
 * @param onConcurrent what to do when another rollout is under way
 * @param progressDeadline how long a track may take to get ready
 * @param timeout for the whole rollout, without the time that it waits for a person
 */
public record RolloutPlan(
        String revision,
        int replicas,
        boolean autoscaled,
        List<TrafficStep> steps,
        Integer maxSurge,
        boolean routed,
        Kind kind,
        OnConcurrent onConcurrent,
        Duration progressDeadline,
        Duration timeout) {
    /** How the new version takes over. */
    public enum Kind {
        /** Beside the stable version, with pods for its share of the requests. */
        CANARY,
        /** Beside the stable version, with as many pods. */
        FULL,
        /** In the place of the stable version's pods, judged afterwards. */
        DIRECT,
        /** In the place of the stable version's pods, without a judgement: the version before is known to be good. */
        UNDO
    }

    public RolloutPlan {
        steps = List.copyOf(steps);
    }

    /** The plan as a rollout in this state follows it. */
    RolloutPlan of(RolloutState state) {
        return state.alone() ? alone() : this;
    }

    /**
     * What is left of the plan when the stable version has no ready pod: nobody serves whom a canary could be compared
     * with, so the new version takes the stable one's place in one step, and is judged there by its own values.
     */
    private RolloutPlan alone() {
        TrafficStep last = steps.get(steps.size() - 1);
        TrafficStep only = new TrafficStep(new TrafficSplit(100, 0), last.hold(), last.pause());
        return new RolloutPlan(
                revision, replicas, autoscaled, List.of(only), maxSurge, routed, direct() ? kind : Kind.DIRECT, onConcurrent,
                progressDeadline, timeout);
    }

    /** Whether there is no canary track in this rollout. */
    boolean direct() {
        return kind == Kind.DIRECT || kind == Kind.UNDO;
    }

    /** Whether the number of pods is bounded, and the machine therefore trades pods of one track for pods of the other. */
    boolean trades() {
        return !routed && kind == Kind.CANARY;
    }

    /**
     * Pod counts of a step.
     *
     * @param step index of the step
     * @param stable the stable version's pods when the rollout began
     * @param scaled whether somebody else scales the stable version
     */
    PodCounts pods(int step, int stable, boolean scaled) {
        TrafficSplit split = steps.get(step).split();
        if (kind == Kind.FULL) {
            return new PodCounts(stable, stable);
        }
        if (routed) {
            return PodCounts.routed(stable, Math.max(split.weight(), split.mirror()));
        }
        return scaled ? PodCounts.besides(stable, split.weight(), surge())
                : PodCounts.ratio(stable, split.weight(), surge());
    }

    private int surge() {
        return maxSurge == null ? 1 : maxSurge;
    }

    /**
     * How many pods both tracks may have together.
     *
     * @param replicas pods without a rollout
     */
    int bound(int replicas) {
        return PodCounts.most(replicas, trades() ? surge() : replicas + 1L);
    }

    /** How many pods may be missing while pods are traded: none, unless there is no room for one more. */
    int missing() {
        return maxSurge != null && maxSurge == 0 ? 1 : 0;
    }
}
