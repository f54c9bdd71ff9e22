package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What <code>mlVerifyMetrics</code> found.
 *
 * @param verdict of the critical checks: fail if any failed, else inconclusive if any was, else pass
 * @param reason the deciding check's reason; of several that passed what each shows
 * @param checks each check's outcome, in the order of the request
 * @param incompleteLooks how often Prometheus gave an answer that lacked what some of its storage has, see {@link VerifyMetricsRequest#onPartial}, or a page of several could not be read, or not in time
 */
public record VerifyMetricsResult(Verdict verdict, String reason, List<Outcome> checks, int incompleteLooks) implements Serializable {
    public VerifyMetricsResult {
        checks = List.copyOf(checks);
        reason = Printable.line(reason);
    }

    /** Without incomplete answers. */
    public VerifyMetricsResult(Verdict verdict, String reason, List<Outcome> checks) {
        this(verdict, reason, checks, 0);
    }

    /**
     * One check's outcome.
     *
     * @param importance <code>critical</code>, <code>warning</code> or <code>dryRun</code>
     * @param canary what the canary shows (an error rate, a share of slow requests, a mean), NaN when there is none
     * @param stable likewise of the stable version
     * @param effect the estimate (a rate ratio, a difference, an index, the last value), NaN when there is none
     * @param lower lower bound of its band, or NaN
     * @param upper upper bound, or NaN
     * @param samples canary requests or measurements seen
     */
    public record Outcome(
            String name, Verdict verdict, String importance, String reason, double canary, double stable, double effect, double lower, double upper, long samples)
            implements Serializable {
        public Outcome {
            // Scripts and reports print them.
            name = Printable.line(name);
            reason = Printable.line(reason);
        }

        /** Whether its failure fails the gate. */
        public boolean decides() {
            return Check.DEFAULT_IMPORTANCE.equals(importance);
        }
    }

    /** The same with every known secret in its texts masked: servers and queries have a part in them. */
    public VerifyMetricsResult masked(KnownSecrets known) {
        List<Outcome> masked = checks.stream()
                .map(c -> new Outcome(
                        known.mask(c.name()), c.verdict(), c.importance(), known.mask(c.reason()), c.canary(), c.stable(), c.effect(), c.lower(), c.upper(), c.samples()))
                .toList();
        return new VerifyMetricsResult(verdict, known.mask(reason), masked, incompleteLooks);
    }

    /** The failed checks that make a build unstable, not the gate fail. */
    public List<Outcome> warnings() {
        return checks.stream().filter(c -> c.verdict() == Verdict.FAIL && "warning".equals(c.importance())).toList();
    }

    /** The result as the Pipeline step returns it; a number that does not exist is null. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("verdict", verdict.word());
        map.put("reason", reason);
        map.put("incompleteLooks", incompleteLooks);
        List<Object> list = new ArrayList<>();
        for (Outcome c : checks) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("name", c.name());
            m.put("verdict", c.verdict().word());
            m.put("importance", c.importance());
            m.put("reason", c.reason());
            m.put("canary", finite(c.canary()));
            m.put("stable", finite(c.stable()));
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
