package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The connections to clusters that everything in a process shares: one client for each distinct {@link ClusterAccess}, and on it one set of watches for each namespace, whatever the number of rollouts.
 * Whoever runs rollouts owns one of these, as the command line's process or Jenkins' plugin, and closes it at the end. A client that nobody uses is closed a while later, so that short users share one too.
 *
 * <p>It has one thread of its own, which ends when there is nothing to do; the clients have those of their HTTP library.
 */
public final class ClusterConnections implements AutoCloseable {
    private static final Duration LINGER = Duration.ofSeconds(60);
    private static final int IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor timer;
    private final Semaphore watchesLeft;
    private final Duration linger;
    private final Map<Key, Shared> open = new HashMap<>();
    private boolean closed;

    /** Who uses the same client: the same access under the same rules. */
    private record Key(ClusterAccess access, HostRules hosts) {}

    /** A client and who uses it. Guarded by the connections' lock. */
    private static final class Shared {
        private final KubernetesClient client;
        /** What the client was made of: a file or a program that the access names may give another login by now. */
        private final CheckedAccess checked;
        private final Map<String, NamespaceWatch> watches = new HashMap<>();
        private int users;
        private Future<?> retirement;

        Shared(KubernetesClient client, CheckedAccess checked) {
            this.client = client;
            this.checked = checked;
        }
    }

    /** Connections with as many watches as there are namespaces. */
    public ClusterConnections() {
        this(Integer.MAX_VALUE, LINGER);
    }

    /**
     * Connections with a bound on watches, for a process where each may cost a thread. Rollouts in a namespace that finds none left poll.
     *
     * @param mostWatches most watches at a time; a namespace takes {@link NamespaceWatch#STREAMS}
     */
    public ClusterConnections(int mostWatches) {
        this(mostWatches, LINGER);
    }

    ClusterConnections(int mostWatches, Duration linger) {
        this.watchesLeft = new Semaphore(mostWatches);
        this.linger = linger;
        timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "ml-delivery-connections");
            thread.setDaemon(true);
            return thread;
        });
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * A share of the connection with this access; no request is sent yet.
     *
     * @param environment learns the access' secrets, says which hosts may be reached, and is warned of what is not safe
     * @throws DeliveryException when the access is unusable or refused, see {@link KubernetesClients#open}
     */
    public ClusterConnection connect(ClusterAccess access, Environment environment) throws DeliveryException {
        // Whoever shares a client gets the access checked for itself. It may take a while: a program may be started.
        CheckedAccess checked = new AccessCheck(environment, Event.Stage.DEPLOY).check(access);
        return connect(new Key(access, environment.hosts()), checked, null, environment);
    }

    /**
     * A connection in the place of one whose login the cluster has refused, which the caller still gives back. Others
     * who use that one find out for themselves.
     *
     * @param refused what was refused
     * @param access as it is now
     * @return null when the login is still the same
     * @throws DeliveryException see {@link #connect}, and when it leads to another server
     */
    public ClusterConnection renewed(ClusterConnection refused, ClusterAccess access, Environment environment)
            throws DeliveryException {
        CheckedAccess checked = new AccessCheck(environment, Event.Stage.DEPLOY).check(access);
        if (!checked.server().uri().equals(refused.server().uri())) {
            throw DeliveryException.failed(
                    "cluster", "the access leads to another API server now, " + checked.server().uri(),
                    "Give a login for " + refused.server().uri() + ".", null);
        }
        return connect(new Key(access, environment.hosts()), checked, refused.shared(), environment);
    }

    /** @param refused a client that is of no use any more, or null; when the access gives the same, there is no answer */
    private synchronized ClusterConnection connect(
            Key access, CheckedAccess checked, KubernetesClient refused, Environment environment)
            throws DeliveryException {
        if (closed) {
            throw new IllegalStateException("the connections are closed");
        }
        Shared shared = open.get(access);
        if (shared != null && shared.client == refused) {
            if (shared.checked.equals(checked)) {
                return null;
            }
            open.remove(access);
            shared = null;
        }
        if (shared == null) {
            shared = new Shared(KubernetesClients.open(checked, environment), checked);
            open.put(access, shared);
        }
        shared.users++;
        if (shared.retirement != null) {
            shared.retirement.cancel(false);
            shared.retirement = null;
        }
        return share(access, shared, KubernetesClients.sharing(shared.client, environment));
    }

    /** @param client by which the user of this share asks */
    private ClusterConnection share(Key access, Shared shared, KubernetesClient client) {
        return new ClusterConnection(client, shared.client, shared.checked.server(), new ClusterConnection.Owner() {
            @Override
            public ModelWatch watch(String namespace, String model, Runnable onChange) {
                return ClusterConnections.this.watch(shared, client, namespace, model, onChange);
            }

            @Override
            public void giveBack() {
                ClusterConnections.this.giveBack(access, shared);
            }
        });
    }

    /** @param client of whoever opens the watch, should there be none: the look-ups of its name are his, as long as it is watched */
    private synchronized ModelWatch watch(
            Shared shared, KubernetesClient client, String namespace, String model, Runnable onChange) {
        NamespaceWatch there = closed ? null : shared.watches.get(namespace);
        if (there == null && !closed && watchesLeft.tryAcquire(NamespaceWatch.STREAMS)) {
            there = new NamespaceWatch(client, namespace, timer);
            shared.watches.put(namespace, there);
        }
        ModelWatch watch = new ModelWatch(there, model, onChange, timer, ended -> unwatch(shared, namespace, ended));
        if (there != null) {
            there.add(watch);
        }
        return watch;
    }

    private synchronized void unwatch(Shared shared, String namespace, ModelWatch ended) {
        NamespaceWatch there = shared.watches.get(namespace);
        if (there != null && there.remove(ended)) {
            shared.watches.remove(namespace);
            watchesLeft.release(NamespaceWatch.STREAMS);
            there.stop();
        }
    }

    private synchronized void giveBack(Key access, Shared shared) {
        shared.users--;
        if (shared.users == 0 && !closed) {
            shared.retirement = timer.schedule(() -> retire(access, shared), linger.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void retire(Key access, Shared shared) {
        synchronized (this) {
            if (shared.users > 0) {
                return;
            }
            // It may have been replaced by one with another login.
            open.remove(access, shared);
        }
        shared.client.close();
    }

    /** Closes every client, used or not. */
    @Override
    public void close() {
        List<Shared> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(open.values());
            open.clear();
            timer.shutdownNow();
        }
        for (Shared shared : all) {
            shared.watches.values().forEach(NamespaceWatch::stop);
            shared.client.close();
        }
    }
}
