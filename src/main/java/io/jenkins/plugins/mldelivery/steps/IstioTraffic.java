package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>istio(virtualService: 'churn', destinationRule: 'churn')</code>: see {@link TrafficKind.Istio}. */
public final class IstioTraffic extends RolloutTraffic {
    private static final long serialVersionUID = 1L;
    private static final int MAX_OBJECT_NAME = 253;

    private final String virtualService;
    private String destinationRule;

    @DataBoundConstructor
    public IstioTraffic(String virtualService) {
        this.virtualService = Util.fixEmptyAndTrim(virtualService);
    }

    @Override
    TrafficKind traffic() {
        return new TrafficKind.Istio(virtualService, destinationRule);
    }

    public String getVirtualService() {
        return virtualService;
    }

    public String getDestinationRule() {
        return destinationRule;
    }

    @DataBoundSetter
    public void setDestinationRule(String destinationRule) {
        this.destinationRule = Util.fixEmptyAndTrim(destinationRule);
    }

    /** Descriptor. */
    @Extension
    @Symbol("istio")
    public static final class DescriptorImpl extends RolloutTrafficDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.IstioTraffic_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckDestinationRule(@AncestorInPath Item item, @QueryParameter String destinationRule) {
            IstioTraffic istio = new IstioTraffic("name");
            DeployModelStep step = new DeployModelStep("name", "image");
            step.setTraffic(istio);
            return FormFields.check(item, "destinationRule", destinationRule, Function.identity(), istio::setDestinationRule, () -> step.request(null).check());
        }

        @RequirePOST
        public FormValidation doCheckVirtualService(@AncestorInPath Item item, @QueryParameter String virtualService) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("virtualService", () -> Names.dnsSubdomain("virtualService", virtualService, MAX_OBJECT_NAME));
        }
    }
}
