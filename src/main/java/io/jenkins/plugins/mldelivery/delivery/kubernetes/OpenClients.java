package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The clients that a process has open, and who uses each of them. Each takes some 100 KiB of the heap, and what its access
 * holds, and its author chooses how many accesses there are: so it counts for each owner that uses it, once however many of
 * the owner's rollouts do, and no owner has more than its share. Of those that nobody uses few are kept, the last ones.
 */
final class OpenClients {
    /** Clients that are used, by whomever. */
    static final int MAX_USED = 192;

    /** Of them those that the builds of one job use. */
    static final int USED_BY_A_JOB = 48;

    /** Of them those that the jobs of one top-level item use. */
    static final int USED_BY_A_TOP = 128;

    /** Clients that nobody uses at present. */
    static final int MAX_IDLE = 16;

    /** Threads that read pods' pages: for as many looks as Jenkins makes at a time, each of four pods. */
    static final int MAX_READERS = 144;

    static final int READERS_OF_A_JOB = 48;
    static final int READERS_OF_A_TOP = 96;

    private final ScheduledThreadPoolExecutor timer;
    private final Semaphore watchesLeft;
    private final Duration linger;
    private final Map<Key, Shared> open = new HashMap<>();
    private final OwnerShares shares = new OwnerShares(USED_BY_A_JOB, USED_BY_A_TOP);
    /** Those that nobody uses, first the one for which that is longest so. */
    private final Deque<Shared> idle = new ArrayDeque<>();
    private final SharedThreads readers =
            new SharedThreads("ml-delivery pod pages", MAX_READERS, new OwnerShares(READERS_OF_A_JOB, READERS_OF_A_TOP));
    /**
     * Makes the library's objects of JSON, the same for all clients: it has most of what one takes, and nothing that an
     * access or a cluster says, only the library's own classes by their kind.
     */
    private final KubernetesSerialization serialization = new WholeObjects();

    private int used;
    private boolean closed;

    /** Who uses the same client: the same access under the same rules. */
    record Key(ClusterAccess access, HostRules hosts) {}

    /** A client and who uses it. Guarded by the clients' lock. */
    private static final class Shared {
        private final Key key;
        private final KubernetesClient client;
        /** What the client was made of: a file or a program that the access names may give another login by now. */
        private final CheckedAccess checked;
        private final Map<String, NamespaceWatch> watches = new HashMap<>();
        private final Map<Owner, Integer> users = new HashMap<>();
        private Future<?> retirement;

        Shared(Key key, KubernetesClient client, CheckedAccess checked) {
            this.key = key;
            this.client = client;
            this.checked = checked;
        }
    }

