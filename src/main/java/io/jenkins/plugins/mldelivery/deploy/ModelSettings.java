package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What surrounds the pods of a model.
 *
 * @param replicas pods of the stable version; with <code>autoscale</code> only those of a first install
 * @param autoscale how it scales by itself, or null
 * @param disruptionBudget how many pods an eviction may take at a time (a number or a percentage: <code>maxUnavailable</code> of a PodDisruptionBudget), or <code>none</code>
 * @param allowFrom who may reach the pods: <code>namespace</code>, <code>label=value</code> (of pods in the model's namespace), <code>namespace/label=value</code> or an address range
 *     such as <code>10.0.0.0/8</code>. When empty, no NetworkPolicy is made; otherwise nobody else may
 * @param serviceAccount the pods' ServiceAccount, or null: the namespace's default one, or with <code>identity</code> one of the model's name
 * @param identity annotations of the ServiceAccount that give it a cloud identity; then it is made
 * @param manifests the user's own manifests as YAML text, or null. Of these only image, labels and traffic are managed
 */
public record ModelSettings(
        int replicas,
        Autoscale autoscale,
        String disruptionBudget,
        List<String> allowFrom,
        String serviceAccount,
        Map<String, String> identity,
        String manifests)
        implements Serializable {
    public static final int DEFAULT_REPLICAS = 3;
    public static final String DEFAULT_DISRUPTION_BUDGET = "1";
    public static final String NO_DISRUPTION_BUDGET = "none";

    public ModelSettings {
        allowFrom = List.copyOf(allowFrom);
        identity = Collections.unmodifiableMap(new TreeMap<>(identity));
    }

    /** A model with every default. */
    public static ModelSettings defaults() {
        return new ModelSettings(DEFAULT_REPLICAS, null, DEFAULT_DISRUPTION_BUDGET, List.of(), null, Map.of(), null);
    }

    /** The same with other replicas. */
    public ModelSettings withReplicas(int other) {
        return new ModelSettings(other, autoscale, disruptionBudget, allowFrom, serviceAccount, identity, manifests);
    }

    /** The same with other manifests. */
    public ModelSettings withManifests(String yaml) {
        return new ModelSettings(replicas, autoscale, disruptionBudget, allowFrom, serviceAccount, identity, yaml);
    }
}
