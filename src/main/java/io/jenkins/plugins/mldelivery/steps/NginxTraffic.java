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

/** <code>nginx(ingress: 'churn')</code>: see {@link TrafficKind.Nginx}. */
public final class NginxTraffic extends RolloutTraffic {
    private static final long serialVersionUID = 1L;
    private static final int MAX_OBJECT_NAME = 253;

    private final String ingress;

    @DataBoundConstructor
    public NginxTraffic(String ingress) {
        this.ingress = Util.fixEmptyAndTrim(ingress);
    }

    @Override
    TrafficKind traffic() {
        return new TrafficKind.Nginx(ingress);
    }

    public String getIngress() {
        return ingress;
    }

    /** Descriptor. */
    @Extension
    @Symbol("nginx")
    public static final class DescriptorImpl extends RolloutTrafficDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.NginxTraffic_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckIngress(@AncestorInPath Item item, @QueryParameter String ingress) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("ingress", () -> Names.dnsSubdomain("ingress", ingress, MAX_OBJECT_NAME));
        }
    }
}
