package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>errorRate()</code>: see {@link Check.ErrorRate}, whose component names and defaults these are. */
public final class ErrorRateCheck extends RequestComparison {
    private static final long serialVersionUID = 1L;

    private String errors;

    @DataBoundConstructor
    public ErrorRateCheck() {
        super(Check.ErrorRate.DEFAULT_NAME, Check.ErrorRate.DEFAULT_ACCEPTABLE, Check.ErrorRate.DEFAULT_MIN_REQUESTS);
    }

    @Override
    Check check() {
        return new Check.ErrorRate(
                getName(), getPreset(), getMetric(), getLabels(), errors, getMargin(), getAlpha(), getBeta(), getAcceptable(), getMinRequests(), getWeight(), getImportance(), getWarmUp());
    }

    public String getErrors() {
        return errors;
    }

    @DataBoundSetter
    public void setErrors(String errors) {
        this.errors = Util.fixEmptyAndTrim(errors);
    }

    /** Descriptor. */
    @Extension(ordinal = 6)
    @Symbol("errorRate")
    public static final class DescriptorImpl extends RequestComparisonDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ErrorRateCheck_DisplayName();
        }

        @Override
        ErrorRateCheck example() {
            return new ErrorRateCheck();
        }

        @Override
        ErrorRateCheck exampleOf(String metric) {
            ErrorRateCheck check = example();
            check.setMetric(metric);
            check.setErrors("code=\"500\"");
            return check;
        }

        /** Those whose metrics tell which requests failed. */
        @Override
        boolean fits(Preset preset) {
            return preset.errors() != null;
        }

        /** A counter of one's own has no errors that anybody could know. */
        @RequirePOST
        public FormValidation doCheckErrors(@AncestorInPath Item item, @QueryParameter String errors, @QueryParameter String metric) {
            ErrorRateCheck check = example();
            check.setMetric(metric);
            return field(item, "errors", errors, check, Function.identity(), ErrorRateCheck::setErrors);
        }
    }
}