    OpenClients(int mostWatches, Duration linger) {
        this.watchesLeft = new Semaphore(mostWatches);
        this.linger = linger;
        timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "ml-delivery-connections");
            thread.setDaemon(true);
            return thread;
        });
        // It stays: were it made when it is needed, there might be no memory for it, and nobody to end what is idle.
        timer.prestartCoreThread();
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * An owner's share of a client, which is opened where there is none.
     *
     * @param refused a client that is of no use any more and that the caller gives back, or null; when the access gives the
     *     same, there is no answer
     */
    synchronized ClusterConnection connect(
            Key access, CheckedAccess checked, KubernetesClient refused, Owner owner, Environment environment)
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
        boolean more = shared == null || !shared.users.containsKey(owner);
        if (more && refused != null) {
            shares.enterAlso(owner); // Its place is free in a moment.
        } else if (more) {
            enter(owner, shared == null || shared.users.isEmpty());
        }
        KubernetesClient client;
        boolean done = false;
        try {
            if (shared == null) {
                shared = new Shared(access, KubernetesClients.open(checked, environment, serialization), checked);
            }
            client = KubernetesClients.sharing(shared.client, environment, owner);
            done = true;
        } finally {
            if (more && !done) {
                shares.leave(owner);
            }
        }
        open.put(access, shared);
        if (shared.users.isEmpty()) {
            used++;
            awake(shared);
        }
        shared.users.merge(owner, 1, Integer::sum);
        return share(shared, owner, client, environment);
    }

    /** @param unused whether nobody else uses it, so that it is one more */
    private void enter(Owner owner, boolean unused) throws DeliveryException {
        if (unused && used >= MAX_USED) {
            throw full("all jobs together use " + MAX_USED + " connections to clusters");
        }
        if (!shares.enter(owner)) {
            throw full(shares.inJob(owner) >= USED_BY_A_JOB
                    ? "this job uses " + USED_BY_A_JOB + " connections to clusters"
                    : "the jobs of '" + owner.top() + "' together use " + USED_BY_A_TOP + " connections to clusters");
        }
    }

    private static DeliveryException full(String problem) {
        return new DeliveryException(
                DeliveryException.Kind.REFUSED, "cluster", problem + ", each to another server or with another login, the maximum",
                "Run fewer rollouts at a time, or let them use the same configured cluster.", new ClusterConnections.AllUsed());
    }

    private void awake(Shared shared) {
        idle.remove(shared);
        if (shared.retirement != null) {
            shared.retirement.cancel(false);
            shared.retirement = null;
        }
    }

    /** @param client by which the user of this share asks */
    private ClusterConnection share(
            Shared shared, Owner owner, KubernetesClient client, Environment environment) {
        Executor pages = readers.of(owner);
        ServerAddress server = shared.checked.server();
        return new ClusterConnection(client, shared.client, server, pages, new ClusterConnection.Owner() {
            @Override
            public ModelWatch watch(String namespace, String model, Runnable onChange) {
                return OpenClients.this.watch(shared, environment, owner, namespace, model, onChange);
            }

            @Override
            public void giveBack() {
                OpenClients.this.giveBack(shared, owner);
            }
        });
    }

    /** @param environment of whoever opens the watch, should there be none: its look-ups of the name are his from then on */
    private synchronized ModelWatch watch(
            Shared shared, Environment environment, Owner owner, String namespace, String model, Runnable onChange) {
        NamespaceWatch there = closed ? null : shared.watches.get(namespace);
        if (there == null && !closed && watchesLeft.tryAcquire(NamespaceWatch.STREAMS)) {
            there = begin(shared, environment, owner, namespace);
            shared.watches.put(namespace, there);
        }
        ModelWatch watch = new ModelWatch(there, model, onChange, timer, ended -> unwatch(shared, namespace, ended));
        if (there != null) {
            there.add(watch);
        }
        return watch;
    }

    /** Gives back what it has taken where it can't begin, as for want of a thread. */
    private NamespaceWatch begin(Shared shared, Environment environment, Owner owner, String namespace) {
        NamespaceWatch watch = null;
        boolean begun = false;
        try {
            watch = new NamespaceWatch(
                    shared.client, KubernetesClients.sharing(shared.client, environment, owner), namespace, timer);
            watch.start();
            begun = true;
            return watch;
        } finally {
            if (!begun) {
                watchesLeft.release(NamespaceWatch.STREAMS);
                if (watch != null) {
                    watch.stop();
                }
            }
        }
    }

    private synchronized void unwatch(Shared shared, String namespace, ModelWatch ended) {
        NamespaceWatch there = shared.watches.get(namespace);
        if (there != null && there.remove(ended)) {
            shared.watches.remove(namespace);
            watchesLeft.release(NamespaceWatch.STREAMS);
            there.stop();
        }
    }

    private void giveBack(Shared shared, Owner owner) {
        Shared last = null;
        boolean late;
        synchronized (this) {
            shared.users.computeIfPresent(owner, (who, many) -> many > 1 ? many - 1 : null);
            if (!shared.users.containsKey(owner)) {
                shares.leave(owner);
            }
            if (shared.users.isEmpty()) {
                used--;
            }
            late = closed;
            if (shared.users.isEmpty() && !closed) {
                idle.add(shared);
                shared.retirement = timer.schedule(() -> retire(shared), linger.toMillis(), TimeUnit.MILLISECONDS);
                last = idle.size() > MAX_IDLE ? idle.peek() : null;
            }
        }
        if (last != null) {
            retire(last);
        } else if (late) {
            shared.client.close(); // Also one that had been replaced by then.
        }
    }

    private void retire(Shared shared) {
        synchronized (this) {
            if (!idle.remove(shared)) {
                return; // Somebody uses it again, or it is closed.
            }
            awake(shared);
            // It may have been replaced by one with another login.
            open.remove(shared.key, shared);
        }
        shared.client.close();
    }

    /** Closes every client, used or not. */
    void close() {
        List<Shared> all;
        List<NamespaceWatch> watches = new ArrayList<>();
        synchronized (this) {
            closed = true;
            idle.removeAll(open.values());
            all = new ArrayList<>(open.values());
            all.addAll(idle);
            open.clear();
            idle.clear();
            timer.shutdownNow();
            all.forEach(shared -> watches.addAll(shared.watches.values()));
        }
        watches.forEach(NamespaceWatch::stop);
        all.forEach(shared -> shared.client.close());
    }
}
