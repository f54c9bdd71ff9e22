package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/** <code>replicaRatio()</code>: see {@link TrafficKind.ReplicaRatio}. */
public final class ReplicaRatioTraffic extends RolloutTraffic {
    private static final long serialVersionUID = 1L;

    @DataBoundConstructor
    public ReplicaRatioTraffic() {
        // Nothing to set.
    }

    @Override
    TrafficKind traffic() {
        return new TrafficKind.ReplicaRatio();
    }

    /** Descriptor. The form offers the default first. */
    @Extension(ordinal = 1)
    @Symbol("replicaRatio")
    public static final class DescriptorImpl extends RolloutTrafficDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ReplicaRatioTraffic_DisplayName();
        }
    }
}
