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

/** <code>blueGreen(hold: '5m', scaleDownDelay: '10m')</code>: see {@link Strategy.BlueGreen}. */
public final class BlueGreenStrategy extends RolloutStrategy {
    private static final long serialVersionUID = 1L;

    private String hold = Strategy.BlueGreen.DEFAULT_HOLD;
    private String scaleDownDelay = Strategy.BlueGreen.DEFAULT_SCALE_DOWN_DELAY;

    @DataBoundConstructor
    public BlueGreenStrategy() {
        // Everything has a default.
    }

    @Override
    Strategy strategy() {
        return new Strategy.BlueGreen(hold, scaleDownDelay);
    }

    public String getHold() {
        return hold;
    }

    @DataBoundSetter
    public void setHold(String hold) {
        this.hold = Util.fixEmptyAndTrim(hold) == null ? Strategy.BlueGreen.DEFAULT_HOLD : hold.trim();
    }

    public String getScaleDownDelay() {
        return scaleDownDelay;
    }

    @DataBoundSetter
    public void setScaleDownDelay(String scaleDownDelay) {
        this.scaleDownDelay = Util.fixEmptyAndTrim(scaleDownDelay) == null ? Strategy.BlueGreen.DEFAULT_SCALE_DOWN_DELAY : scaleDownDelay.trim();
    }

    /** Descriptor. */
    @Extension
    @Symbol("blueGreen")
    public static final class DescriptorImpl extends RolloutStrategyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.BlueGreenStrategy_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckHold(@AncestorInPath Item item, @QueryParameter String hold) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("hold", () -> Durations.parse("hold", hold));
        }

        @RequirePOST
        public FormValidation doCheckScaleDownDelay(@AncestorInPath Item item, @QueryParameter String scaleDownDelay) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("scaleDownDelay", () -> Durations.parse("scaleDownDelay", scaleDownDelay));
        }
    }
}
