package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.ExtensionList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The global configuration: the clusters that steps may name. */
@Extension
@Symbol("mlDelivery")
public final class MlDeliveryConfiguration extends GlobalConfiguration {
    private List<ClusterConfiguration> clusters = new ArrayList<>();

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
}
