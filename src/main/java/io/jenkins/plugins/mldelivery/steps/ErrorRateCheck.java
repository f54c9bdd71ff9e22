package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.preset.Presets;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>errorRate()</code>: see {@link Check.ErrorRate}, whose component names and defaults these are. */
public final class ErrorRateCheck extends ComparisonCheck {
    private static final long serialVersionUID = 1L;

    private String name = Check.ErrorRate.DEFAULT_NAME;
    private String preset = Check.ErrorRate.DEFAULT_PRESET;
    private String metric;
    private String labels;
    private String errors;
    private double margin = Check.Comparison.DEFAULT_MARGIN;
    private double acceptable = Check.ErrorRate.DEFAULT_ACCEPTABLE;
    private long minRequests = Check.ErrorRate.DEFAULT_MIN_REQUESTS;

    @DataBoundConstructor
    public ErrorRateCheck() {
        // Everything has a default.
    }

    @Override
    Check check() {
        return new Check.ErrorRate(
                name, preset, metric, labels, errors, margin, getAlpha(), getBeta(), acceptable, minRequests, getWeight(), getImportance(), getWarmUp());
    }

    public String getName() {
        return name;
    }

    @DataBoundSetter
    public void setName(String name) {
        this.name = textOr(name, Check.ErrorRate.DEFAULT_NAME);
    }

    public String getPreset() {
        return preset;
    }

    @DataBoundSetter
    public void setPreset(String preset) {
        this.preset = textOr(preset, Check.ErrorRate.DEFAULT_PRESET);
    }

    public String getMetric() {
        return metric;
    }

    @DataBoundSetter
    public void setMetric(String metric) {
        this.metric = Util.fixEmptyAndTrim(metric);
    }

    public String getLabels() {
        return labels;
    }

    @DataBoundSetter
    public void setLabels(String labels) {
        this.labels = Util.fixEmptyAndTrim(labels);
    }

    public String getErrors() {
        return errors;
    }

    @DataBoundSetter
    public void setErrors(String errors) {
        this.errors = Util.fixEmptyAndTrim(errors);
    }

    public double getMargin() {
        return margin;
    }

    @DataBoundSetter
    public void setMargin(double margin) {
        this.margin = margin;
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
    @Extension(ordinal = 6)
    @Symbol("errorRate")
    public static final class DescriptorImpl extends ComparisonCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ErrorRateCheck_DisplayName();
        }

        @Override
        ErrorRateCheck example() {
            return new ErrorRateCheck();
        }

        /** Those whose metrics tell which requests failed. */
        @RequirePOST
        public ListBoxModel doFillPresetItems() {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.MetricCheck_AutoPreset(), Check.ErrorRate.DEFAULT_PRESET);
            Presets.all().stream().filter(preset -> preset.errors() != null).forEach(preset -> items.add(preset.name()));
            return items;
        }

        /** A preset and a metric of one's own exclude each other. */
        @RequirePOST
        public FormValidation doCheckPreset(@AncestorInPath Item item, @QueryParameter String preset, @QueryParameter String metric) {
            ErrorRateCheck check = example();
            check.setMetric(metric);
            check.setErrors("code=\"500\"");
            return field(item, "preset", preset, check, Function.identity(), ErrorRateCheck::setPreset);
        }

        @RequirePOST
        public FormValidation doCheckMetric(@AncestorInPath Item item, @QueryParameter String metric) {
            return field(item, "metric", metric, example(), Function.identity(), ErrorRateCheck::setMetric);
        }

        /** A counter of one's own has no errors that anybody could know. */
        @RequirePOST
        public FormValidation doCheckErrors(@AncestorInPath Item item, @QueryParameter String errors, @QueryParameter String metric) {
            ErrorRateCheck check = example();
            check.setMetric(metric);
            return field(item, "errors", errors, check, Function.identity(), ErrorRateCheck::setErrors);
        }

        @RequirePOST
        public FormValidation doCheckLabels(@AncestorInPath Item item, @QueryParameter String labels) {
            return field(item, "labels", labels, example(), Function.identity(), ErrorRateCheck::setLabels);
        }

        @RequirePOST
        public FormValidation doCheckMargin(@AncestorInPath Item item, @QueryParameter String margin) {
            return field(item, "margin", margin, example(), Double::valueOf, ErrorRateCheck::setMargin);
        }

        @RequirePOST
        public FormValidation doCheckAcceptable(@AncestorInPath Item item, @QueryParameter String acceptable) {
            return field(item, "acceptable", acceptable, example(), Double::valueOf, ErrorRateCheck::setAcceptable);
        }

        @RequirePOST
        public FormValidation doCheckMinRequests(@AncestorInPath Item item, @QueryParameter String minRequests) {
            return field(item, "minRequests", minRequests, example(), Long::valueOf, ErrorRateCheck::setMinRequests);
        }
    }
}
