package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a rollout ended.
 *
 * @param result <code>promoted</code>, <code>unchanged</code> (that image is already stable), <code>installed</code> (there was no stable version),
 *     <code>rolledBack</code>, <code>failed</code> (somebody else looks after the model, or it could not be rolled back whole) or <code>dryRun</code>
 * @param revision the revision that now has all the traffic
 * @param weightHistory the canary's shares of traffic that were in force, in percent, each as the cluster confirmed it, in order
 * @param url the Service's address inside the cluster
 * @param durationSeconds from start to end
 * @param reason why, in a sentence
 */
public record DeployModelResult(
        String result, String revision, List<Integer> weightHistory, String url, long durationSeconds, String reason)
        implements Serializable {
    public DeployModelResult {
        weightHistory = List.copyOf(weightHistory);
        // Scripts print it.
        reason = Printable.line(reason);
    }

    /** The result of a rollout of which only the differences were shown. */
    public static DeployModelResult dryRun(DeployModelRequest request, String revision) {
        String url = "http://" + request.name() + "." + request.namespace() + ".svc";
        return new DeployModelResult("dryRun", revision, List.of(), url, 0, "only the differences were shown");
    }

    /** Whether the requested image now has all the traffic. */
    public boolean ok() {
        return !"rolledBack".equals(result) && !"failed".equals(result);
    }

    /** The result as the Pipeline step returns it. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("result", result);
        map.put("revision", revision);
        map.put("weightHistory", new ArrayList<>(weightHistory));
        map.put("url", url);
        map.put("durationSeconds", durationSeconds);
        map.put("reason", reason);
        return map;
    }
}
