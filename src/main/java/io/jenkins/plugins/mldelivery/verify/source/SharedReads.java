package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
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

    private final Semaphore large = new Semaphore(ReadLimits.MAX_LARGE_LOOKS, true);
    private final NameLookup names = new NameLookup(MAX_RESOLVERS);
    private final ThreadPoolExecutor readers = threads();

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(MAX_READERS, MAX_READERS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "ml-delivery pages");
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Waits for the right to keep much in memory; false when there was none in this time. */
    boolean takeLarge(Duration patience) throws InterruptedException {
        return large.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives it back. */
    void giveLarge() {
        large.release();
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
