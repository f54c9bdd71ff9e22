package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A cluster of the global configuration, by its name. A step may write the name alone: <code>cluster: 'production'</code>. */
public final class NamedCluster extends ClusterSelector {
    private static final long serialVersionUID = 1L;

    private final String name;

    @DataBoundConstructor
    public NamedCluster(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getName() {
        return name;
    }

    @Override
    public ClusterAccess access(RunCredentials credentials) throws DeliveryException {
        return find(MlDeliveryConfiguration.get().getClusters(), name).getAccess().access(credentials);
    }

    /** The configured cluster of this name; without a name, the only one that is configured. */
    static ClusterConfiguration find(List<ClusterConfiguration> clusters, String name) throws DeliveryException {
        List<String> names = clusters.stream().map(ClusterConfiguration::getName).toList();
        if (name == null && clusters.size() == 1) {
            return clusters.get(0);
        }
        if (name == null) {
            throw DeliveryException.invalid(
                    "cluster", clusters.isEmpty() ? "no cluster is given and none is configured in Jenkins" : "no cluster is given and Jenkins has several: " + String.join(", ", names),
                    clusters.isEmpty()
                            ? "Configure one under Manage Jenkins » System » ML Delivery, or give kubeconfig(credentialsId: …)."
                            : "Give one of these names.");
        }
        return clusters.stream()
                .filter(c -> name.equals(c.getName()))
                .findFirst()
                .orElseThrow(() -> DeliveryException.invalid(
                        "cluster", "Jenkins has no cluster with the name '" + name + "'" + (names.isEmpty() ? "" : ", but " + String.join(", ", names)),
                        "Correct the name, or configure it under Manage Jenkins » System » ML Delivery."));
    }

    /** Descriptor. */
    @Extension
    @Symbol("namedCluster")
    public static final class DescriptorImpl extends ClusterSelectorDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.NamedCluster_DisplayName();
        }

        @RequirePOST
        public ListBoxModel doFillNameItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.NamedCluster_TheOnlyOne(), "");
            if (CredentialsChoices.mayConfigure(item)) {
                MlDeliveryConfiguration.get().getClusters().forEach(c -> items.add(c.getName()));
            }
            return items;
        }
    }
}
