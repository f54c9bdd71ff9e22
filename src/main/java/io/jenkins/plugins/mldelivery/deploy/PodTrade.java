package io.jenkins.plugins.mldelivery.deploy;

/**
 * How many pods each track is to have next, when the pods of both together are bounded: pods of one track are traded for ready pods of the other, a few at a time, so that there are never more than the
 * bound and (but for one when there is no room at all) never fewer ready ones than before.
 *
 * @param stable pods of the stable track
 * @param canary pods of the canary track
 */
record PodTrade(int stable, int canary) {
    /**
     * Towards the counts of a traffic step.
     *
     * @param goal the counts in the end
     * @param replicas pods of the stable version before the rollout
     * @param stable the stable track
     * @param canary the canary track as it is there, of whatever revision
     * @param ready ready canary pods of what is rolled out
     * @param wanted canary pods of what is rolled out that are asked for
     */
    static PodTrade towards(PodCounts goal, int replicas, int bound, int missing, TrackStatus stable, TrackStatus canary, int ready, int wanted) {
        int nextStable = stable.wanted() > goal.stable()
                ? Math.min(stable.wanted(), Math.max(goal.stable(), replicas - missing - ready))
                : Math.max(stable.wanted(), Math.min(goal.stable(), bound - canary.most()));
        int nextCanary = wanted >= goal.canary() ? goal.canary() : Math.min(goal.canary(), Math.max(wanted, bound - stable.most()));
        return new PodTrade(nextStable, Math.max(0, nextCanary));
    }

    /** Towards a stable track that has everything and a canary track that has nothing. */
    static PodTrade home(int replicas, int bound, int missing, TrackStatus stable, TrackStatus canary) {
        int nextStable = !canary.exists() || stable.wanted() >= replicas
                ? replicas
                : Math.min(replicas, Math.max(stable.wanted(), bound - canary.most()));
        int nextCanary = canary.exists() ? Math.min(canary.wanted(), Math.max(0, replicas - missing - stable.ready())) : 0;
        return new PodTrade(nextStable, nextCanary);
    }
}
