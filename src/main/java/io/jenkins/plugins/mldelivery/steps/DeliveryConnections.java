package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The connections to clusters that all steps on this controller share, closed when Jenkins shuts down. */
@Extension
@Restricted(NoExternalUse.class)
public final class DeliveryConnections {
    /** Most watches: each one takes a thread. Rollouts in further namespaces poll. */
    static final int MOST_WATCHES = 8;

    private final ClusterConnections connections = new ClusterConnections(MOST_WATCHES);

    static ClusterConnections get() {
        return ExtensionList.lookupSingleton(DeliveryConnections.class).connections;
    }

    /** After the last tick: see {@link DeliveryThreads.Shutdown}. */
    void shutDown() {
        connections.close();
    }
}
