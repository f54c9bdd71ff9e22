package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What <code>mlVerifyMetrics</code> found.
 *
 * @param verdict fail if any check failed, else inconclusive if any was, else pass
 * @param reason the deciding check's reason
 * @param checks each check's outcome, in the order of the request
 */
public record VerifyMetricsResult(Verdict verdict, String reason, List<Outcome> checks) implements Serializable {
    public VerifyMetricsResult {
        checks = List.copyOf(checks);
    }

    /**
     * One check's outcome.
     *
     * @param effect the estimate (rate ratio, or the last value), NaN when there is none
     * @param lower lower bound of its band, or NaN
     * @param upper upper bound, or NaN
     * @param samples canary requests or measurements seen
     */
    public record Outcome(
            String name, Verdict verdict, String reason, double effect, double lower, double upper, long samples)
            implements Serializable {}

    /** The result as the Pipeline step returns it; a number that does not exist is null. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("verdict", verdict.word());
        map.put("reason", reason);
        List<Object> list = new ArrayList<>();
        for (Outcome c : checks) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("name", c.name());
            m.put("verdict", c.verdict().word());
            m.put("reason", c.reason());
            m.put("effect", finite(c.effect()));
            m.put("lower", finite(c.lower()));
            m.put("upper", finite(c.upper()));
            m.put("samples", c.samples());
            list.add(m);
        }
        map.put("checks", list);
        return map;
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
