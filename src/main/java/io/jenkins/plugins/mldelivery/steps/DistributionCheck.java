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

/** <code>distribution(name: …, metric: …)</code>: see {@link Check.Distribution}, whose component names and defaults these are. */
public final class DistributionCheck extends ComparisonCheck {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String metric;
    private double floor = Check.Distribution.DEFAULT_FLOOR;
    private long minSamples = Check.Distribution.DEFAULT_MIN_SAMPLES;

    @DataBoundConstructor
    public DistributionCheck(String name, String metric) {
        this.name = Util.fixEmptyAndTrim(name);
        this.metric = Util.fixEmptyAndTrim(metric);
    }

    @Override
    Check check() {
        return new Check.Distribution(name, metric, getLabels(), floor, getAlpha(), getBeta(), minSamples, getWeight(), getImportance(), getWarmUp());
    }

    public String getName() {
        return name;
    }

    public String getMetric() {
        return metric;
    }

    public double getFloor() {
        return floor;
    }

    @DataBoundSetter
    public void setFloor(double floor) {
        this.floor = floor;
    }

    public long getMinSamples() {
        return minSamples;
    }

    @DataBoundSetter
    public void setMinSamples(long minSamples) {
        this.minSamples = minSamples;
    }

    /** Descriptor. */
    @Extension(ordinal = 4)
    @Symbol("distribution")
    public static final class DescriptorImpl extends ComparisonCheckDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.DistributionCheck_DisplayName();
        }

        @Override
        DistributionCheck example() {
            return new DistributionCheck("distribution", "prediction");
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            return required(item, name);
        }

        @RequirePOST
        public FormValidation doCheckMetric(@AncestorInPath Item item, @QueryParameter String metric) {
            return field(item, "metric", new DistributionCheck("distribution", metric));
        }

        @RequirePOST
        public FormValidation doCheckFloor(@AncestorInPath Item item, @QueryParameter String floor) {
            return field(item, "floor", floor, example(), Double::valueOf, DistributionCheck::setFloor);
        }

        @RequirePOST
        public FormValidation doCheckMinSamples(@AncestorInPath Item item, @QueryParameter String minSamples) {
            return field(item, "minSamples", minSamples, example(), Long::valueOf, DistributionCheck::setMinSamples);
        }
    }
}
