package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>gateway(route: 'churn')</code>: see {@link TrafficKind.Gateway}. */
public final class GatewayTraffic extends RolloutTraffic {
    private static final long serialVersionUID = 1L;
    private static final int MAX_OBJECT_NAME = 253;

    private final String route;

    @DataBoundConstructor
    public GatewayTraffic(String route) {
        this.route = Util.fixEmptyAndTrim(route);
    }

    @Override
    TrafficKind traffic() {
        return new TrafficKind.Gateway(route);
    }

    public String getRoute() {
        return route;
    }

    /** Descriptor. */
    @Extension
    @Symbol("gateway")
    public static final class DescriptorImpl extends RolloutTrafficDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.GatewayTraffic_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckRoute(@AncestorInPath Item item, @QueryParameter String route) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("route", () -> Names.dnsSubdomain("route", route, MAX_OBJECT_NAME));
        }
    }
}
