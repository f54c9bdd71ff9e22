package io.jenkins.plugins.mldelivery.deploy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.AccessSource;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ModelWatch;
import io.jenkins.plugins.mldelivery.deploy.targets.KubernetesTarget;
import java.util.List;

/**
 * The cluster of a rollout: the connection, the watch on it, and the targets that ask through it. All of them are made
 * anew when a login that had ended was renewed where it comes from.
 */
final class RolloutCluster implements AutoCloseable {
    private final DeployModelRequest request;
    private final ClusterConnections connections;
    private final AccessSource source;
    private final Deployer deployer;
    /** Of the Deployments, in seconds. */
    private final int deadline;
    private final Environment environment;
    private final KubernetesTarget first;
    private volatile ClusterConnection connection;
    private ModelWatch watch;

    /** @param undo whether it brings back what was there before */
    RolloutCluster(DeployModelRequest request, ClusterConnections connections, AccessSource source, Deployer deployer,
            int deadline, Environment environment, boolean undo)
            throws DeliveryException, InterruptedException {
        this.request = request;
        this.connections = connections;
        this.source = source;
        this.deployer = deployer;
        this.deadline = deadline;
        this.environment = environment;
        this.connection = connections.connect(source.access(), environment);
        boolean done = false;
        try {
            this.first = target(request, undo);
            done = true;
        } finally {
            if (!done) {
                connection.close(); // Nobody else does, and it counts for its owner.
            }
        }
    }

    /** What the rollout of its own request does there, by the first connection. */
    KubernetesTarget target() {
        return first;
    }

    /**
     * What a rollout does there, by the present connection.
     *
     * @param asked the rollout's request
     * @param undo whether it brings back what was there before
     */
    KubernetesTarget target(DeployModelRequest asked, boolean undo) throws DeliveryException {
        return new KubernetesTarget(asked, connection.client(), connection.pages(), deployer, deadline, undo);
    }

    /** The model's watch, which is opened by the first call. */
    ModelWatch watch(Runnable onChange) {
        if (watch == null) {
            watch = connection.watch(request.namespace(), request.name(), onChange);
        }
        return watch;
    }

    /** Whether the cluster's changes are told now. */
    boolean watched() {
        return watch != null && watch.connected();
    }

    /**
     * Reads the access anew, after the cluster has refused the login.
     *
     * @return whether there is another login now, and therefore another connection
     */
    boolean renew() throws DeliveryException, InterruptedException {
        ClusterConnection fresh = connections.renewed(connection, source.access(), environment);
        if (fresh == null) {
            return false;
        }
        ModelWatch oldWatch = watch;
        watch = null;
        try (ClusterConnection old = connection) {
            connection = fresh; // First: whatever becomes of the old one, this is to be closed.
            if (oldWatch != null) {
                oldWatch.close();
            }
        }
        return true;
    }

    /** The pods' own pages, always by the present connection; for a thread beside the rollout's. */
    TrackMetrics podMetrics(boolean undo) throws DeliveryException {
        return new PodMetrics(undo);
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        connection.close();
    }

    /** Keeps what it has found out of the pods as long as the connection lasts. */
    private final class PodMetrics implements TrackMetrics {
        private final boolean undo;
        private KubernetesClient client;
        private KubernetesTarget target;

        PodMetrics(boolean undo) throws DeliveryException {
            this.undo = undo;
            present();
        }

        private synchronized KubernetesTarget present() throws DeliveryException {
            KubernetesClient now = connection.client();
            if (now != client) {
                target = target(request, undo);
                client = now;
            }
            return target;
        }

        @Override
        public List<Page> scrape(Track track) throws DeliveryException, InterruptedException {
            return present().scrape(track);
        }

        @Override
        public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
            present().read(track, reader);
        }
    }
}
