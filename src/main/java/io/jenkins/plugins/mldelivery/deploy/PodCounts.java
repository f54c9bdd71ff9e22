package io.jenkins.plugins.mldelivery.deploy;

/**
 * Pod counts of the two tracks at a traffic step.
 *
 * @param stable pods of the stable version, at least 1
 * @param canary pods of the canary, at least 1
 */
public record PodCounts(int stable, int canary) {
    private static final double SAME = 1e-9;

    /**
     * When one Service spreads requests evenly over all ready pods: the split nearest to the share asked for, with at least one pod of each, no more stable pods than before and no more pods in all
     * than <code>replicas + surge</code> (but at least two); of equally near ones the one with more canary pods.
     *
     * @param replicas pods of the stable version before the rollout, at least 1
     * @param weight the canary's share in percent, 1 to 99
     * @param surge how many pods more than <code>replicas</code> there may be, at least 0
     */
    public static PodCounts ratio(int replicas, int weight, int surge) {
        int total = most(replicas, surge);
        // The share rises with the canary's pods, so the nearest is the first that reaches it, or the one before. Not
        // tried one after the other: the numbers are an author's, or the cluster's.
        int below = 1;
        int reaching = total - 1;
        while (below < reaching) {
            int middle = below + (reaching - below) / 2;
            if (of(replicas, total, middle).share() < weight - SAME) {
                below = middle + 1;
            } else {
                reaching = middle;
            }
        }
        PodCounts reached = of(replicas, total, reaching);
        PodCounts before = of(replicas, total, Math.max(1, reaching - 1));
        return Math.abs(reached.share() - weight) <= Math.abs(before.share() - weight) + SAME ? reached : before;
    }

    private static PodCounts of(int replicas, int total, int canary) {
        return new PodCounts(Math.min(replicas, total - canary), canary);
    }

    /** The most pods of both tracks together: at least two. */
    static int most(int replicas, long surge) {
        return (int) Math.max(2, Math.min(Integer.MAX_VALUE, replicas + surge));
    }

    /** Likewise when the stable version keeps all its pods, since somebody else scales it: only the canary's count is chosen, at least 1 and else no more than <code>surge</code>. */
    public static PodCounts besides(int stable, int weight, int surge) {
        long canary = Math.round((double) stable * weight / (100 - weight));
        return new PodCounts(stable, (int) Math.max(1, Math.min(canary, surge)));
    }

    /**
     * When somebody routes the requests whatever the counts: the stable version keeps all its pods, and the canary has the same pods per request as the stable version has now.
     *
     * @param share the canary's share of requests in percent, 0 to 100, be it routed or mirrored
     */
    public static PodCounts routed(int replicas, int share) {
        return new PodCounts(replicas, Math.max(1, (int) Math.ceil((double) replicas * share / 100)));
    }

    /** The canary's share of the pods in percent. */
    public double share() {
        return 100.0 * canary / ((double) canary + stable);
    }
}
