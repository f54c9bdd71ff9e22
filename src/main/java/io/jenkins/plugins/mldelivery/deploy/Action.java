package io.jenkins.plugins.mldelivery.deploy;

/** What a tick does to the cluster. Every action describes an end, not a change, so that repeating it is safe. */
public sealed interface Action {
    /** Take or renew the model's lease. */
    record HoldLease() implements Action {}

    /** Give the lease back. */
    record ReleaseLease() implements Action {}

    /** The Service that selects both tracks is as wanted. */
    record ApplyService() implements Action {}

    /** The stable track, whatever it runs, has this many replicas. */
    record ScaleStable(int replicas) implements Action {}

    /** The stable track runs what is rolled out, with this many replicas; what it ran before is kept for {@link RestoreStable}. */
    record PromoteStable(int replicas) implements Action {}

    /** The stable track runs again what it ran before the rollout, with this many replicas. */
    record RestoreStable(String revision, int replicas) implements Action {}

    /** The canary track has the new image and this many replicas. */
    record ApplyCanary(int replicas) implements Action {}

    /** The canary track is gone. */
    record DeleteCanary() implements Action {}

    /** The stable track, which this rollout created, is gone. */
    record DeleteStable() implements Action {}

    /** The traffic is split as this many percent for the canary. */
    record ConfirmTraffic(int weight, double share) implements Action {}
}
