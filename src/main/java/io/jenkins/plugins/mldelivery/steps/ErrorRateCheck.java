package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.mldelivery.verify.Check;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** <code>errorRate()</code>: see {@link Check.ErrorRate}, whose component names and defaults these are. */
public final class ErrorRateCheck extends MetricCheck {
    private static final long serialVersionUID = 1L;

    private String name = Check.ErrorRate.DEFAULT_NAME;
    private String metric = Check.ErrorRate.DEFAULT_METRIC;
    private String errors = Check.ErrorRate.DEFAULT_ERRORS;
    private double margin = Check.ErrorRate.DEFAULT_MARGIN;
    private double alpha = Check.ErrorRate.DEFAULT_ALPHA;
    private double beta = Check.ErrorRate.DEFAULT_BETA;
    private double acceptable = Check.ErrorRate.DEFAULT_ACCEPTABLE;
    private long minRequests = Check.ErrorRate.DEFAULT_MIN_REQUESTS;

    @DataBoundConstructor
    public ErrorRateCheck() {
        // Everything has a default.
    }

    @Override
    Check check() {
        return new Check.ErrorRate(name, metric, errors, margin, alpha, beta, acceptable, minRequests);
    }

    public String getName() {
        return name;
    }

    @DataBoundSetter
    public void setName(String name) {
        this.name = Util.fixNull(name, Check.ErrorRate.DEFAULT_NAME);
    }

    public String getMetric() {
        return metric;
    }

    @DataBoundSetter
    public void setMetric(String metric) {
        this.metric = metric;
    }

    public String getErrors() {
        return errors;
    }

    @DataBoundSetter
    public void setErrors(String errors) {
        this.errors = errors;
    }

    public double getMargin() {
        return margin;
    }

    @DataBoundSetter
    public void setMargin(double margin) {
        this.margin = margin;
    }

    public double getAlpha() {
        return alpha;
    }

    @DataBoundSetter
    public void setAlpha(double alpha) {
        this.alpha = alpha;
    }

    public double getBeta() {
        return beta;
    }

    @DataBoundSetter
    public void setBeta(double beta) {
        this.beta = beta;
    }

    public double getAcceptable() {
        return acceptable;
    }

    @DataBoundSetter
    public void setAcceptable(double acceptable) {
        this.acceptable = acceptable;
    }

    public long getMinRequests() {
        return minRequests;
    }

    @DataBoundSetter
    public void setMinRequests(long minRequests) {
        this.minRequests = minRequests;
    }

    /** Descriptor. */
    @Extension
    @Symbol("errorRate")
    public static final class DescriptorImpl extends MetricCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ErrorRateCheck_DisplayName();
        }
    }
}
