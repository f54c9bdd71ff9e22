package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The global configuration: the clusters that steps refer to by name, and what authors of jobs may do beside them. */
@Extension
@Symbol("mlDelivery")
public final class MlDeliveryConfiguration extends GlobalConfiguration {
    private static final String ALLOWED_HOSTS = "allowedHosts";

    private List<ClusterConfiguration> clusters = new ArrayList<>();
    private boolean inlineAccess = true;
    private String allowedHosts;

    public MlDeliveryConfiguration() {
        load();
    }

    /** The one configuration of this Jenkins. */
    public static MlDeliveryConfiguration get() {
        return ExtensionList.lookupSingleton(MlDeliveryConfiguration.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.MlDeliveryConfiguration_DisplayName();
    }

    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        try {
            rules(json.optString(ALLOWED_HOSTS));
        } catch (DeliveryException e) {
            throw new FormException(e.getMessage(), e, ALLOWED_HOSTS);
        }
        if (!json.has("clusters")) {
            // A form whose last cluster was removed does not name the list at all, so nothing would set it.
            setClusters(List.of());
        }
        return super.configure(req, json);
    }

    /** The configured clusters, in the order of the form. */
    public List<ClusterConfiguration> getClusters() {
        return Collections.unmodifiableList(clusters);
    }

    /** Sets and saves them. */
    @DataBoundSetter
    public void setClusters(List<ClusterConfiguration> clusters) {
        this.clusters = clusters == null ? new ArrayList<>() : new ArrayList<>(clusters);
        save();
    }

    /** Whether steps may reach a cluster of their own by the parameter {@code access}. */
    public boolean isInlineAccess() {
        return inlineAccess;
    }

    /** Sets and saves it. */
    @DataBoundSetter
    public void setInlineAccess(boolean inlineAccess) {
        this.inlineAccess = inlineAccess;
        save();
    }

    /** The hosts that may be sent requests from the controller, one per line; null for the standard rules. */
    public String getAllowedHosts() {
        return allowedHosts;
    }

    /**
     * Sets and saves them.
     *
     * @throws IllegalArgumentException when a line is not a host, a network or a pattern, see {@link HostRules#of}
     */
    @DataBoundSetter
    public void setAllowedHosts(String allowedHosts) {
        try {
            rules(allowedHosts);
        } catch (DeliveryException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        this.allowedHosts = Lines.of(allowedHosts);
        save();
    }

    /**
     * Which hosts the steps of this controller may send requests to.
     *
     * @throws DeliveryException when the file of the configuration was changed to something that can't be read: then to none
     */
    public HostRules hostRules() throws DeliveryException {
        return rules(allowedHosts);
    }

    private static HostRules rules(String lines) throws DeliveryException {
        return HostRules.of(ALLOWED_HOSTS, lines == null ? List.of() : lines.lines().toList());
    }

    @RequirePOST
    public FormValidation doCheckAllowedHosts(@QueryParameter String allowedHosts) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            rules(allowedHosts);
            return FormValidation.ok();
        } catch (DeliveryException e) {
            return FormValidation.error(e.sentence());
        }
    }
}
