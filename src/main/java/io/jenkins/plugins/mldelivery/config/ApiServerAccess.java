package io.jenkins.plugins.mldelivery.config;

import com.cloudbees.plugins.credentials.common.CertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A cluster by its API server's URL and credentials: a bearer token that is kept as a secret text, a client certificate, or any kind that the plugin kubernetes-credentials understands. */
public final class ApiServerAccess extends KubernetesAccess {
    private static final long serialVersionUID = 1L;

    private final String url;
    private String credentialsId;
    private String caCertificate;

    @DataBoundConstructor
    public ApiServerAccess(String url) {
        this.url = Util.fixEmptyAndTrim(url);
    }

    public String getUrl() {
        return url;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getCaCertificate() {
        return caCertificate;
    }

    @DataBoundSetter
    public void setCaCertificate(String caCertificate) {
        this.caCertificate = Util.fixEmptyAndTrim(caCertificate);
    }

    @Override
    public ClusterAccess resolve(String parameter, RunCredentials credentials) throws DeliveryException {
        if (!isHttpUrl(url)) {
            throw DeliveryException.invalid(parameter, "'" + url + "' is no URL of an API server", "Write it like https://10.0.0.1:6443.");
        }
        if (credentialsId == null) {
            return ClusterAccess.server(url, caCertificate, null);
        }
        StandardCredentials found = credentials.any(credentialsId);
        if (found instanceof CertificateCredentials certificate) {
            return ClientCertificate.access(parameter, url, caCertificate, credentialsId, certificate);
        }
        boolean token = found == null || found instanceof StringCredentials || found instanceof StandardUsernamePasswordCredentials;
        if (!token && KubernetesCredentials.installed()) {
            Optional<ClusterAccess> access = KubernetesCredentials.access(parameter, url, caCertificate, found);
            if (access.isPresent()) {
                return access.get();
            }
        }
        return ClusterAccess.server(url, caCertificate, credentials.require(parameter, credentialsId).secret());
    }

    static boolean isHttpUrl(String text) {
        try {
            URI uri = new URI(text == null ? "" : text);
            return uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Descriptor. */
    @Extension
    @Symbol("apiServer")
    public static final class DescriptorImpl extends KubernetesAccessDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ApiServerAccess_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckUrl(@AncestorInPath Item item, @QueryParameter String url) {
            CredentialsChoices.checkMayConfigure(item);
            return isHttpUrl(Util.fixEmptyAndTrim(url)) ? FormValidation.ok() : FormValidation.error(Messages.ApiServerAccess_NoUrl());
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StringCredentials.class, StandardUsernamePasswordCredentials.class, StandardCertificateCredentials.class);
        }
    }
}
