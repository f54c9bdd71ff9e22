package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.util.ClassLoaderSanityThreadFactory;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.mldelivery.config.AgentThreads;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The plugin's own bounded pool, on which all waiting steps tick. Remote calls are made here, never on Pipeline's or the
 * controller's shared threads. Idle threads end after a minute, but for the one that says when ticks are due.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DeliveryThreads {
    /** Most threads of the plugin on the controller. */
    static final int MOST = 24;

    /** Most of them for the steps of one job. */
    static final int MOST_OF_A_JOB = MOST / 3;

    /** Most of them for the steps of all jobs in one top-level item. */
    static final int MOST_OF_A_TOP = 2 * MOST_OF_A_JOB;

    /**
     * Most threads on which rollouts under way tick. They have their own, so that they renew their leases while builds
     * take all others. A tick on them takes some 30 seconds at most, and as a rule much less.
     */
    static final int MAX_ROLLOUTS = 12;

    static final int ROLLOUTS_OF_A_JOB = 6;
    static final int ROLLOUTS_OF_A_TOP = 9;

    /**
     * Most threads on which rollouts read metrics, which may take minutes. Each may read those of four pods at once, on
     * threads of which each job has its share, see {@code OpenClients}.
     */
    static final int MAX_LOOKS = 12;

    static final int LOOKS_OF_A_JOB = 4;
    static final int LOOKS_OF_A_TOP = 8;

    /** Most threads on which large manifests are applied; each run keeps one until it has ended. */
    static final int MAX_MANIFESTS = 12;

    static final int MANIFESTS_OF_A_JOB = 4;
    static final int MANIFESTS_OF_A_TOP = 8;

    private static final int PATIENCE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor timer = newTimer();
    private final ExecutorService pool = newPool(MOST, "ml-delivery");
    private final ExecutorService rollouts = newPool(MAX_ROLLOUTS, "ml-delivery rollouts");
    private final ExecutorService manifests = newPool(MAX_MANIFESTS, "ml-delivery manifests");
    private final ExecutorService looks = newPool(MAX_LOOKS, "ml-delivery looks");
    private final TickPool ticks = ticks(pool, MOST, new OwnerShares(MOST_OF_A_JOB, MOST_OF_A_TOP));
    private final TickPool rolloutTicks =
            ticks(rollouts, MAX_ROLLOUTS, new OwnerShares(ROLLOUTS_OF_A_JOB, ROLLOUTS_OF_A_TOP));
    private final TickPool manifestTicks =
            ticks(manifests, MAX_MANIFESTS, new OwnerShares(MANIFESTS_OF_A_JOB, MANIFESTS_OF_A_TOP));
    private final SharedThreads sharedLooks =
            shared(looks, MAX_LOOKS, new OwnerShares(LOOKS_OF_A_JOB, LOOKS_OF_A_TOP));

    private TickPool ticks(ExecutorService threads, int most, OwnerShares shares) {
        return new TickPool(timer, shared(threads, most, shares));
    }

    private static SharedThreads shared(ExecutorService threads, int most, OwnerShares shares) {
        return new SharedThreads(new ImpersonatingExecutorService(threads, ACL.SYSTEM2), most, shares);
    }

    private static ExecutorService newPool(int most, String name) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), threads(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Its thread is there from the beginning, so that whatever waits goes on when no more threads can be made. */
    private static ScheduledThreadPoolExecutor newTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads("ml-delivery timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.prestartAllCoreThreads();
        return timer;
    }

    private static ThreadFactory threads(String name) {
        return new NamingThreadFactory(new ClassLoaderSanityThreadFactory(new DaemonThreadFactory()), name);
    }

    /** The pool. */
    static TickPool pool() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).ticks;
    }

    /** The pool of the rollouts. */
    static TickPool rollouts() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).rolloutTicks;
    }

    /** The pool of the runs of large manifests. */
    static TickPool manifests() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).manifestTicks;
    }

    /** Threads, which run as SYSTEM, for the looks at metrics of an owner's rollouts; one beyond its share waits. */
    static Executor looks(Owner owner) {
        Executor share = ExtensionList.lookupSingleton(DeliveryThreads.class).sharedLooks.of(owner);
        return look -> share.execute(() -> {
            AgentThreads.get().begin(owner); // It may have an agent ask for the metrics.
            try {
                look.run();
            } finally {
                AgentThreads.get().begin(null);
            }
        });
    }

    /** Whose work a build's steps do. */
    static Owner owner(Run<?, ?> build) {
        return Owner.ofJob(build.getParent().getFullName());
    }

    private void shutDown() {
        timer.shutdown();
        pool.shutdown();
        rollouts.shutdown();
        manifests.shutdown();
        // What a look finds now would be told to nobody.
        looks.shutdownNow();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            // The second has what the first has left of the time, also when the first has used it up.
            boolean ended = pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            boolean rolledOut = rollouts.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            boolean applied = manifests.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (ended && rolledOut && applied) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
        rollouts.shutdownNow();
        manifests.shutdownNow();
    }

    /**
     * Stops ticking when Jenkins shuts down: what is under way is persisted, and goes on when Jenkins is back. That is done before any terminator runs, since one of these has Pipeline save
     * its builds for the last time, and whatever a tick did after that would be done again.
     */
    @Extension
    public static final class Shutdown extends ItemListener {
        @Override
        public void onBeforeShutdown() {
            ExtensionList.lookup(DeliveryThreads.class).forEach(DeliveryThreads::shutDown);
            ExtensionList.lookup(DeliveryConnections.class).forEach(DeliveryConnections::shutDown);
        }
    }
}
