package io.jenkins.plugins.mldelivery.steps;

import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.io.Serializable;

/** A check of <code>mlVerifyMetrics</code> as scripts and forms describe it. */
public abstract class MetricCheck extends AbstractDescribableImpl<MetricCheck> implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The engine's check. */
    abstract Check check();

    /** Descriptor of a kind of check. */
    public abstract static class MetricCheckDescriptor extends Descriptor<MetricCheck> {}
}
