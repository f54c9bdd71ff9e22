package io.jenkins.plugins.mldelivery.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import io.jenkins.plugins.mldelivery.verify.preset.Presets;
import java.util.function.Function;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A check that compares which share of the requests is bad: see {@link Check.ErrorRate} and {@link Check.Latency}, which know by themselves the metrics of many model servers. */
public abstract class RequestComparison extends ComparisonCheck {
    private static final long serialVersionUID = 1L;

    /** The default of both kinds. */
    private static final String AUTO = Check.ErrorRate.DEFAULT_PRESET;

    private final String defaultName;
    private String name;
    private String preset = AUTO;
    private String metric;
    private double margin = Check.Comparison.DEFAULT_MARGIN;
    private double acceptable;
    private long minRequests;

    /**
     * @param name when none is given
     * @param acceptable the share of bad requests below which a canary always passes, from 0 to 1, when none is given; 0 switches this off
     * @param minRequests of the canary before there is any verdict, at least 1, when none are given
     */
    RequestComparison(String name, double acceptable, long minRequests) {
        this.defaultName = name;
        this.name = name;
        this.acceptable = acceptable;
        this.minRequests = minRequests;
    }

    public String getName() {
        return name;
    }

    @DataBoundSetter
    public void setName(String name) {
        this.name = textOr(name, defaultName);
    }

    public String getPreset() {
        return preset;
    }

    @DataBoundSetter
    public void setPreset(String preset) {
        this.preset = textOr(preset, AUTO);
    }

    public String getMetric() {
        return metric;
    }

    @DataBoundSetter
    public void setMetric(String metric) {
        this.metric = Util.fixEmptyAndTrim(metric);
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

    /** Descriptor of a kind of comparison of requests. */
    public abstract static class RequestComparisonDescriptor extends ComparisonCheckDescriptor {
        @Override
        abstract RequestComparison example();

        /** Whether a preset has the metrics that this kind needs. */
        abstract boolean fits(Preset preset);

        /** A check in which nothing but this metric can be wrong. */
        RequestComparison exampleOf(String metric) {
            RequestComparison check = example();
            check.setMetric(metric);
            return check;
        }

        /** Those whose metrics this kind can judge. */
        @RequirePOST
        public ListBoxModel doFillPresetItems() {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.MetricCheck_AutoPreset(), AUTO);
            Presets.all().stream().filter(this::fits).forEach(preset -> items.add(preset.name()));
            return items;
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            return VerifyFields.checkName(item, name);
        }

        /** A preset and a metric of one's own exclude each other. */
        @RequirePOST
        public FormValidation doCheckPreset(@AncestorInPath Item item, @QueryParameter String preset, @QueryParameter String metric) {
            return field(item, "preset", preset, exampleOf(metric), Function.identity(), RequestComparison::setPreset);
        }

        @RequirePOST
        public FormValidation doCheckMetric(@AncestorInPath Item item, @QueryParameter String metric) {
            return field(item, "metric", metric, example(), Function.identity(), RequestComparison::setMetric);
        }

        @RequirePOST
        public FormValidation doCheckMargin(@AncestorInPath Item item, @QueryParameter String margin) {
            return field(item, "margin", margin, example(), Double::valueOf, RequestComparison::setMargin);
        }

        @RequirePOST
        public FormValidation doCheckAcceptable(@AncestorInPath Item item, @QueryParameter String acceptable) {
            return field(item, "acceptable", acceptable, example(), Double::valueOf, RequestComparison::setAcceptable);
        }

        @RequirePOST
        public FormValidation doCheckMinRequests(@AncestorInPath Item item, @QueryParameter String minRequests) {
            return field(item, "minRequests", minRequests, example(), Long::valueOf, RequestComparison::setMinRequests);
        }
    }
}
