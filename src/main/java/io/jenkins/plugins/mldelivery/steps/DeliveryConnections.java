package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestTurns;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The connections to clusters, and to metrics, that all steps on this controller share, and their turns with large manifests; the first are closed when Jenkins shuts down. */
@Extension
@Restricted(NoExternalUse.class)
public final class DeliveryConnections {
    /** Most watches: each one takes a thread. Rollouts in further namespaces poll. */
    static final int MOST_WATCHES = 8;

    private final ClusterConnections connections = new ClusterConnections(MOST_WATCHES);
    private final SharedReads reads = new SharedReads();
    private final ManifestTurns manifests = new ManifestTurns();
    private final PlanPlaces plans = new PlanPlaces();

    static ClusterConnections get() {
        return ExtensionList.lookupSingleton(DeliveryConnections.class).connections;
    }

    /** The connections for a build's rollouts: a job uses its share of them, however many builds it has. */
    static ClusterConnections clusters(Run<?, ?> build) {
        return get().of(DeliveryThreads.owner(build));
    }

    /**
     * What all looks at metrics share, and all that resolves names. A job has its looks in turn with the others, however many builds it has, and so has a
     * folder, however many jobs.
     */
    static SharedReads reads(Run<?, ?> build) {
        return reads(DeliveryThreads.owner(build));
    }

    static SharedReads reads(Owner owner) {
        return ExtensionList.lookupSingleton(DeliveryConnections.class).reads.of(owner);
    }

    /** In which large manifests are taken up, likewise. */
    static ManifestTurns manifests(Run<?, ?> build) {
        return ExtensionList.lookupSingleton(DeliveryConnections.class).manifests.of(DeliveryThreads.owner(build));
    }

    /** For large plans of Terraform. */
    static PlanPlaces plans() {
        return ExtensionList.lookupSingleton(DeliveryConnections.class).plans;
    }

    /** After the last tick: see {@link DeliveryThreads.Shutdown}. */
    void shutDown() {
        connections.close();
    }
}
