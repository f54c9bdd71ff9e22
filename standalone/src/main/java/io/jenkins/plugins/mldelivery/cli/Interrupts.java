package io.jenkins.plugins.mldelivery.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into an interrupt of the working thread, and keeps the process alive until that thread has put its work in order (a rollout returns the traffic
 * first, Terraform saves its state).
 */
final class Interrupts implements AutoCloseable {
    private static final long GRACE_SECONDS = 120;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean interrupted;

    private Interrupts(Thread worker) {
        hook = new Thread(() -> {
            interrupted = true;
            worker.interrupt();
            try {
                done.await(GRACE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "ml-delivery interrupt");
    }

    static Interrupts of(Thread worker) {
        Interrupts interrupts = new Interrupts(worker);
        Runtime.getRuntime().addShutdownHook(interrupts.hook);
        return interrupts;
    }

    /** Whether a signal came. */
    boolean interrupted() {
        return interrupted;
    }

    @Override
    public void close() {
        done.countDown();
    }
}
