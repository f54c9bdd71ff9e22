package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.ExtensionList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;

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
