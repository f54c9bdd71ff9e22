package io.jenkins.plugins.mldelivery.deploy;

/** The state machine of a rollout: pure, total and deterministic. */
public final class Rollout {
    private Rollout() {}
}
