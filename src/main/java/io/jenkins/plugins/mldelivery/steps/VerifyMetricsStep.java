package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>mlVerifyMetrics</code>: judges a canary by its metrics. Inside <code>mlDeployModel</code> it knows the canary and the stable version by itself. Parameters and defaults are those of {@link VerifyMetricsRequest}. */
public final class VerifyMetricsStep extends Step implements Serializable {
    private static final long serialVersionUID = 1L;

    private List<MetricCheck> checks = new ArrayList<>(List.of(new ErrorRateCheck()));
    private String prometheus;
    private String credentialsId;
    private final PrometheusParameters access = new PrometheusParameters();
    private String canary;
    private String stable;
    private List<String> scrapeCanary = new ArrayList<>();
    private List<String> scrapeStable = new ArrayList<>();
    private String interval = VerifyMetricsRequest.DEFAULT_INTERVAL;
    private String timeout = VerifyMetricsRequest.DEFAULT_TIMEOUT;
    private String onInconclusive = VerifyMetricsRequest.DEFAULT_ON_INCONCLUSIVE;
    private String onPartial = VerifyMetricsRequest.DEFAULT_ON_PARTIAL;
    private String podWarmUp = VerifyMetricsRequest.DEFAULT_POD_WARM_UP;
    private String requestsFrom = RequestsFrom.DEFAULT;
    private String reportJson;
    private String reportJunit;

    @DataBoundConstructor
    public VerifyMetricsStep() {
    }

    /** The engine's request. */
    VerifyMetricsRequest request() {
        return new VerifyMetricsRequest(
                checks.stream().map(MetricCheck::check).toList(), prometheus, credentialsId, access.options(), canary, stable, scrapeCanary, scrapeStable, interval, timeout,
                onInconclusive, onPartial, podWarmUp);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new VerifyMetricsExecution(context, this);
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

    public String getCanary() {
        return canary;
    }

    @DataBoundSetter
    public void setCanary(String canary) {
        this.canary = Util.fixEmptyAndTrim(canary);
    }

    public String getStable() {
        return stable;
    }

    @DataBoundSetter
    public void setStable(String stable) {
        this.stable = Util.fixEmptyAndTrim(stable);
    }

    public List<String> getScrapeCanary() {
        return scrapeCanary;
    }

    @DataBoundSetter
    public void setScrapeCanary(List<String> scrapeCanary) {
        this.scrapeCanary = scrapeCanary == null ? new ArrayList<>() : new ArrayList<>(scrapeCanary);
    }

    public List<String> getScrapeStable() {
        return scrapeStable;
    }

    @DataBoundSetter
    public void setScrapeStable(List<String> scrapeStable) {
        this.scrapeStable = scrapeStable == null ? new ArrayList<>() : new ArrayList<>(scrapeStable);
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

    public String getRequestsFrom() {
        // A step that was saved by an earlier version has none.
        return requestsFrom == null ? RequestsFrom.DEFAULT : requestsFrom;
    }

    @DataBoundSetter
    public void setRequestsFrom(String requestsFrom) {
        this.requestsFrom = Util.fixEmptyAndTrim(requestsFrom) == null ? RequestsFrom.DEFAULT : requestsFrom.trim();
    }

    public String getReportJson() {
        return reportJson;
    }

    @DataBoundSetter
    public void setReportJson(String reportJson) {
        this.reportJson = Util.fixEmptyAndTrim(reportJson);
    }

    public String getReportJunit() {
        return reportJunit;
    }

    @DataBoundSetter
    public void setReportJunit(String reportJunit) {
        this.reportJunit = Util.fixEmptyAndTrim(reportJunit);
    }

    /** The canary's pages as the form's text area shows them: a line a URL. */
    public String getScrapeCanaryText() {
        return String.join("\n", scrapeCanary);
    }

    /** The stable version's pages likewise. */
    public String getScrapeStableText() {
        return String.join("\n", scrapeStable);
    }

    /** Descriptor. */
    @Extension
    public static final class DescriptorImpl extends PrometheusStepDescriptor {
        @Override
        public String getFunctionName() {
            return "mlVerifyMetrics";
        }

        @Override
        public String getDisplayName() {
            return Messages.VerifyMetricsStep_DisplayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(FlowNode.class, Run.class, TaskListener.class);
        }

        @Override
        List<String> mapParameters() {
            return PrometheusParameters.MAPS;
        }

        @Override
        List<String> lineParameters() {
            return List.of("scrapeCanary", "scrapeStable", "noProxy");
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
        public ListBoxModel doFillRequestsFromItems() {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.VerifyMetricsStep_Controller(), RequestsFrom.CONTROLLER.word());
            items.add(Messages.VerifyMetricsStep_Agent(), RequestsFrom.AGENT.word());
            return items;
        }

        @RequirePOST
        public FormValidation doCheckInterval(@AncestorInPath Item item, @QueryParameter String interval) {
            return VerifyFields.check(item, "interval", interval, VerifyMetricsStep::setInterval);
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StandardUsernamePasswordCredentials.class, StringCredentials.class);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String timeout) {
            return VerifyFields.check(item, "timeout", timeout, VerifyMetricsStep::setTimeout);
        }

        @RequirePOST
        public FormValidation doCheckCanary(@AncestorInPath Item item, @QueryParameter String canary) {
            return VerifyFields.check(item, "canary", canary, VerifyMetricsStep::setCanary);
        }

        @RequirePOST
        public FormValidation doCheckStable(@AncestorInPath Item item, @QueryParameter String stable) {
            return VerifyFields.check(item, "stable", stable, VerifyMetricsStep::setStable);
        }

        @RequirePOST
        public FormValidation doCheckScrapeCanaryText(@AncestorInPath Item item, @QueryParameter String scrapeCanaryText) {
            return VerifyFields.checkPages(item, "scrapeCanary", scrapeCanaryText, VerifyMetricsStep::setScrapeCanary);
        }

        @RequirePOST
        public FormValidation doCheckScrapeStableText(@AncestorInPath Item item, @QueryParameter String scrapeStableText) {
            return VerifyFields.checkPages(item, "scrapeStable", scrapeStableText, VerifyMetricsStep::setScrapeStable);
        }
    }
}
