package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import java.time.Instant;
import java.util.List;

/**
 * What a tick sees.
 *
 * @param now the present moment
 * @param leaseHeld whether this rollout holds the model's lease
 * @param leaseHolder who holds it otherwise, or null when nobody does
 * @param stable the stable track
 * @param canary the canary track
 * @param traffic how the traffic is divided; {@link TrafficStatus#stableOnly} when nothing but the pods divides it
 * @param reach whom requests to the model reach
 * @param answer the gate's answer, or null when there is none
 * @param abort why the user aborts, or null
 * @param warnings what else is strange there, for the log, each told once
 */
public record Observation(
        Instant now,
        boolean leaseHeld,
        String leaseHolder,
        TrackStatus stable,
        TrackStatus canary,
        TrafficStatus traffic,
        Reach reach,
        Gate.Answer answer,
        String abort,
        List<String> warnings) {
    public Observation {
        leaseHolder = KeptText.name(leaseHolder);
        warnings = warnings.stream().map(KeptText::sentence).toList();
    }
}
