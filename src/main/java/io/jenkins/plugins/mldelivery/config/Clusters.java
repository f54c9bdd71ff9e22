package io.jenkins.plugins.mldelivery.config;

import hudson.model.Item;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.util.List;

/** Finds the cluster that a step means by its parameters <code>cluster</code> (a name of the global configuration) or <code>access</code>. */
public final class Clusters {
    private Clusters() {}

    /**
     * The access to the cluster; with neither a name nor an access it is the only cluster that is configured.
     *
     * @param name the name, or null
     * @param access the access, or null
     */
    public static ClusterAccess resolve(String name, KubernetesAccess access, RunCredentials credentials) throws DeliveryException {
        if (name != null && access != null) {
            throw DeliveryException.invalid("cluster", "both 'cluster' and 'access' are given", "Give one of them.");
        }
        if (access != null) {
            return access.resolve("access", credentials);
        }
        KubernetesAccess configured = find(MlDeliveryConfiguration.get().getClusters(), name).getAccess();
        if (configured == null) {
            throw DeliveryException.invalid(
                    "cluster", "the cluster" + (name == null ? "" : " '" + name + "'") + " is configured without an access",
                    "Complete it under Manage Jenkins » System » ML Delivery.");
        }
        return configured.resolve("cluster", credentials);
    }

    /** Whether the cluster is reached with the identity of the agent around the step; false also when there is no such cluster, which {@link #resolve} names. */
    public static boolean onAgent(String name, KubernetesAccess access) {
        if (access != null) {
            return access.isOnAgent();
        }
        return MlDeliveryConfiguration.get().getClusters().stream()
                .filter(c -> name == null || name.equals(c.getName()))
                .anyMatch(c -> c.getAccess() != null && c.getAccess().isOnAgent());
    }

    private static ClusterConfiguration find(List<ClusterConfiguration> clusters, String name) throws DeliveryException {
        List<String> names = clusters.stream().map(ClusterConfiguration::getName).toList();
        if (name == null && clusters.size() == 1) {
            return clusters.get(0);
        }
        if (name == null) {
            throw DeliveryException.invalid(
                    "cluster", clusters.isEmpty() ? "no cluster is given and none is configured in Jenkins" : "no cluster is given and Jenkins has several: " + String.join(", ", names),
                    clusters.isEmpty()
                            ? "Configure one under Manage Jenkins » System » ML Delivery, or give 'access', such as kubeconfig(credentialsId: '…')."
                            : "Give one of these names.");
        }
        return clusters.stream()
                .filter(c -> name.equals(c.getName()))
                .findFirst()
                .orElseThrow(() -> DeliveryException.invalid(
                        "cluster", "Jenkins has no cluster with the name '" + name + "'" + (names.isEmpty() ? "" : ", but " + String.join(", ", names)),
                        "Correct the name, or configure it under Manage Jenkins » System » ML Delivery."));
    }

    /** The names for a form, after the empty one that means the only cluster; none for whoever may not configure there. */
    public static ListBoxModel names(Item item) {
        ListBoxModel items = new ListBoxModel();
        items.add(Messages.Clusters_TheOnlyOne(), "");
        if (CredentialsChoices.mayConfigure(item)) {
            MlDeliveryConfiguration.get().getClusters().forEach(c -> items.add(c.getName()));
        }
        return items;
    }
}
