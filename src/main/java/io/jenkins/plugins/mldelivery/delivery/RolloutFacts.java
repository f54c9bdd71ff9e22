package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.time.Instant;

/**
 * What a gate needs to know of the rollout that asks it.
 *
 * @param model the model's name
 * @param namespace its namespace
 * @param revision the canary's revision (a short hash of its pod template)
 * @param subject names what is judged, exactly: another rollout, or other pods than the same template has made at the
 *     same time, have another one. What was seen of one is no evidence of another
 * @param step the traffic step, from 0
 * @param steps how many traffic steps the rollout has, at least 1
 * @param weight the canary's share of traffic in force, 0 to 100
 * @param mirror how many of the requests, in percent, are copied to the canary without anybody seeing its answers, 0 to 100
 * @param paused whether a person is asked, not the metrics
 * @param onset since when the canary has had traffic: evidence counts from here
 * @param canarySelector Prometheus label matchers of the canary's series, for example <code>namespace="ml",pod=~"churn-canary-.*"</code>
 * @param stableSelector likewise of the stable version's
 * @param alone whether the new version has taken the place of one that had no ready pod, though the strategy would have
 *     compared the two: then checks that compare are left out
 */
public record RolloutFacts(
        String model,
        String namespace,
        String revision,
        String subject,
        int step,
        int steps,
        int weight,
        int mirror,
        boolean paused,
        Instant onset,
        String canarySelector,
        String stableSelector,
        boolean alone)
        implements Serializable {
    /** Of a rollout in which nothing has kept the two versions from being compared. */
    public RolloutFacts(
            String model, String namespace, String revision, String subject, int step, int steps, int weight, int mirror, boolean paused, Instant onset,
            String canarySelector, String stableSelector) {
        this(model, namespace, revision, subject, step, steps, weight, mirror, paused, onset, canarySelector, stableSelector, false);
    }

    /** Whether there is a stable version beside the new one; in a rolling update there is none. */
    public boolean compares() {
        return !canarySelector.equals(stableSelector);
    }

    /** Whether the canary gets any requests that could be judged. */
    public boolean hasTraffic() {
        return weight > 0 || mirror > 0;
    }
}
