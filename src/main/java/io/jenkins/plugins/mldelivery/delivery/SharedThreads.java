package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for work that waits for servers which somebody else chose, shared by owners: of one owner's tasks only so many run at a time, and its
 * others wait behind them, so that they don't hold up anybody else's. Threads end when they have had nothing to do for some seconds. Thread-safe.
 */
public final class SharedThreads {
    private static final int IDLE_SECONDS = 5;

    private final ThreadPoolExecutor pool;
    private final int share;
    private final Map<Object, Tasks> owners = new HashMap<>();

    /**
     * @param name of the threads
     * @param most tasks that run at a time
     * @param share of them those of one owner
     */
    public SharedThreads(String name, int most, int share) {
        this.share = share;
        pool = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
    }

    /** Of an owner; there are no such objects for owners without tasks. */
    private static final class Tasks {
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private int running;
    }

    /**
     * Runs the tasks of an owner.
     *
     * @param owner equal for all tasks that belong together
     */
    public Executor of(Object owner) {
        return task -> execute(owner, task);
    }

    private synchronized void execute(Object owner, Runnable task) {
        Tasks tasks = owners.computeIfAbsent(owner, o -> new Tasks());
        if (tasks.running >= share) {
            tasks.waiting.add(task);
        } else {
            tasks.running++;
            pool.execute(() -> run(owner, task));
        }
    }

    private void run(Object owner, Runnable task) {
        try {
            task.run();
        } finally {
            next(owner);
        }
    }

    /** A task has ended: the next one of its owner goes behind those of others that wait for a thread. */
    private synchronized void next(Object owner) {
        Tasks tasks = owners.get(owner);
        Runnable task = tasks.waiting.poll();
        if (task != null) {
            pool.execute(() -> run(owner, task));
        } else if (--tasks.running == 0) {
            owners.remove(owner);
        }
    }
}
