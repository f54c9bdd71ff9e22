package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Tells one rollout that something of its model has changed, and nothing of what: the rollout reads it anew, so that it never acts on what is stale. A storm of changes wakes it no more than five times
 * a second.
 */
public final class ModelWatch implements AutoCloseable {
    /** Label of a model's objects: its name. */
    public static final String MODEL_LABEL = "ml-delivery.io/model";

    private static final long APART = Duration.ofMillis(200).toNanos();

    private final NamespaceWatch there;
    private final String model;
    private final Runnable onChange;
    private final ScheduledExecutorService timer;
    private final Consumer<ModelWatch> end;
    private final AtomicBoolean due = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long last = System.nanoTime() - APART;

    /** @param there what watches, or null when nothing does */
    ModelWatch(NamespaceWatch there, String model, Runnable onChange, ScheduledExecutorService timer, Consumer<ModelWatch> end) {
        this.there = there;
        this.model = model;
        this.onChange = onChange;
        this.timer = timer;
        this.end = end;
    }

    /** Whether every change is told now; while this is not so, the rollout has to look by itself. */
    public boolean connected() {
        return there != null && there.connected();
    }

    /** Whether the cluster does not permit it. */
    public boolean refused() {
        return there != null && there.refused();
    }

    String model() {
        return model;
    }

    void changed() {
        if (closed.get() || !due.compareAndSet(false, true)) {
            return;
        }
        long wait = Math.max(0, last + APART - System.nanoTime());
        try {
            timer.schedule(this::wake, wait, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            due.set(false); // The connections are closed: nobody is woken any more.
        }
    }

    private void wake() {
        last = System.nanoTime();
        // First: what changes from here on needs another wake-up.
        due.set(false);
        if (!closed.get()) {
            onChange.run();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            end.accept(this);
        }
    }
}
