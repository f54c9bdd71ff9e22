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

    private static final int PATIENCE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor pool;
    private final ScheduledExecutorService impersonating;

    public DeliveryThreads() {
        pool = new ScheduledThreadPoolExecutor(
                MOST, new NamingThreadFactory(new ClassLoaderSanityThreadFactory(new DaemonThreadFactory()), "ml-delivery"));
        pool.setKeepAliveTime(1, TimeUnit.MINUTES);
        pool.allowCoreThreadTimeOut(true);
        pool.setRemoveOnCancelPolicy(true);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        impersonating = new ImpersonatingScheduledExecutorService(pool, ACL.SYSTEM2);
    }

    /** The pool. Its threads run as SYSTEM; what belongs to a run's user is looked up with the run's authentication. */
    static ScheduledExecutorService pool() {
        return ExtensionList.lookupSingleton(DeliveryThreads.class).impersonating;
    }

    private void shutDown() {
        pool.shutdown();
        try {
            if (pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
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
