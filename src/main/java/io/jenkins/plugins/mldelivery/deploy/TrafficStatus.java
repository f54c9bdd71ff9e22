package io.jenkins.plugins.mldelivery.deploy;

/**
 * What the cluster says of the traffic.
 *
 * @param split the split that is asked for
 * @param confirmed whether whoever routes says that it is in force
 * @param problem why it is not, in words, or null
 */
public record TrafficStatus(TrafficSplit split, boolean confirmed, String problem) {
    public TrafficStatus {
        problem = KeptText.sentence(problem);
    }

    /** Nothing but the pods routes. */
    public static TrafficStatus stableOnly() {
        return new TrafficStatus(TrafficSplit.STABLE_ONLY, true, null);
    }
}
