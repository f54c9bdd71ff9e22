package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What all looks of a process share: the right to large reads, and threads that resolve names and read pages, which end when they have
 * nothing to do. An adapter has one for all its steps.
 */
public final class SharedReads {
    private static final int MAX_RESOLVERS = 32;
    /** For as many looks as Jenkins makes at a time. */
    private static final int MAX_READERS = 24 * ReadLimits.MAX_OPEN_PAGES;

    private final LargeLooks large;
    private final NameLookup names;
    private final ThreadPoolExecutor readers;
    /** Null when each look is somebody else's. */
    private final Object owner;

    /** Of a process, to be shared by all its looks. */
    public SharedReads() {
        this(new LargeLooks(ReadLimits.MAX_LARGE_LOOKS, ReadLimits.MAX_LARGE_TIME));
    }

    SharedReads(LargeLooks large) {
        this(large, new NameLookup(MAX_RESOLVERS), threads(), null);
    }

    private SharedReads(LargeLooks large, NameLookup names, ThreadPoolExecutor readers, Object owner) {
        this.large = large;
        this.names = names;
        this.readers = readers;
        this.owner = owner;
    }

    /**
     * The same, for the looks of one owner, who takes turns with the others.
     *
     * @param who equal for all looks that belong together, such as those of a job
     */
    public SharedReads of(Object who) {
        return new SharedReads(large, names, readers, who);
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(MAX_READERS, MAX_READERS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "ml-delivery pages");
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Waits for the right to keep much in memory; false when the look is over before.
     *
     * @param look the look's deadline, which is ended when it keeps the right for long and others wait
     */
    boolean takeLarge(Deadline look) throws InterruptedException {
        return large.take(owner == null ? new Object() : owner, look);
    }

    /** Gives it back. */
    void giveLarge(Deadline look) {
        large.give(look);
    }

    /** Threads that read pages. */
    ExecutorService readers() {
        return readers;
    }

    /** Finds servers, and checks whether they may be asked. */
    NameLookup names() {
        return names;
    }
}
