package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.atomic.AtomicBoolean;

/** A share of a connection to a cluster, see {@link ClusterConnections}. Closing it gives the share back; the client itself must not be closed by its users. */
public final class ClusterConnection implements AutoCloseable {
    private final KubernetesClient client;
    private final KubernetesClient shared;
    private final ServerAddress server;
    private final Owner owner;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What a share asks of its connections. */
    interface Owner {
        ModelWatch watch(String namespace, String model, Runnable onChange);

        void giveBack();
    }

    /**
     * @param client by which this share's user asks
     * @param shared whose connections it has
     */
    ClusterConnection(KubernetesClient client, KubernetesClient shared, ServerAddress server, Owner owner) {
        this.client = client;
        this.shared = shared;
        this.server = server;
        this.owner = owner;
    }

    /** The client, whose connections others use as well. */
    public KubernetesClient client() {
        return client;
    }

    /** The one that all shares have in common. */
    KubernetesClient shared() {
        return shared;
    }

    /** The server that it leads to. */
    ServerAddress server() {
        return server;
    }

    /**
     * Watches the Deployments and Pods of a model, by their labels.
     *
     * @param model value of the label {@link ModelWatch#MODEL_LABEL}
     * @param onChange called, soon and at most five times a second, after something there has changed or may have changed unseen. It must be quick.
     * @return the watch, which is closed before this share is
     */
    public ModelWatch watch(String namespace, String model, Runnable onChange) {
        return owner.watch(namespace, model, onChange);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            owner.giveBack();
        }
    }
}
