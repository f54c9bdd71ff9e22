package io.jenkins.plugins.mldelivery.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.util.function.Function;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A check of the canary against the stable version: see {@link Check.Comparison}. */
public abstract class ComparisonCheck extends MetricCheck {
    private static final long serialVersionUID = 1L;

    private String labels;
    private double alpha = Check.Comparison.DEFAULT_ALPHA;
    private double beta = Check.Comparison.DEFAULT_BETA;
    private double weight = Check.Comparison.DEFAULT_WEIGHT;

    public String getLabels() {
        return labels;
    }

    @DataBoundSetter
    public void setLabels(String labels) {
        this.labels = Util.fixEmptyAndTrim(labels);
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

    public double getWeight() {
        return weight;
    }

    @DataBoundSetter
    public void setWeight(double weight) {
        this.weight = weight;
    }

    /** Descriptor of a kind of comparison. */
    public abstract static class ComparisonCheckDescriptor extends MetricCheckDescriptor {
        @Override
        abstract ComparisonCheck example();

        @RequirePOST
        public FormValidation doCheckLabels(@AncestorInPath Item item, @QueryParameter String labels) {
            return field(item, "labels", labels, example(), Function.identity(), ComparisonCheck::setLabels);
        }

        @RequirePOST
        public FormValidation doCheckAlpha(@AncestorInPath Item item, @QueryParameter String alpha) {
            return field(item, "alpha", alpha, example(), Double::valueOf, ComparisonCheck::setAlpha);
        }

        @RequirePOST
        public FormValidation doCheckBeta(@AncestorInPath Item item, @QueryParameter String beta) {
            return field(item, "beta", beta, example(), Double::valueOf, ComparisonCheck::setBeta);
        }

        @RequirePOST
        public FormValidation doCheckWeight(@AncestorInPath Item item, @QueryParameter String weight) {
            return field(item, "weight", weight, example(), Double::valueOf, ComparisonCheck::setWeight);
        }
    }
}
