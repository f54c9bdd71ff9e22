package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.util.List;

/**
 * The request as the state machine needs it, parsed and checked.
 *
 * @param revision revision of what is to be rolled out, see {@link io.jenkins.plugins.mldelivery.deploy.targets.Revision}
 * @param replicas pods of the stable version
 * @param steps the canary's shares of traffic in percent, rising
 * @param hold how long a step lasts at least
 * @param progressDeadline how long a track may take to get ready
 * @param timeout for the whole rollout
 */
public record RolloutPlan(
        String revision, int replicas, List<Integer> steps, Duration hold, Duration progressDeadline, Duration timeout) {
    public RolloutPlan {
        steps = List.copyOf(steps);
    }
}
