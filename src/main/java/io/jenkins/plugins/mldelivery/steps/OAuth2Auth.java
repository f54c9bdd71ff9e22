package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.util.ArrayList;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>oauth2(tokenUrl: 'https://login.example.org/token', credentialsId: 'prom')</code>: see {@link PrometheusAccess.OAuth2}. */
public final class OAuth2Auth extends PrometheusAuth {
    private static final long serialVersionUID = 1L;

    private final String tokenUrl;
    private final String credentialsId;
    private List<String> scopes = new ArrayList<>();
    private String audience;

    @DataBoundConstructor
    public OAuth2Auth(String tokenUrl, String credentialsId) {
        this.tokenUrl = Util.fixEmptyAndTrim(tokenUrl);
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    @Override
    PrometheusAccess.Authentication authentication() {
        return new PrometheusAccess.OAuth2(tokenUrl, credentialsId, scopes, audience);
    }

    public String getTokenUrl() {
        return tokenUrl;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public List<String> getScopes() {
        return scopes;
    }

    @DataBoundSetter
    public void setScopes(List<String> scopes) {
        this.scopes = scopes == null ? new ArrayList<>() : new ArrayList<>(scopes);
    }

    /** The scopes as the form's text area shows them: a line a scope. */
    public String getScopesText() {
        return String.join("\n", scopes);
    }

    public String getAudience() {
        return audience;
    }

    @DataBoundSetter
    public void setAudience(String audience) {
        this.audience = Util.fixEmptyAndTrim(audience);
    }

    /** Descriptor. */
    @Extension
    @Symbol("oauth2")
    public static final class DescriptorImpl extends PrometheusAuthDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.OAuth2Auth_DisplayName();
        }

        @Override
        public PrometheusAuth newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            MlStepDescriptor.linesToLists(form, List.of("scopes"));
            return super.newInstance(request, form);
        }

        @RequirePOST
        public FormValidation doCheckTokenUrl(@AncestorInPath Item item, @QueryParameter String tokenUrl) {
            return PrometheusParameters.check(item, "auth", p -> p.setAuth(new OAuth2Auth(tokenUrl, "any")));
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StandardUsernamePasswordCredentials.class);
        }
    }
}
