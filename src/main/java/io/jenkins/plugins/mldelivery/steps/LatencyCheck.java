package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>latency()</code>: see {@link Check.Latency}, whose component names and defaults these are. */
public final class LatencyCheck extends RequestComparison {
    private static final long serialVersionUID = 1L;

    private Double quantile;
    private Double bound;

    @DataBoundConstructor
    public LatencyCheck() {
        super(Check.Latency.DEFAULT_NAME, Check.Latency.DEFAULT_ACCEPTABLE, Check.Latency.DEFAULT_MIN_REQUESTS);
    }

    @Override
    Check check() {
        return new Check.Latency(
                getName(), getPreset(), getMetric(), getLabels(), quantile, bound, getMargin(), getAlpha(), getBeta(), getAcceptable(), getMinRequests(), getWeight(), getImportance(), getWarmUp());
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

    /** Descriptor. */
    @Extension(ordinal = 5)
    @Symbol("latency")
    public static final class DescriptorImpl extends RequestComparisonDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.LatencyCheck_DisplayName();
        }

        @Override
        LatencyCheck example() {
            return new LatencyCheck();
        }

        /** Those that have a histogram of latencies. */
        @Override
        boolean fits(Preset preset) {
            return preset.latency() != null;
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
    }
}
