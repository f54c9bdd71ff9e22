package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.verify.Check;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>gauge(name: …, metric: …, tolerance: …)</code>: see {@link Check.Gauge}, whose component names and defaults these are. */
public final class GaugeCheck extends ComparisonCheck {
    private static final long serialVersionUID = 1L;

    private final String name;
    private String metric;
    private String query;
    private String worse = Check.Gauge.DEFAULT_WORSE;
    private Double tolerance;
    private Double low;
    private Double high;
    private long minSamples = Check.Gauge.DEFAULT_MIN_SAMPLES;

    @DataBoundConstructor
    public GaugeCheck(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    @Override
    Check check() {
        return new Check.Gauge(
                name, metric, getLabels(), query, worse, tolerance, low, high, getAlpha(), getBeta(), minSamples, getWeight(), getImportance(), getWarmUp());
    }

    public String getName() {
        return name;
    }

    public String getMetric() {
        return metric;
    }

    @DataBoundSetter
    public void setMetric(String metric) {
        this.metric = Util.fixEmptyAndTrim(metric);
    }

    public String getQuery() {
        return query;
    }

    @DataBoundSetter
    public void setQuery(String query) {
        this.query = Util.fixEmptyAndTrim(query);
    }

    public String getWorse() {
        return worse;
    }

    @DataBoundSetter
    public void setWorse(String worse) {
        this.worse = textOr(worse, Check.Gauge.DEFAULT_WORSE);
    }

    public Double getTolerance() {
        return tolerance;
    }

    @DataBoundSetter
    public void setTolerance(Double tolerance) {
        this.tolerance = tolerance;
    }

    public Double getLow() {
        return low;
    }

    @DataBoundSetter
    public void setLow(Double low) {
        this.low = low;
    }

    public Double getHigh() {
        return high;
    }

    @DataBoundSetter
    public void setHigh(Double high) {
        this.high = high;
    }

    public long getMinSamples() {
        return minSamples;
    }

    @DataBoundSetter
    public void setMinSamples(long minSamples) {
        this.minSamples = minSamples;
    }

    /** Descriptor. */
    @Extension(ordinal = 3)
    @Symbol("gauge")
    public static final class DescriptorImpl extends ComparisonCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.GaugeCheck_DisplayName();
        }

        @Override
        GaugeCheck example() {
            GaugeCheck check = new GaugeCheck("gauge");
            check.setMetric("gauge");
            check.setTolerance(1d);
            return check;
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            return required(item, name);
        }

        @RequirePOST
        public ListBoxModel doFillWorseItems() {
            return new ListBoxModel(new ListBoxModel.Option(Messages.GaugeCheck_Higher(), "higher"), new ListBoxModel.Option(Messages.GaugeCheck_Lower(), "lower"));
        }

        @RequirePOST
        public FormValidation doCheckMetric(@AncestorInPath Item item, @QueryParameter String metric, @QueryParameter String query) {
            return field(item, "metric", source(metric, query));
        }

        @RequirePOST
        public FormValidation doCheckQuery(@AncestorInPath Item item, @QueryParameter String query, @QueryParameter String metric) {
            return field(item, "query", source(metric, query));
        }

        private static GaugeCheck source(String metric, String query) {
            GaugeCheck check = new GaugeCheck("gauge");
            check.setMetric(metric);
            check.setQuery(query);
            return check;
        }

        @RequirePOST
        public FormValidation doCheckTolerance(@AncestorInPath Item item, @QueryParameter String tolerance) {
            GaugeCheck check = example();
            check.setTolerance(null);
            return field(item, "tolerance", tolerance, check, Double::valueOf, GaugeCheck::setTolerance);
        }

        @RequirePOST
        public FormValidation doCheckLow(@AncestorInPath Item item, @QueryParameter String low, @QueryParameter String high) {
            GaugeCheck check = example();
            check.setHigh(other(high));
            return field(item, "low", low, check, Double::valueOf, GaugeCheck::setLow);
        }

        @RequirePOST
        public FormValidation doCheckHigh(@AncestorInPath Item item, @QueryParameter String high, @QueryParameter String low) {
            GaugeCheck check = example();
            check.setLow(other(low));
            return field(item, "high", high, check, Double::valueOf, GaugeCheck::setHigh);
        }

        @RequirePOST
        public FormValidation doCheckMinSamples(@AncestorInPath Item item, @QueryParameter String minSamples) {
            return field(item, "minSamples", minSamples, example(), Long::valueOf, GaugeCheck::setMinSamples);
        }
    }
}
