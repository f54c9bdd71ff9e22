package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>rolling(hold: '5m')</code>: see {@link Strategy.Rolling}. */
public final class RollingStrategy extends RolloutStrategy {
    private static final long serialVersionUID = 1L;

    private String hold = Strategy.Rolling.DEFAULT_HOLD;

    @DataBoundConstructor
    public RollingStrategy() {
        // Everything has a default.
    }

    @Override
    Strategy strategy() {
        return new Strategy.Rolling(hold);
    }

    public String getHold() {
        return hold;
    }

    @DataBoundSetter
    public void setHold(String hold) {
        this.hold = Util.fixEmptyAndTrim(hold) == null ? Strategy.Rolling.DEFAULT_HOLD : hold.trim();
    }

    /** Descriptor. */
    @Extension
    @Symbol("rolling")
    public static final class DescriptorImpl extends RolloutStrategyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.RollingStrategy_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckHold(@AncestorInPath Item item, @QueryParameter String hold) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("hold", () -> Durations.parse("hold", hold));
        }
    }
}
