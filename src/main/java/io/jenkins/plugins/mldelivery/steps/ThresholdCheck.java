package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.verify.Check;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>threshold(name: …, query: …, max: …)</code>: see {@link Check.Threshold}, whose component names and defaults these are. */
public final class ThresholdCheck extends MeasuredCheck {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String query;
    private Double min;
    private Double max;

    @DataBoundConstructor
    public ThresholdCheck(String name, String query) {
        this.name = Util.fixEmptyAndTrim(name);
        this.query = Util.fixEmptyAndTrim(query);
    }

    @Override
    Check check() {
        return new Check.Threshold(
                name, query, min, max, getCount(), getFailureLimit(), getConsecutiveFailureLimit(), getConsecutiveSuccessLimit(), getInconclusiveLimit(), getOnNoData(), getOnNaN(), getOnError(),
                getImportance(), getWarmUp());
    }

    public String getName() {
        return name;
    }

    public String getQuery() {
        return query;
    }

    public Double getMin() {
        return min;
    }

    @DataBoundSetter
    public void setMin(Double min) {
        this.min = min;
    }

    public Double getMax() {
        return max;
    }

    @DataBoundSetter
    public void setMax(Double max) {
        this.max = max;
    }

    /** Descriptor. */
    @Extension(ordinal = 2)
    @Symbol("threshold")
    public static final class DescriptorImpl extends MeasuredCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ThresholdCheck_DisplayName();
        }

        @Override
        ThresholdCheck example() {
            ThresholdCheck check = new ThresholdCheck("threshold", "up");
            check.setMax(1d);
            return check;
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            return required(item, name);
        }

        @RequirePOST
        public FormValidation doCheckQuery(@AncestorInPath Item item, @QueryParameter String query) {
            return field(item, "query", new ThresholdCheck("threshold", query));
        }

        @RequirePOST
        public FormValidation doCheckMin(@AncestorInPath Item item, @QueryParameter String min, @QueryParameter String max) {
            ThresholdCheck check = new ThresholdCheck("threshold", "up");
            check.setMax(other(max));
            return field(item, "min", min, check, Double::valueOf, ThresholdCheck::setMin);
        }

        @RequirePOST
        public FormValidation doCheckMax(@AncestorInPath Item item, @QueryParameter String max, @QueryParameter String min) {
            ThresholdCheck check = new ThresholdCheck("threshold", "up");
            check.setMin(other(min));
            return field(item, "max", max, check, Double::valueOf, ThresholdCheck::setMax);
        }
    }
}
