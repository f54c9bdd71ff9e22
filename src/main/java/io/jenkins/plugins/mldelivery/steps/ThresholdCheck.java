package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.verify.Check;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>threshold(name: …, query: …, max: …)</code>: see {@link Check.Threshold}, whose component names and defaults these are. */
public final class ThresholdCheck extends MetricCheck {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String query;
    private Double min;
    private Double max;
    private int count = Check.Threshold.DEFAULT_COUNT;
    private int failureLimit = Check.Threshold.DEFAULT_FAILURE_LIMIT;
    private String onNoData = Check.Threshold.DEFAULT_ON_NO_DATA;

    @DataBoundConstructor
    public ThresholdCheck(String name, String query) {
        this.name = Util.fixEmptyAndTrim(name);
        this.query = Util.fixEmptyAndTrim(query);
    }

    @Override
    Check check() {
        return new Check.Threshold(name, query, min, max, count, failureLimit, onNoData);
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

    public String getOnNoData() {
        return onNoData;
    }

    @DataBoundSetter
    public void setOnNoData(String onNoData) {
        this.onNoData = Util.fixEmpty(onNoData) == null ? Check.Threshold.DEFAULT_ON_NO_DATA : onNoData;
    }

    /** Descriptor. */
    @Extension
    @Symbol("threshold")
    public static final class DescriptorImpl extends MetricCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ThresholdCheck_DisplayName();
        }

        @RequirePOST
        public ListBoxModel doFillOnNoDataItems() {
            return new ListBoxModel().add("inconclusive").add("fail");
        }
    }
}
