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

/** <code>latency()</code>: see {@link Check.Latency}, whose component names and defaults these are. */
public final class LatencyCheck extends ComparisonCheck {
    private static final long serialVersionUID = 1L;

    private String name = Check.Latency.DEFAULT_NAME;
    private String preset = Check.Latency.DEFAULT_PRESET;
    private String metric;
    private String labels;
    private Double quantile;
    private Double bound;
    private double margin = Check.Comparison.DEFAULT_MARGIN;
    private double acceptable = Check.Latency.DEFAULT_ACCEPTABLE;
    private long minRequests = Check.Latency.DEFAULT_MIN_REQUESTS;

    @DataBoundConstructor
    public LatencyCheck() {
        // Everything has a default.
    }

    @Override
    Check check() {
        return new Check.Latency(
                name, preset, metric, labels, quantile, bound, margin, getAlpha(), getBeta(), acceptable, minRequests, getWeight(), getImportance(), getWarmUp());
    }

    public String getName() {
        return name;
    }

    @DataBoundSetter
    public void setName(String name) {
        this.name = textOr(name, Check.Latency.DEFAULT_NAME);
    }

    public String getPreset() {
        return preset;
    }

    @DataBoundSetter
    public void setPreset(String preset) {
        this.preset = textOr(preset, Check.Latency.DEFAULT_PRESET);
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

    public Double getQuantile() {
        return quantile;
    }

    @DataBoundSetter
    public void setQuantile(Double quantile) {
        this.quantile = quantile;
    }

    public Double getBound() {
        return bound;
    }

    @DataBoundSetter
    public void setBound(Double bound) {
        this.bound = bound;
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
    @Extension(ordinal = 5)
    @Symbol("latency")
    public static final class DescriptorImpl extends ComparisonCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.LatencyCheck_DisplayName();
        }

        @Override
        LatencyCheck example() {
            return new LatencyCheck();
        }

        /** Those that have a histogram of latencies. */
        @RequirePOST
        public ListBoxModel doFillPresetItems() {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.MetricCheck_AutoPreset(), Check.Latency.DEFAULT_PRESET);
            Presets.all().stream().filter(preset -> preset.latency() != null).forEach(preset -> items.add(preset.name()));
            return items;
        }

        /** A preset and a metric of one's own exclude each other. */
        @RequirePOST
        public FormValidation doCheckPreset(@AncestorInPath Item item, @QueryParameter String preset, @QueryParameter String metric) {
            LatencyCheck check = example();
            check.setMetric(metric);
            return field(item, "preset", preset, check, Function.identity(), LatencyCheck::setPreset);
        }

        @RequirePOST
        public FormValidation doCheckMetric(@AncestorInPath Item item, @QueryParameter String metric) {
            return field(item, "metric", metric, example(), Function.identity(), LatencyCheck::setMetric);
        }

        @RequirePOST
        public FormValidation doCheckLabels(@AncestorInPath Item item, @QueryParameter String labels) {
            return field(item, "labels", labels, example(), Function.identity(), LatencyCheck::setLabels);
        }

        @RequirePOST
        public FormValidation doCheckQuantile(@AncestorInPath Item item, @QueryParameter String quantile) {
            return field(item, "quantile", quantile, example(), Double::valueOf, LatencyCheck::setQuantile);
        }

        @RequirePOST
        public FormValidation doCheckBound(@AncestorInPath Item item, @QueryParameter String bound, @QueryParameter String quantile) {
            LatencyCheck check = example();
            check.setQuantile(other(quantile));
            return field(item, "bound", bound, check, Double::valueOf, LatencyCheck::setBound);
        }

        @RequirePOST
        public FormValidation doCheckMargin(@AncestorInPath Item item, @QueryParameter String margin) {
            return field(item, "margin", margin, example(), Double::valueOf, LatencyCheck::setMargin);
        }

        @RequirePOST
        public FormValidation doCheckAcceptable(@AncestorInPath Item item, @QueryParameter String acceptable) {
            return field(item, "acceptable", acceptable, example(), Double::valueOf, LatencyCheck::setAcceptable);
        }

        @RequirePOST
        public FormValidation doCheckMinRequests(@AncestorInPath Item item, @QueryParameter String minRequests) {
            return field(item, "minRequests", minRequests, example(), Long::valueOf, LatencyCheck::setMinRequests);
        }
    }
}
