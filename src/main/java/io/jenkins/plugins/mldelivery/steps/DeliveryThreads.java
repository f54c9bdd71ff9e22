package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.util.ClassLoaderSanityThreadFactory;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingScheduledExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The plugin's own bounded pool, on which all waiting steps tick. Remote calls are made here, never on Pipeline's or the controller's shared threads. Idle threads end after a minute.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DeliveryThreads {
    /** Most threads of the plugin on the controller. */
    static final int MOST = 24;

    /** Most of them for the steps of one job. */
    static final int MOST_OF_A_JOB = MOST / 3;

    /**
     * Most threads on which rollouts under way tick. They have their own, so that they renew their leases while builds
     * take all others. A tick on them takes some 30 seconds at most, and as a rule much less.
     */
    static final int MAX_ROLLOUTS = 12;

    /**
     * Most threads on which rollouts read metrics, which may take minutes. Each may read those of four pods at once, for
     * 10 seconds each. Should all of them be slow pods of one cluster, a rollout waits as long for one of the 32 threads
     * of that cluster's connection, of which the watches ({@link DeliveryConnections#MOST_WATCHES}) take 8; its lease
     * has more time.
     */
    static final int MAX_LOOKS = 12;

    private static final int PATIENCE_SECONDS = 5;

    private final TickShares shares = new TickShares(MOST_OF_A_JOB);
    private final ScheduledThreadPoolExecutor pool = newPool(MOST, "ml-delivery");
    private final ScheduledThreadPoolExecutor rollouts = newPool(MAX_ROLLOUTS, "ml-delivery rollouts");
    private final ScheduledThreadPoolExecutor looks = newPool(MAX_LOOKS, "ml-delivery looks");
    private final ScheduledExecutorService impersonating = new ImpersonatingScheduledExecutorService(pool, ACL.SYSTEM2);
    private final ScheduledExecutorService impersonatingRollouts = new ImpersonatingScheduledExecutorService(rollouts, ACL.SYSTEM2);

    private final ScheduledExecutorService impersonatingLooks = new ImpersonatingScheduledExecutorService(looks, ACL.SYSTEM2);

    private static ScheduledThreadPoolExecutor newPool(int most, String name) {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(
                most, new NamingThreadFactory(new ClassLoaderSanityThreadFactory(new DaemonThreadFactory()), name));
        pool.setKeepAliveTime(1, TimeUnit.MINUTES);
        pool.allowCoreThreadTimeOut(true);
        pool.setRemoveOnCancelPolicy(true);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return pool;
    }

    /** The pool. Its threads run as SYSTEM; what belongs to a run's user is looked up with the run's authentication. */
    static ScheduledExecutorService pool() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).impersonating;
    }

    /** Who has how many of the pool's threads. */
    static TickShares shares() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).shares;
    }

    /** The pool of the rollouts, likewise. */
    static ScheduledExecutorService rollouts() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).impersonatingRollouts;
    }

    /** The pool of the rollouts' looks at metrics, likewise. */
    static ScheduledExecutorService looks() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).impersonatingLooks;
    }

    private void shutDown() {
        pool.shutdown();
        rollouts.shutdown();
        // What a look finds now would be told to nobody.
        looks.shutdownNow();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            // The second has what the first has left of the time, also when the first has used it up.
            boolean ended = pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            boolean rolledOut = rollouts.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (ended && rolledOut) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
        rollouts.shutdownNow();
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
