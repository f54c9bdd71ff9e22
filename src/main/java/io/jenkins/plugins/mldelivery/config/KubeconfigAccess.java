package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * A cluster by a kubeconfig that is kept as a secret file. Whoever may store a secret file has written it, so nothing
 * in it starts a program on the controller or reads a file there, see {@link ClusterAccess.Kubeconfig}.
 */
public final class KubeconfigAccess extends KubernetesAccess {
    private static final long serialVersionUID = 1L;

    private final String credentialsId;
    private String context;
    private boolean insecure;

    @DataBoundConstructor
    public KubeconfigAccess(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public String getContext() {
        return context;
    }

    @DataBoundSetter
    public void setContext(String context) {
        this.context = Util.fixEmptyAndTrim(context);
    }

    public boolean isInsecure() {
        return insecure;
    }

    /** Whether the kubeconfig may switch the verification of the server's certificate off. */
    @DataBoundSetter
    public void setInsecure(boolean insecure) {
        this.insecure = insecure;
    }

    @Override
    public ClusterAccess resolve(String parameter, RunCredentials credentials) throws DeliveryException {
        return new ClusterAccess.Kubeconfig(credentials.file(parameter, credentialsId), context, insecure);
    }

    /** Descriptor. */
    @Extension
    @Symbol("kubeconfig")
    public static final class DescriptorImpl extends KubernetesAccessDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.KubeconfigAccess_DisplayName();
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, FileCredentials.class);
        }
    }
}
