package io.jenkins.plugins.mldelivery.steps;

import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import java.io.Serializable;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.StaplerRequest2;

/** How the new version takes over, as scripts and forms describe it. */
public abstract class RolloutStrategy extends AbstractDescribableImpl<RolloutStrategy> implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The engine's strategy. */
    abstract Strategy strategy();

    /** Descriptor of a strategy. */
    public abstract static class RolloutStrategyDescriptor extends Descriptor<RolloutStrategy>
            implements KnownParameters {
        @Override
        public RolloutStrategy newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            FormFields.numbers(clazz, form);
            return super.newInstance(request, form);
        }
    }
}
