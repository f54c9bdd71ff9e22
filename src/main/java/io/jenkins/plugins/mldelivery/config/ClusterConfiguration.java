package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A cluster of the global configuration: a name for use in steps, and how the cluster is reached. */
public final class ClusterConfiguration extends AbstractDescribableImpl<ClusterConfiguration> {
    private final String name;
    private final KubernetesAccess access;

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
    }
}
