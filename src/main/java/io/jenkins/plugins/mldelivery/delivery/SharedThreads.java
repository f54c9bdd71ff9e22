package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for work that waits for servers which somebody else chose, shared by owners: of one owner's tasks only so many
 * run at a time, and its others wait behind them, so that they don't hold up anybody else's. The jobs of one top-level
 * item take turns for what they have together. Thread-safe.
 */
public final class SharedThreads {
    private static final int IDLE_SECONDS = 5;

    private final Executor pool;
    private final OwnerShares shares;
    /** Of each top-level item, what waits of its jobs, first the one that had none for longest. No queue is empty. */
    private final Map<String, Map<Owner, Queue<Runnable>>> waiting = new HashMap<>();

    /**
     * Threads that somebody else has.
     *
     * @param pool has a queue of its own, or refuses nothing before its end
     * @param shares of its threads
     */
    public SharedThreads(Executor pool, OwnerShares shares) {
        this.pool = pool;
        this.shares = shares;
    }

    /**
     * Threads of its own, which end when they have had nothing to do for some seconds.
     *
     * @param name of the threads
     * @param most tasks that run at a time
     * @param shares of them
     */
    public SharedThreads(String name, int most, OwnerShares shares) {
        this(threads(name, most), shares);
    }

    private static Executor threads(String name, int most) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Runs the tasks of an owner. Refuses one, by a {@link RejectedExecutionException}, where the pool does. */
    public Executor of(Owner owner) {
        return task -> execute(owner, task);
    }

    private synchronized void execute(Owner owner, Runnable task) {
        if (shares.enter(owner)) {
            start(owner, task);
        } else {
            Queue<Runnable> tasks = waiting.computeIfAbsent(owner.top(), top -> new LinkedHashMap<>())
                    .computeIfAbsent(owner, job -> new ArrayDeque<>());
            // Whoever gives up and asks again, for as long as threads hang, leaves no heap of them.
            tasks.removeIf(waits -> waits instanceof Future<?> future && future.isCancelled());
            tasks.add(task);
        }
    }

    /** How many tasks wait for their owner's share. */
    synchronized int waiting() {
        return waiting.values().stream()
                .flatMap(jobs -> jobs.values().stream())
                .mapToInt(Queue::size)
                .sum();
    }

    /** The owner has entered. */
    private void start(Owner owner, Runnable task) {
        boolean taken = false;
        try {
            pool.execute(() -> run(owner, task));
            taken = true;
        } finally {
            if (!taken) {
                shares.leave(owner);
            }
        }
    }

    private void run(Owner owner, Runnable task) {
        try {
            task.run();
        } finally {
            next(owner);
        }
    }

    /** A task has ended: one that waited for its share goes behind those of others that wait for a thread. */
    private synchronized void next(Owner ended) {
        shares.leave(ended);
        Map<Owner, Queue<Runnable>> jobs = waiting.getOrDefault(ended.top(), Map.of());
        for (Iterator<Map.Entry<Owner, Queue<Runnable>>> each = jobs.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Owner, Queue<Runnable>> job = each.next();
            Owner owner = job.getKey();
            if (shares.enter(owner)) {
                Queue<Runnable> tasks = job.getValue();
                Runnable task = tasks.remove();
                each.remove();
                if (!tasks.isEmpty()) {
                    jobs.put(owner, tasks);
                } else if (jobs.isEmpty()) {
                    waiting.remove(owner.top());
                }
                start(owner, task);
                return;
            }
        }
    }
}
