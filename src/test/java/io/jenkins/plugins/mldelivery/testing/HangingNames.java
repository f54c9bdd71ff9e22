package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that resolve names, which a name server keeps as long as it likes, as the system's resolver lets it: whatever
 * becomes of those who wait for an answer.
 */
public final class HangingNames implements AutoCloseable {
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger kept = new AtomicInteger();
    private final SharedThreads threads;

    /** @param ofJob how many threads one owner may have */
    public HangingNames(int ofJob) {
        threads = new SharedThreads(this::start, Integer.MAX_VALUE, new OwnerShares(ofJob, ofJob));
    }

    private void start(Runnable task) {
        Thread thread = new Thread(() -> {
            kept.incrementAndGet();
            while (answer.getCount() > 0) {
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    // Nobody can interrupt it.
                }
            }
            task.run();
        }, "hanging names");
        thread.setDaemon(true);
        thread.start();
    }

    /** The threads of an owner. */
    public Executor of(Owner owner) {
        return threads.of(owner);
    }

    /** How many threads were taken until now. */
    public int kept() {
        return kept.get();
    }

    /** The name server answers. */
    @Override
    public void close() {
        answer.countDown();
    }
}
