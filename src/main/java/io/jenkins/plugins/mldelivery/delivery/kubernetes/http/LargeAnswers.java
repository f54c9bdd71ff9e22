package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets few large answers be read at a time, so that many calls at once do not fill the heap. Nobody blocks: whoever has
 * to wait is called.
 */
final class LargeAnswers {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int free = AnswerLimits.LARGE_ANSWERS;

    /**
     * Begins to read one.
     *
     * @param turn called later, when its turn has come, if it has to wait
     * @return whether it may be read at once
     */
    synchronized boolean enter(Runnable turn) {
        if (free > 0) {
            free--;
            return true;
        }
        waiting.add(turn);
        return false;
    }

    /** Ends the reading of one, and lets the next one in. */
    void leave() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
                return;
            }
        }
        next.run();
    }
}
