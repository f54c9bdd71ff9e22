package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for work that waits for servers which somebody else chose, shared by owners: of one owner's tasks only so many
 * run at a time, and its others wait behind them, so that they don't hold up anybody else's. Whoever waits gets a thread
 * in turn, however many tasks it has: first the top-level items take turns, then the jobs of one of them, and the tasks
 * of a job run in the order in which they came. A thread that becomes free goes to the next one at once; nobody asks for
 * it again and again. Thread-safe.
 */
public final class SharedThreads {
    private static final int IDLE_SECONDS = 5;

    private final Executor pool;
    private final int most;
    private final OwnerShares shares;
    /**
     * Of each top-level item, what waits of its jobs; of items and of jobs first the one that had none for longest. No
     * map and no queue is empty.
     */
    private final Map<String, Map<Owner, Deque<Turn>>> waiting = new LinkedHashMap<>();
    private int running;

    /**
     * Threads that somebody else has.
     *
     * @param pool has as many threads, and refuses nothing before its end
     * @param most tasks that run at a time
     * @param shares of them
     */
    public SharedThreads(Executor pool, int most, OwnerShares shares) {
        this.pool = pool;
        this.most = most;
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
        this(threads(name, most), most, shares);
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

    /**
     * Runs the tasks of an owner. Refuses one, by a {@link RejectedExecutionException}, where the pool does, and by the
     * error that Java throws when it can make no thread; the task does not run then.
     */
    public Executor of(Owner owner) {
        return task -> execute(new Turn(owner, task));
    }

    /** A task that somebody may give up while it waits; it then has nothing to do when its turn comes. */
    public interface Task extends Runnable {
        /** Whether nobody wants it any more. */
        boolean isGivenUp();
    }

    /** A task that waits for a thread, or has one. */
    private record Turn(Owner owner, Runnable task) {
        boolean isGivenUp() {
            return task instanceof Future<?> future && future.isCancelled()
                    || task instanceof Task waiting && waiting.isGivenUp();
        }
    }

    private synchronized void execute(Turn turn) {
        if (!enter(turn.owner())) {
            Deque<Turn> turns = waiting.computeIfAbsent(turn.owner().top(), top -> new LinkedHashMap<>())
                    .computeIfAbsent(turn.owner(), job -> new ArrayDeque<>());
            // Whoever gives up and asks again, for as long as threads hang, leaves no heap of them.
            turns.removeIf(Turn::isGivenUp);
            turns.add(turn);
            return;
        }
        boolean taken = false;
        try {
            pool.execute(() -> run(turn));
            taken = true;
        } finally {
            if (!taken) {
                leave(turn.owner());
            }
        }
    }

    /** How many tasks wait for their owner's share. */
    synchronized int waiting() {
        return waiting.values().stream()
                .flatMap(jobs -> jobs.values().stream())
                .mapToInt(Deque::size)
                .sum();
    }

    private boolean enter(Owner owner) {
        boolean may = running < most && shares.enter(owner);
        running += may ? 1 : 0;
        return may;
    }

    private void leave(Owner owner) {
        running--;
        shares.leave(owner);
    }

    /**
     * Runs a task, and those after it for which the pool has no thread. What they throw is told as if it ended the
     * thread, but does not: the pool might get no other one for the next task.
     */
    private void run(Turn first) {
        for (Turn turn = first; turn != null; turn = next(turn.owner())) {
            try {
                turn.task().run();
            } catch (Throwable e) { // Also a checked one, which Java lets pass where the compiler did not see it.
                tell(e);
            }
        }
    }

    private static void tell(Throwable failure) {
        try {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        } catch (RuntimeException | Error e) {
            // There is nobody else to tell.
        }
    }

    /**
     * A task has ended, and whoever is next begins on another thread.
     *
     * @return what this thread has to run, since Java can make no other one; null as a rule
     */
    private synchronized Turn next(Owner ended) {
        leave(ended);
        Turn next = poll();
        if (next == null) {
            return null;
        }
        try {
            pool.execute(() -> run(next));
            return null;
        } catch (RejectedExecutionException e) {
            // The pool has ended, and takes no other task either.
            leave(next.owner());
            waiting.clear();
            return null;
        } catch (Error e) {
            // It is not to be taken for an interrupt of the next task.
            Thread.interrupted();
            return next;
        }
    }

    /** Takes the next one that may begin; its job and its top-level item go behind the others that wait. */
    private Turn poll() {
        for (Iterator<Map.Entry<String, Map<Owner, Deque<Turn>>>> tops = waiting.entrySet().iterator(); tops.hasNext(); ) {
            Map.Entry<String, Map<Owner, Deque<Turn>>> top = tops.next();
            Turn turn = poll(top.getValue());
            if (turn != null) {
                tops.remove();
                if (!top.getValue().isEmpty()) {
                    waiting.put(top.getKey(), top.getValue());
                }
                return turn;
            }
        }
        return null;
    }

    private Turn poll(Map<Owner, Deque<Turn>> jobs) {
        for (Iterator<Map.Entry<Owner, Deque<Turn>>> each = jobs.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Owner, Deque<Turn>> job = each.next();
            if (enter(job.getKey())) {
                Deque<Turn> turns = job.getValue();
                Turn turn = turns.remove();
                each.remove();
                if (!turns.isEmpty()) {
                    jobs.put(turn.owner(), turns);
                }
                return turn;
            }
        }
        return null;
    }
}
