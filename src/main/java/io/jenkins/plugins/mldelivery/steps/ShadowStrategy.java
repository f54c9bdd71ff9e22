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

/** <code>shadow(percent: 50, hold: '5m')</code>: see {@link Strategy.Shadow}. */
public final class ShadowStrategy extends RolloutStrategy {
    private static final long serialVersionUID = 1L;

    private int percent = Strategy.Shadow.DEFAULT_PERCENT;
    private String hold = Strategy.Shadow.DEFAULT_HOLD;

    @DataBoundConstructor
    public ShadowStrategy() {
        // Everything has a default.
    }

    @Override
    Strategy strategy() {
        return new Strategy.Shadow(percent, hold);
    }

    public int getPercent() {
        return percent;
    }

    @DataBoundSetter
    public void setPercent(int percent) {
        this.percent = percent;
    }

    public String getHold() {
        return hold;
    }

    @DataBoundSetter
    public void setHold(String hold) {
        this.hold = Util.fixEmptyAndTrim(hold) == null ? Strategy.Shadow.DEFAULT_HOLD : hold.trim();
    }

    /** Descriptor. */
    @Extension
    @Symbol("shadow")
    public static final class DescriptorImpl extends RolloutStrategyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.ShadowStrategy_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckPercent(@AncestorInPath Item item, @QueryParameter String percent) {
            ShadowStrategy shadow = new ShadowStrategy();
            DeployModelStep step = new DeployModelStep("name", "image");
            step.setStrategy(shadow);
            step.setTraffic(new GatewayTraffic("route"));
            return FormFields.check(item, "percent", percent, Integer::valueOf, shadow::setPercent, () -> step.request(null).check());
        }

        @RequirePOST
        public FormValidation doCheckHold(@AncestorInPath Item item, @QueryParameter String hold) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("hold", () -> Durations.parse("hold", hold));
        }
    }
}
