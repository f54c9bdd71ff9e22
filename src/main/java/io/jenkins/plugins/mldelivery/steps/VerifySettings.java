package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>verify: metrics(checks: [errorRate()], prometheus: '…')</code> of <code>mlDeployModel</code>, for which a script may write the list of checks alone. Names and defaults are those of {@link VerifyMetricsRequest}. */
public final class VerifySettings extends AbstractDescribableImpl<VerifySettings> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String PARAMETER = "verify";

    private List<MetricCheck> checks = new ArrayList<>(List.of(new ErrorRateCheck()));
    private String prometheus;
    private String credentialsId;
    private String interval = VerifyMetricsRequest.DEFAULT_INTERVAL;
    private String timeout = VerifyMetricsRequest.DEFAULT_TIMEOUT;
    private String onInconclusive = VerifyMetricsRequest.DEFAULT_ON_INCONCLUSIVE;

    @DataBoundConstructor
    public VerifySettings() {
        // Everything has a default.
    }

    /** The engine's request, without the selectors that the rollout knows. */
    VerifyMetricsRequest request() {
        return new VerifyMetricsRequest(
                checks.stream().map(MetricCheck::check).toList(), prometheus, credentialsId, null, null, List.of(), List.of(), interval, timeout, onInconclusive);
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

    /** Descriptor. */
    @Extension
    @Symbol("metrics")
    public static final class DescriptorImpl extends Descriptor<VerifySettings> {
        @Override
        public String getDisplayName() {
            return Messages.VerifySettings_DisplayName();
        }

        @RequirePOST
        public ListBoxModel doFillOnInconclusiveItems() {
            return new ListBoxModel().add("fail").add("pass");
        }

        @RequirePOST
        public FormValidation doCheckInterval(@AncestorInPath Item item, @QueryParameter String interval) {
            CredentialsChoices.checkMayConfigure(item);
            return MlStepDescriptor.validate("interval", () -> Durations.parse("interval", interval));
        }

        @RequirePOST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String timeout) {
            CredentialsChoices.checkMayConfigure(item);
            return MlStepDescriptor.validate("timeout", () -> Durations.parse("timeout", timeout));
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StandardUsernamePasswordCredentials.class, StringCredentials.class);
        }
    }
}
