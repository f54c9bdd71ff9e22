package io.jenkins.plugins.mldelivery.delivery;

/**
 * Work on the thread of whoever runs it, which an abort from another thread ends at once, whatever it waits for. What
 * that thread does afterwards is not cut short.
 */
public final class AbortableWork {
    private Thread worker;
    private boolean aborted;

    /** What can be interrupted. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws DeliveryException, InterruptedException;
    }

    /**
     * Does it, unless there was an abort before.
     *
     * @throws InterruptedException when it was aborted, or the thread was interrupted for another reason
     */
    public <T> T run(Work<T> work) throws DeliveryException, InterruptedException {
        synchronized (this) {
            if (aborted) {
                throw new InterruptedException();
            }
            worker = Thread.currentThread();
        }
        try {
            return work.run();
        } finally {
            synchronized (this) {
                worker = null;
                if (aborted) {
                    Thread.interrupted();
                }
            }
        }
    }

    /** Whether there was an abort. */
    public synchronized boolean isAborted() {
        return aborted;
    }

    /** Interrupts the work under way, and lets none begin any more. */
    public synchronized void abort() {
        aborted = true;
        if (worker != null) {
            worker.interrupt();
        }
    }
}
