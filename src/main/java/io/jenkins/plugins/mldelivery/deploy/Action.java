package io.jenkins.plugins.mldelivery.deploy;

/** What a tick does to the cluster. Every action describes an end, not a change, so that repeating it is safe. */
public sealed interface Action {
    /** Take or renew the model's lease. */
    record HoldLease() implements Action {}

    /** Take the model's lease, even from a rollout that holds it. */
    record TakeLease() implements Action {}

    /** Give the lease back. */
    record ReleaseLease() implements Action {}

    /** What surrounds the pods (Services, accounts, policies, budgets) is as wanted. */
    record ApplyObjects() implements Action {}

    /** What an earlier deployment of the model made around the pods, and is no longer wanted, is gone. */
    record PruneObjects() implements Action {}

    /**
     * The autoscaler is as wanted.
     *
     * @param floor the fewest pods while traffic may have to come back to the stable version, or null for what the request says
     */
    record ApplyAutoscaler(Integer floor) implements Action {}

    /** The stable track, whatever it runs, has this many replicas. */
    record ScaleStable(int replicas) implements Action {}

    /**
     * The stable track runs what is rolled out; what it ran before is kept for {@link RestoreStable}.
     *
     * @param replicas its replicas; null leaves to the autoscaler what it has
     * @param inPlace whether its pods are replaced without a pod more: the canary serves for the one that is missing
     * @param judged whether it was found to be good before; if not, that is noted until {@link ApproveStable}, so that whoever finds it after a crash goes back
     * @param canary the {@link TrackStatus#template} of the canary that was judged: only while the canary still has it
     *     is the stable track's template replaced; null when no canary was judged
     */
    record PromoteStable(Integer replicas, boolean inPlace, boolean judged, String canary) implements Action {}

    /** It is noted on the stable track that somebody has changed its pod template, so that the change is a version of its own, which can be put back. */
    record NoteEdit() implements Action {}

    /** It is noted on the stable track that what it runs was judged to be good. */
    record ApproveStable() implements Action {}

    /**
     * The stable track runs again what it ran before the rollout.
     *
     * @param replicas its replicas; null leaves to the autoscaler what it has
     * @param inPlace whether its pods are replaced without a pod more
     */
    record RestoreStable(String revision, Integer replicas, boolean inPlace) implements Action {}

    /** The canary track has the new image and this many replicas. */
    record ApplyCanary(int replicas) implements Action {}

    /** The canary track is gone. */
    record DeleteCanary() implements Action {}

    /** The stable track and what surrounds it, which this rollout created, is gone. */
    record DeleteStable() implements Action {}

    /** Whoever routes is asked for this split. */
    record Route(TrafficSplit split) implements Action {}

    /**
     * A split of the traffic is in force, as the cluster has confirmed it.
     *
     * @param weight the canary's share that was asked for, in percent
     * @param share the one in force
     */
    record ConfirmTraffic(int weight, double share) implements Action {}
}
