package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>verify: metrics(checks: [errorRate()], prometheus: '…')</code> of <code>mlDeployModel</code>, for which a script may write the list of checks alone. Names and defaults are those of {@link VerifyMetricsRequest}. */
public final class VerifySettings extends AbstractDescribableImpl<VerifySettings> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String PARAMETER = "verify";

    private List<MetricCheck> checks = new ArrayList<>(List.of(new ErrorRateCheck()));
    private String prometheus;
    private String credentialsId;
    private final PrometheusParameters access = new PrometheusParameters();
    private String interval = VerifyMetricsRequest.DEFAULT_INTERVAL;
    private String timeout = VerifyMetricsRequest.DEFAULT_TIMEOUT;
    private String onInconclusive = VerifyMetricsRequest.DEFAULT_ON_INCONCLUSIVE;
    private String onPartial = VerifyMetricsRequest.DEFAULT_ON_PARTIAL;
    private String podWarmUp = VerifyMetricsRequest.DEFAULT_POD_WARM_UP;

    @DataBoundConstructor
    public VerifySettings() {
        // Everything has a default.
    }

    /** The engine's request, without the selectors that the rollout knows. */
    VerifyMetricsRequest request() {
        return new VerifyMetricsRequest(
                checks.stream().map(MetricCheck::check).toList(), prometheus, credentialsId, access.options(), null, null, List.of(), List.of(), interval, timeout, onInconclusive, onPartial, podWarmUp);
    }

    /** Arguments of a step in which <code>verify</code>, where a script gave a list of checks, is what has this list. */
    static Map<String, Object> listToSettings(Map<String, Object> arguments) {
        if (!(arguments.get(PARAMETER) instanceof List<?> list)) {
            return arguments;
        }
        Map<String, Object> result = new LinkedHashMap<>(arguments);
        result.put(PARAMETER, new UninstantiatedDescribable("metrics", null, Map.of("checks", list)));
        return result;
    }

    public List<MetricCheck> getChecks() {
        return checks;
    }

    @DataBoundSetter
    public void setChecks(List<MetricCheck> checks) {
        this.checks = checks == null ? new ArrayList<>() : new ArrayList<>(checks);
    }

    public String getPrometheus() {
        return prometheus;
    }

    @DataBoundSetter
    public void setPrometheus(String prometheus) {
        this.prometheus = Util.fixEmptyAndTrim(prometheus);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public PrometheusAuth getAuth() {
        return access.getAuth();
    }

    @DataBoundSetter
    public void setAuth(PrometheusAuth auth) {
        access.setAuth(auth);
    }

    public List<Setting> getHeaders() {
        return access.getHeaders();
    }

    @DataBoundSetter
    public void setHeaders(List<Setting> headers) {
        access.setHeaders(headers);
    }

    public List<Setting> getSecretHeaders() {
        return access.getSecretHeaders();
    }

    @DataBoundSetter
    public void setSecretHeaders(List<Setting> secretHeaders) {
        access.setSecretHeaders(secretHeaders);
    }

    public String getCaCertificate() {
        return access.getCaCertificate();
    }

    @DataBoundSetter
    public void setCaCertificate(String caCertificate) {
        access.setCaCertificate(caCertificate);
    }

    public String getClientCertificateId() {
        return access.getClientCertificateId();
    }

    @DataBoundSetter
    public void setClientCertificateId(String clientCertificateId) {
        access.setClientCertificateId(clientCertificateId);
    }

    public boolean isInsecure() {
        return access.isInsecure();
    }

    @DataBoundSetter
    public void setInsecure(boolean insecure) {
        access.setInsecure(insecure);
    }

    public boolean isAllowPlainHttp() {
        return access.isAllowPlainHttp();
    }

    @DataBoundSetter
    public void setAllowPlainHttp(boolean allowPlainHttp) {
        access.setAllowPlainHttp(allowPlainHttp);
    }

    public String getProxy() {
        return access.getProxy();
    }

    @DataBoundSetter
    public void setProxy(String proxy) {
        access.setProxy(proxy);
    }

    public List<String> getNoProxy() {
        return access.getNoProxy();
    }

    @DataBoundSetter
    public void setNoProxy(List<String> noProxy) {
        access.setNoProxy(noProxy);
    }

    /** The hosts that are reached without the proxy as the form's text area shows them: a line a host. */
    public String getNoProxyText() {
        return String.join("\n", access.getNoProxy());
    }

    public String getQueryTimeout() {
        return access.getQueryTimeout();
    }

    @DataBoundSetter
    public void setQueryTimeout(String queryTimeout) {
        access.setQueryTimeout(queryTimeout);
    }

    public String getInterval() {
        return interval;
    }

    @DataBoundSetter
    public void setInterval(String interval) {
        this.interval = Util.fixEmptyAndTrim(interval) == null ? VerifyMetricsRequest.DEFAULT_INTERVAL : interval.trim();
    }

    public String getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout) == null ? VerifyMetricsRequest.DEFAULT_TIMEOUT : timeout.trim();
    }

    public String getOnInconclusive() {
        return onInconclusive;
    }

    @DataBoundSetter
    public void setOnInconclusive(String onInconclusive) {
        this.onInconclusive = Util.fixEmptyAndTrim(onInconclusive) == null ? VerifyMetricsRequest.DEFAULT_ON_INCONCLUSIVE : onInconclusive.trim();
    }

    public String getOnPartial() {
        return onPartial;
    }

    @DataBoundSetter
    public void setOnPartial(String onPartial) {
        this.onPartial = Util.fixEmptyAndTrim(onPartial) == null ? VerifyMetricsRequest.DEFAULT_ON_PARTIAL : onPartial.trim();
    }

    public String getPodWarmUp() {
        return podWarmUp;
    }

    @DataBoundSetter
    public void setPodWarmUp(String podWarmUp) {
        this.podWarmUp = Util.fixEmptyAndTrim(podWarmUp) == null ? VerifyMetricsRequest.DEFAULT_POD_WARM_UP : podWarmUp.trim();
    }

    /** Descriptor. */
    @Extension
    @Symbol("metrics")
    public static final class DescriptorImpl extends Descriptor<VerifySettings> implements KnownParameters {
        @Override
        public String getDisplayName() {
            return Messages.VerifySettings_DisplayName();
        }

        @Override
        public VerifySettings newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            MlStepDescriptor.linesToLists(form, PrometheusParameters.LINES);
            return super.newInstance(request, form);
        }

        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return Setting.mapsToSettings(check(arguments), PrometheusParameters.MAPS);
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable described) {
            return described.withArguments(Setting.settingsToMaps(described.getArguments(), PrometheusParameters.MAPS));
        }

        @RequirePOST
        public FormValidation doCheckPodWarmUp(@AncestorInPath Item item, @QueryParameter String podWarmUp, @QueryParameter String timeout) {
            return VerifyFields.checkWithin(item, "podWarmUp", podWarmUp, timeout, VerifyMetricsStep::setPodWarmUp);
        }

        @RequirePOST
        public ListBoxModel doFillOnPartialItems() {
            return new ListBoxModel().add(VerifyMetricsRequest.ON_PARTIAL_INCONCLUSIVE).add(VerifyMetricsRequest.ON_PARTIAL_ACCEPT);
        }

        @RequirePOST
        public ListBoxModel doFillOnInconclusiveItems() {
            return new ListBoxModel().add("fail").add("pass").add("unstable");
        }

        @RequirePOST
        public FormValidation doCheckInterval(@AncestorInPath Item item, @QueryParameter String interval) {
            return VerifyFields.check(item, "interval", interval, VerifyMetricsStep::setInterval);
        }

        @RequirePOST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String timeout) {
            return VerifyFields.check(item, "timeout", timeout, VerifyMetricsStep::setTimeout);
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StandardUsernamePasswordCredentials.class, StringCredentials.class);
        }

        /** The kinds of login, for the form. */
        public List<PrometheusAuth.PrometheusAuthDescriptor> getAuthDescriptors() {
            return Jenkins.get().getDescriptorList(PrometheusAuth.class);
        }

        @RequirePOST
        public FormValidation doCheckPrometheus(@AncestorInPath Item item, @QueryParameter String prometheus) {
            return PrometheusParameters.checkUrl(item, prometheus);
        }

        @RequirePOST
        public FormValidation doCheckCaCertificate(@AncestorInPath Item item, @QueryParameter String caCertificate) {
            return PrometheusParameters.check(item, "caCertificate", p -> p.setCaCertificate(caCertificate));
        }

        @RequirePOST
        public FormValidation doCheckProxy(@AncestorInPath Item item, @QueryParameter String proxy) {
            return PrometheusParameters.check(item, "proxy", p -> p.setProxy(proxy));
        }

        @RequirePOST
        public FormValidation doCheckNoProxyText(@AncestorInPath Item item, @QueryParameter String noProxyText) {
            return PrometheusParameters.checkNoProxy(item, noProxyText);
        }

        @RequirePOST
        public FormValidation doCheckQueryTimeout(@AncestorInPath Item item, @QueryParameter String queryTimeout) {
            return PrometheusParameters.check(item, "queryTimeout", p -> p.setQueryTimeout(queryTimeout));
        }

        @RequirePOST
        public ListBoxModel doFillClientCertificateIdItems(@AncestorInPath Item item, @QueryParameter String clientCertificateId) {
            return PrometheusParameters.clientCertificates(item, clientCertificateId);
        }
    }
}
