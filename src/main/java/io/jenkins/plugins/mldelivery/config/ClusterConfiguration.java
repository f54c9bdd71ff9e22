package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.delivery.NamePatterns;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A cluster of the global configuration: a name for use in steps, how the cluster is reached, and whom it is for. */
public final class ClusterConfiguration extends AbstractDescribableImpl<ClusterConfiguration> {
    private final String name;
    private final KubernetesAccess access;
    private String folders;
    private String namespaces;

    /**
     * @param name as steps write it
     * @param access a kubeconfig or an API server
     */
    @DataBoundConstructor
    public ClusterConfiguration(String name, KubernetesAccess access) {
        this.name = Util.fixEmptyAndTrim(name);
        this.access = access;
    }

    public String getName() {
        return name;
    }

    public KubernetesAccess getAccess() {
        return access;
    }

    /** The folders and jobs that may use it, as {@link NamePatterns}; null for all. */
    public String getFolders() {
        return folders;
    }

    @DataBoundSetter
    public void setFolders(String folders) {
        this.folders = Lines.of(folders);
    }

    /** The namespaces that may be used, as {@link NamePatterns}; null for the whole cluster. */
    public String getNamespaces() {
        return namespaces;
    }

    @DataBoundSetter
    public void setNamespaces(String namespaces) {
        this.namespaces = Lines.of(namespaces);
    }

    /** Whether only some folders or jobs may use it. */
    boolean isLimited() {
        return !NamePatterns.of(folders).isEmpty();
    }

    /** Whether an item may use it, by the full name that the item has now. */
    boolean isFor(Item item) {
        return !isLimited() || NamePatterns.of(folders).cover(item.getFullName());
    }

    /** The namespaces that may be used. */
    NamespaceRules namespaceRules() {
        return NamespaceRules.of(name, NamePatterns.of(namespaces));
    }

    /** Descriptor. */
    @Extension
    @Symbol("cluster")
    public static final class DescriptorImpl extends Descriptor<ClusterConfiguration> {
        @Override
        public String getDisplayName() {
            return Messages.ClusterConfiguration_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckName(@QueryParameter String name) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return Util.fixEmptyAndTrim(name) == null ? FormValidation.error(Messages.ClusterConfiguration_NoName()) : FormValidation.ok();
        }

        @RequirePOST
        public FormValidation doCheckFolders(@QueryParameter String folders) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            List<String> missing = NamePatterns.of(folders).lines().stream()
                    .filter(line -> !line.contains("*"))
                    .filter(line -> Jenkins.get().getItemByFullName(line) == null)
                    .toList();
            return missing.isEmpty() ? FormValidation.ok() : FormValidation.warning(Messages.ClusterConfiguration_NoItem(String.join(", ", missing)));
        }

        @RequirePOST
        public FormValidation doCheckNamespaces(@QueryParameter String namespaces) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            List<String> wrong = NamePatterns.of(namespaces).lines().stream().filter(line -> !line.matches("[a-z0-9*-]{1,63}")).toList();
            return wrong.isEmpty() ? FormValidation.ok() : FormValidation.error(Messages.ClusterConfiguration_NoNamespace(String.join(", ", wrong)));
        }
    }
}
