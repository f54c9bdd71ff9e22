package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.remoting.VirtualChannel;
import hudson.security.ACL;
import hudson.util.ClassLoaderSanityThreadFactory;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The threads that wait for agents, so that no thread that serves others does: sending to an agent that hangs blocks,
 * and can't be given a time limit. They end after a minute without work.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class AgentThreads {
    /** Calls to all agents under way at most. */
    static final int MAX_CALLS = 64;

    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0,
            MAX_CALLS,
            1,
            TimeUnit.MINUTES,
            new SynchronousQueue<>(),
            new NamingThreadFactory(new ClassLoaderSanityThreadFactory(new DaemonThreadFactory()), "ml-delivery agents"));
    private final ExecutorService threads = new ImpersonatingExecutorService(pool, ACL.SYSTEM2);
    private final NodeCalls calls = new NodeCalls(() -> pool.getActiveCount() >= MAX_CALLS / 2);
    private final Map<VirtualChannel, AgentGate> gates = new WeakHashMap<>();

    /** Those that one job waits for at most, and all jobs of one top-level item together. */
    static final int CALLS_OF_A_JOB = 16;

    static final int CALLS_OF_A_TOP = 40;

    private final OwnerShares shares = new OwnerShares(CALLS_OF_A_JOB, CALLS_OF_A_TOP);
    /** Whose the calls are that a thread makes. */
    private final ThreadLocal<Owner> owner = new ThreadLocal<>();

    public static AgentThreads get() {
        return ExtensionList.lookupSingleton(AgentThreads.class);
    }

    /**
     * From now on the calls that this thread makes are counted as somebody's.
     *
     * @param whose null for nobody's
     */
    public void begin(Owner whose) {
        if (whose == null) {
            owner.remove();
        } else {
            owner.set(whose);
        }
    }

    /** Whose calls this thread makes; null for nobody's. */
    public Owner owner() {
        return owner.get();
    }

    /** Who has how many calls under way. */
    OwnerShares shares() {
        return shares;
    }

    /** Refuses work with a {@link java.util.concurrent.RejectedExecutionException} when all threads wait. */
    ExecutorService threads() {
        return threads;
    }

    /** The gate of the connection to an agent. A new connection has a new one, and counts with the old ones. */
    AgentGate gate(FilePath folder) {
        VirtualChannel connection = folder.getChannel();
        synchronized (gates) {
            return gates.computeIfAbsent(connection, c -> new AgentGate(System::nanoTime, node(folder), calls));
        }
    }

    /** The node's name; of a connection that is over, by which nothing can be asked any more, something of its own. */
    private static Object node(FilePath folder) {
        Computer computer = folder.toComputer();
        return computer == null ? new Object() : computer.getName();
    }
}
