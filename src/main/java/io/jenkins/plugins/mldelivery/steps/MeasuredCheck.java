package io.jenkins.plugins.mldelivery.steps;

import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.MeasurementRules;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A check by measurements: see {@link Check.Measured}. Names and defaults are those of {@link MeasurementRules}. */
public abstract class MeasuredCheck extends MetricCheck {
    private static final long serialVersionUID = 1L;

    private int count = MeasurementRules.DEFAULT_COUNT;
    private int failureLimit = MeasurementRules.DEFAULT_FAILURE_LIMIT;
    private int consecutiveFailureLimit = MeasurementRules.OFF;
    private int consecutiveSuccessLimit = MeasurementRules.OFF;
    private int inconclusiveLimit = MeasurementRules.DEFAULT_INCONCLUSIVE_LIMIT;
    private String onNoData = MeasurementRules.DEFAULT_POLICY;
    private String onNaN = MeasurementRules.DEFAULT_POLICY;
    private String onError = MeasurementRules.DEFAULT_POLICY;

    public int getCount() {
        return count;
    }

    @DataBoundSetter
    public void setCount(int count) {
        this.count = count;
    }

    public int getFailureLimit() {
        return failureLimit;
    }

    @DataBoundSetter
    public void setFailureLimit(int failureLimit) {
        this.failureLimit = failureLimit;
    }

    public int getConsecutiveFailureLimit() {
        return consecutiveFailureLimit;
    }

    @DataBoundSetter
    public void setConsecutiveFailureLimit(int consecutiveFailureLimit) {
        this.consecutiveFailureLimit = consecutiveFailureLimit;
    }

    public int getConsecutiveSuccessLimit() {
        return consecutiveSuccessLimit;
    }

    @DataBoundSetter
    public void setConsecutiveSuccessLimit(int consecutiveSuccessLimit) {
        this.consecutiveSuccessLimit = consecutiveSuccessLimit;
    }

    public int getInconclusiveLimit() {
        return inconclusiveLimit;
    }

    @DataBoundSetter
    public void setInconclusiveLimit(int inconclusiveLimit) {
        this.inconclusiveLimit = inconclusiveLimit;
    }

    public String getOnNoData() {
        return onNoData;
    }

    @DataBoundSetter
    public void setOnNoData(String onNoData) {
        this.onNoData = textOr(onNoData, MeasurementRules.DEFAULT_POLICY);
    }

    public String getOnNaN() {
        return onNaN;
    }

    @DataBoundSetter
    public void setOnNaN(String onNaN) {
        this.onNaN = textOr(onNaN, MeasurementRules.DEFAULT_POLICY);
    }

    public String getOnError() {
        return onError;
    }

    @DataBoundSetter
    public void setOnError(String onError) {
        this.onError = textOr(onError, MeasurementRules.DEFAULT_POLICY);
    }

    /** Descriptor of a kind of measured check. */
    public abstract static class MeasuredCheckDescriptor extends MetricCheckDescriptor {
        @Override
        abstract MeasuredCheck example();

        @RequirePOST
        public FormValidation doCheckCount(@AncestorInPath Item item, @QueryParameter String count) {
            return field(item, "count", count, example(), Integer::valueOf, MeasuredCheck::setCount);
        }

        @RequirePOST
        public FormValidation doCheckFailureLimit(@AncestorInPath Item item, @QueryParameter String failureLimit) {
            return field(item, "failureLimit", failureLimit, limited(), Integer::valueOf, MeasuredCheck::setFailureLimit);
        }

        @RequirePOST
        public FormValidation doCheckConsecutiveFailureLimit(@AncestorInPath Item item, @QueryParameter String consecutiveFailureLimit) {
            return field(item, "consecutiveFailureLimit", consecutiveFailureLimit, limited(), Integer::valueOf, MeasuredCheck::setConsecutiveFailureLimit);
        }

        @RequirePOST
        public FormValidation doCheckConsecutiveSuccessLimit(@AncestorInPath Item item, @QueryParameter String consecutiveSuccessLimit) {
            return field(item, "consecutiveSuccessLimit", consecutiveSuccessLimit, limited(), Integer::valueOf, MeasuredCheck::setConsecutiveSuccessLimit);
        }

        @RequirePOST
        public FormValidation doCheckInconclusiveLimit(@AncestorInPath Item item, @QueryParameter String inconclusiveLimit) {
            return field(item, "inconclusiveLimit", inconclusiveLimit, limited(), Integer::valueOf, MeasuredCheck::setInconclusiveLimit);
        }

        /** What a limit may be depends on the count and the other limits, which a field alone does not know. */
        private MeasuredCheck limited() {
            MeasuredCheck check = example();
            check.setCount(Integer.MAX_VALUE);
            check.setConsecutiveFailureLimit(0);
            return check;
        }

        @RequirePOST
        public ListBoxModel doFillOnNoDataItems() {
            return policies(true);
        }

        @RequirePOST
        public ListBoxModel doFillOnNaNItems() {
            return policies(true);
        }

        @RequirePOST
        public ListBoxModel doFillOnErrorItems() {
            return policies(false);
        }

        private static ListBoxModel policies(boolean mayPass) {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.MeasuredCheck_Wait(), MeasurementRules.WAIT);
            items.add(Messages.MeasuredCheck_Fail(), MeasurementRules.FAIL);
            items.add(Messages.MeasuredCheck_Inconclusive(), MeasurementRules.INCONCLUSIVE);
            if (mayPass) {
                items.add(Messages.MeasuredCheck_Pass(), MeasurementRules.PASS);
            }
            return items;
        }
    }
}
