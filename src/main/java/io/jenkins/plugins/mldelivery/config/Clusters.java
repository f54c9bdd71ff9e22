package io.jenkins.plugins.mldelivery.config;

import hudson.model.Item;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds the cluster that a step refers to by its parameters {@code cluster} (a name of the global configuration) or
 * {@code access}. An error lists the clusters that the job may use, and
 * is the same for another job's cluster as for one that there is not.
 */
public final class Clusters {
    private static final String PARAMETER = "cluster";
    private static final String WHERE = "under Manage Jenkins » System » ML Delivery";

    private Clusters() {}

    /**
     * The access to the cluster; with neither a name nor an access it is the only cluster that is configured for the
     * build's job.
     *
     * @param name the name, or null
     * @param access the access, or null
     * @throws DeliveryException when there is none, or the job may not use it
     */
    public static ClusterGrant resolve(String name, KubernetesAccess access, RunCredentials credentials)
            throws DeliveryException {
        if (name != null && access != null) {
            throw DeliveryException.invalid(PARAMETER, "both 'cluster' and 'access' are given", "Give one of them.");
        }
        MlDeliveryConfiguration configuration = MlDeliveryConfiguration.get();
        if (access != null) {
            if (!configuration.isInlineAccess()) {
                throw refused("access", "steps of this Jenkins may not give a cluster of their own",
                        "Give 'cluster', the name of a configured one.");
            }
            return new ClusterGrant(access.resolve("access", credentials), NamespaceRules.any());
        }
        ClusterConfiguration found = find(configuration.getClusters(), name, credentials.job());
        if (found.getAccess() == null) {
            throw DeliveryException.invalid(
                    PARAMETER, "the cluster" + (name == null ? "" : " '" + name + "'") + " is configured without an access",
                    "Complete it " + WHERE + ".");
        }
        // Whom the administrator has given the cluster to need not see its credentials.
        RunCredentials its = found.isLimited() ? credentials.ofController() : credentials;
        return new ClusterGrant(found.getAccess().resolve(PARAMETER, its), found.namespaceRules());
    }

    /**
     * Whether the cluster is reached with the identity of the agent around the step; false also when there is no such
     * cluster, or the job may not use it, which {@link #resolve} says.
     */
    public static boolean onAgent(String name, KubernetesAccess access, Item job) {
        if (access != null) {
            return access.isOnAgent();
        }
        try {
            KubernetesAccess configured = find(MlDeliveryConfiguration.get().getClusters(), name, job).getAccess();
            return configured != null && configured.isOnAgent();
        } catch (DeliveryException e) {
            return false;
        }
    }

    private static ClusterConfiguration find(List<ClusterConfiguration> clusters, String name, Item job)
            throws DeliveryException {
        List<ClusterConfiguration> usable = clusters.stream().filter(c -> c.isFor(job)).toList();
        String names = usable.stream().map(ClusterConfiguration::getName).collect(Collectors.joining(", "));
        if (name == null) {
            if (usable.size() == 1) {
                return usable.get(0);
            }
            if (!usable.isEmpty()) {
                throw DeliveryException.invalid(PARAMETER, "no cluster is given and Jenkins has several: " + names,
                        "Give one of these names.");
            }
            throw DeliveryException.invalid(
                    PARAMETER, "no cluster is given and none is configured in Jenkins"
                            + (clusters.isEmpty() ? "" : " for " + place(job)),
                    "Configure one " + WHERE + ", or give 'access', such as kubeconfig(credentialsId: '…').");
        }
        for (ClusterConfiguration cluster : usable) {
            if (name.equals(cluster.getName())) {
                return cluster;
            }
        }
        // The same for a name that there is and one that there is not: whoever may not use a cluster need not learn its name.
        throw DeliveryException.invalid(
                PARAMETER, "Jenkins has no cluster with the name '" + name + "' for " + place(job)
                        + (names.isEmpty() ? "" : ", but " + names),
                "Correct the name, or ask the administrator to configure it " + WHERE + ".");
    }

    private static String place(Item job) {
        String folder = job.getParent().getFullName();
        return folder.isEmpty() ? "the job '" + job.getFullName() + "'" : "jobs in '" + folder + "'";
    }

    private static DeliveryException refused(String parameter, String problem, String remedy) {
        return new DeliveryException(DeliveryException.Kind.REFUSED, parameter, problem, remedy, null);
    }

    /**
     * The names for a form, after the empty one that means the only cluster: those that the item may use; none for
     * whoever may not configure there.
     */
    public static ListBoxModel names(Item item) {
        ListBoxModel items = new ListBoxModel();
        items.add(Messages.Clusters_TheOnlyOne(), "");
        if (CredentialsChoices.mayConfigure(item)) {
            MlDeliveryConfiguration.get().getClusters().stream().filter(c -> item == null || c.isFor(item))
                    .forEach(c -> items.add(c.getName()));
        }
        return items;
    }
}
