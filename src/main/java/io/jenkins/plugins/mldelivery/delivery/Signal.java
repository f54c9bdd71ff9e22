package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Cuts a sleep short, see {@link Clock#sleep(Duration, Signal)}. A signal that is raised while nobody sleeps ends the next sleep at once. Thread-safe. */
public final class Signal {
    private boolean raised;

    /** Wakes the sleeper. */
    public synchronized void raise() {
        raised = true;
        notifyAll();
    }

    /** Waits in real time until it is raised or the time is over, and lowers it. */
    synchronized void await(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        for (long left = most.toNanos(); !raised && left > 0; left = end - System.nanoTime()) {
            // At least a millisecond: a wait of zero would have no end.
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        }
        raised = false;
    }

    /** Forgets that it was raised. */
    synchronized void lower() {
        raised = false;
    }
}
