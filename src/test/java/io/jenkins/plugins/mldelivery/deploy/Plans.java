package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random plans of all kinds. */
final class Plans {
    private Plans() {}

    /** A plan of any kind. */
    static RolloutPlan any(Random random, String revision) {
        return random.nextInt(3) == 0 ? routed(random, revision) : random.nextInt(5) == 0 ? direct(random, revision) : ratio(random, revision);
    }

    /** A canary by pod counts. */
    static RolloutPlan ratio(Random random, String revision) {
        int replicas = 1 + random.nextInt(6);
        Integer surge = random.nextBoolean() ? null : Integer.valueOf(random.nextInt(4));
        if (surge != null && surge == 0) {
            replicas++; // In place is refused for a single pod.
        }
        return plan(random, revision, replicas, canary(random), surge, false, RolloutPlan.Kind.CANARY);
    }

    /** A canary, a shadow or a blue/green rollout by a router. */
    static RolloutPlan routed(Random random, String revision) {
        int replicas = 1 + random.nextInt(6);
        return switch (random.nextInt(3)) {
            case 0 -> plan(random, revision, replicas, List.of(step(random, 0, 0), step(random, 100, 0)), null, true, RolloutPlan.Kind.FULL);
            case 1 -> plan(random, revision, replicas, List.of(step(random, 0, 1 + random.nextInt(100))), null, true, RolloutPlan.Kind.CANARY);
            default -> plan(random, revision, replicas, canary(random), null, true, RolloutPlan.Kind.CANARY);
        };
    }

    /** Rolling. */
    static RolloutPlan direct(Random random, String revision) {
        return plan(random, revision, 1 + random.nextInt(6), List.of(step(random, 100, 0)), null, false, RolloutPlan.Kind.DIRECT);
    }

    private static RolloutPlan plan(
            Random random, String revision, int replicas, List<TrafficStep> steps, Integer surge, boolean routed, RolloutPlan.Kind kind) {
        List<TrafficStep> paused = steps.stream().map(s -> new TrafficStep(s.split(), s.hold(), random.nextInt(4) == 0)).toList();
        return new RolloutPlan(revision, replicas, false, paused, surge, routed, kind, OnConcurrent.WAIT, Duration.ofMinutes(2), Duration.ofHours(1));
    }

    /** The same, for a version that somebody else scales. */
    static RolloutPlan scaled(RolloutPlan p) {
        Integer surge = p.maxSurge() != null && p.maxSurge() == 0 ? null : p.maxSurge();
        return new RolloutPlan(
                p.revision(), p.replicas(), p.autoscaled(), p.steps(), surge, p.routed(), p.kind(), p.onConcurrent(), p.progressDeadline(), p.timeout());
    }

    /** The same with another revision. */
    static RolloutPlan of(RolloutPlan p, String revision) {
        return new RolloutPlan(
                revision, p.replicas(), p.autoscaled(), p.steps(), p.maxSurge(), p.routed(), p.kind(), p.onConcurrent(), p.progressDeadline(), p.timeout());
    }

    /** The same with another rule for rollouts that are under way. */
    static RolloutPlan of(RolloutPlan p, OnConcurrent rule) {
        return new RolloutPlan(
                p.revision(), p.replicas(), p.autoscaled(), p.steps(), p.maxSurge(), p.routed(), p.kind(), rule, p.progressDeadline(), p.timeout());
    }

    /** The same for more pods, each of which has less time. */
    static RolloutPlan of(RolloutPlan p, int replicas, Duration progressDeadline) {
        return new RolloutPlan(
                p.revision(), replicas, p.autoscaled(), p.steps(), p.maxSurge(), p.routed(), p.kind(), p.onConcurrent(), progressDeadline, p.timeout());
    }

    private static List<TrafficStep> canary(Random random) {
        List<TrafficStep> steps = new ArrayList<>();
        int weight = 0;
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count && weight < 99; i++) {
            weight += 1 + random.nextInt(Math.min(40, 99 - weight));
            steps.add(step(random, weight, 0));
        }
        return steps;
    }

    private static TrafficStep step(Random random, int weight, int mirror) {
        return new TrafficStep(new TrafficSplit(weight, mirror), Duration.ofMillis(random.nextInt(20_000)), false);
    }
}
