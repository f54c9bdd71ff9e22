package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many pods the stable version has when it scales by itself. During a rollout the stable version does not go below the pods that it had when the rollout began, since traffic may have to
 * come back.
 *
 * @param min fewest pods, at least 1
 * @param max most pods
 * @param cpu wanted use of the requested CPU in percent, or null
 * @param memory wanted use of the requested memory in percent, or null
 * @param metrics custom metrics of the pods (of a metrics adapter), each with the average value wanted per pod, such as <code>requests_in_flight: 20</code>
 * @param prometheus address of the Prometheus server that <code>queries</code> ask, or null
 * @param queries PromQL expressions, each with the value wanted per pod: then a KEDA ScaledObject scales instead of a HorizontalPodAutoscaler
 */
public record Autoscale(
        int min, int max, Integer cpu, Integer memory, Map<String, String> metrics, String prometheus, Map<String, String> queries)
        implements Serializable {
    public static final int DEFAULT_MIN = 1;
    public static final int DEFAULT_MAX = 10;
    public static final Integer DEFAULT_CPU = 80;

    public Autoscale {
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        queries = Collections.unmodifiableMap(new TreeMap<>(queries));
    }

    /** Autoscaling with every default. */
    public static Autoscale defaults() {
        return new Autoscale(DEFAULT_MIN, DEFAULT_MAX, DEFAULT_CPU, null, Map.of(), null, Map.of());
    }

    /** Whether KEDA scales. */
    public boolean byKeda() {
        return !queries.isEmpty();
    }
}
