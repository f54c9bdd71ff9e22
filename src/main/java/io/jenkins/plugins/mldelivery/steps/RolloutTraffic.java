package io.jenkins.plugins.mldelivery.steps;

import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.io.Serializable;

/** How traffic is split between the two versions, as scripts and forms describe it. */
public abstract class RolloutTraffic extends AbstractDescribableImpl<RolloutTraffic> implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The engine's kind of traffic. */
    abstract TrafficKind traffic();

    /** Descriptor of a kind of traffic. */
    public abstract static class RolloutTrafficDescriptor extends Descriptor<RolloutTraffic>
            implements KnownParameters {}
}
