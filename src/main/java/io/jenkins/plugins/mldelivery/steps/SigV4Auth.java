package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>sigV4(region: 'eu-central-1', credentialsId: 'aws')</code>: see {@link PrometheusAccess.SigV4}. */
public final class SigV4Auth extends PrometheusAuth {
    private static final long serialVersionUID = 1L;

    private final String region;
    private final String credentialsId;
    private String sessionTokenId;
    private String service = PrometheusAccess.SigV4.SERVICE;

    @DataBoundConstructor
    public SigV4Auth(String region, String credentialsId) {
        this.region = Util.fixEmptyAndTrim(region);
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    @Override
    PrometheusAccess.Authentication authentication() {
        return new PrometheusAccess.SigV4(region, credentialsId, sessionTokenId, service);
    }

    public String getRegion() {
        return region;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public String getSessionTokenId() {
        return sessionTokenId;
    }

    @DataBoundSetter
    public void setSessionTokenId(String sessionTokenId) {
        this.sessionTokenId = Util.fixEmptyAndTrim(sessionTokenId);
    }

    public String getService() {
        return service;
    }

    @DataBoundSetter
    public void setService(String service) {
        this.service = Util.fixEmptyAndTrim(service) == null ? PrometheusAccess.SigV4.SERVICE : service.trim();
    }

    /** Descriptor. */
    @Extension
    @Symbol("sigV4")
    public static final class DescriptorImpl extends PrometheusAuthDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.SigV4Auth_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckRegion(@AncestorInPath Item item, @QueryParameter String region) {
            return PrometheusParameters.check(item, "auth", p -> p.setAuth(new SigV4Auth(region, "any")));
        }

        @RequirePOST
        public FormValidation doCheckService(@AncestorInPath Item item, @QueryParameter String service) {
            return PrometheusParameters.check(item, "auth", p -> {
                SigV4Auth auth = new SigV4Auth("eu-central-1", "any");
                auth.setService(service);
                p.setAuth(auth);
            });
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StandardUsernamePasswordCredentials.class);
        }

        @RequirePOST
        public ListBoxModel doFillSessionTokenIdItems(@AncestorInPath Item item, @QueryParameter String sessionTokenId) {
            return CredentialsChoices.of(item, sessionTokenId, StringCredentials.class);
        }
    }
}
