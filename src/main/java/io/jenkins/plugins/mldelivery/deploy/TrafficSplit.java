package io.jenkins.plugins.mldelivery.deploy;

/**
 * How requests are divided.
 *
 * @param weight the canary's share of the users' requests in percent, 0 to 100; the stable version has the rest
 * @param mirror how many of the requests, in percent, are copied to the canary without anybody seeing its answers
 */
public record TrafficSplit(int weight, int mirror) {
    /** Everything to the stable version. */
    public static final TrafficSplit STABLE_ONLY = new TrafficSplit(0, 0);

    public TrafficSplit {
        if (weight < 0 || weight > 100 || mirror < 0 || mirror > 100) {
            throw new IllegalArgumentException("no split of traffic: " + weight + ", " + mirror);
        }
    }

    /** The stable version's share in percent. */
    public int stableWeight() {
        return 100 - weight;
    }

    /** Whether the canary gets no request at all. */
    public boolean stableOnly() {
        return weight == 0 && mirror == 0;
    }
}
