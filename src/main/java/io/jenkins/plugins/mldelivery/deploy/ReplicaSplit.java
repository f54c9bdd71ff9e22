package io.jenkins.plugins.mldelivery.deploy;

/**
 * Pod counts for a share of traffic when one Service spreads requests evenly over all ready pods.
 *
 * @param stable pods of the stable version, at least 1
 * @param canary pods of the canary, at least 1
 */
public record ReplicaSplit(int stable, int canary) {
    /**
     * The split nearest to the share asked for that needs at most one pod more than the stable version has. The stable version keeps all its pods where the
     * share allows, so that its capacity shrinks only as traffic leaves it.
     *
     * @param replicas pods of the stable version, at least 1
     * @param weight the canary's share in percent, 1 to 99
     */
    public static ReplicaSplit of(int replicas, int weight) {
        int total = Math.max(2, replicas + 1);
        int canary = (int) Math.round(total * weight / 100.0);
        canary = Math.max(1, Math.min(total - 1, canary));
        return new ReplicaSplit(total - canary, canary);
    }

    /** The canary's share in percent. */
    public double share() {
        return 100.0 * canary / (canary + stable);
    }
}
