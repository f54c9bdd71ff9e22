package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Asks another gate on a thread of its own, so that a rollout does not wait for it: a look at metrics may take minutes,
 * and the rollout's lease runs out after one. While a look is under way the answer is pending. There is one look at a
 * time; one that belongs to an earlier step, or to other
 * pods, is interrupted, and what it answers is dropped.
 *
 * <p>One thread at a time asks.
 */
public final class BackgroundGate implements Gate, AutoCloseable {
    private final Gate gate;
    private final Executor threads;
    private final Runnable onAnswer;
    private final Duration pause;
    /** Under way, or done and not yet asked for; null when there is none. */
    private Look look;
    private boolean closed;

    /**
     * @param gate is asked by one thread at a time
     * @param threads on which it is asked
     * @param onAnswer called, on such a thread, whenever an answer is there
     * @param pause after how long to ask this again while a look is under way
     */
    public BackgroundGate(Gate gate, Executor threads, Runnable onAnswer, Duration pause) {
        this.gate = gate;
        this.threads = threads;
        this.onAnswer = onAnswer;
        this.pause = pause;
    }

    /** Whether there is a look whose answer was not taken yet. */
    @Override
    public synchronized boolean isLooking() {
        return look != null;
    }

    /** Whether there is a look that has no thread yet. */
    public synchronized boolean isWaiting() {
        return look != null && !look.begun;
    }

    @Override
    public synchronized Answer look(RolloutFacts facts) {
        if (look != null && !look.isAbout(facts)) {
            look.cancel();
            if (look.over) {
                look = null;
            }
        } else if (look != null && look.over) {
            Look done = look;
            look = null;
            Answer answer = done.answer();
            if (answer != null) {
                return answer;
            }
        }
        if (look == null && !closed) {
            begin(facts);
        }
        return Answer.pending("the metrics are being read", pause);
    }

    private void begin(RolloutFacts facts) {
        Look next = new Look(facts);
        try {
            threads.execute(next);
            look = next;
        } catch (RejectedExecutionException e) {
            // The process ends; whoever goes on asks again.
        }
    }

    /** Ends the look that is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        if (look != null) {
            look.cancel();
        }
    }

    /** One question. Guarded by the gate. */
    private final class Look implements Runnable {
        private final RolloutFacts facts;
        private final AbortableWork work = new AbortableWork();
        private boolean begun;
        private boolean over;
        private Answer answer;
        private Throwable failure;

        Look(RolloutFacts facts) {
            this.facts = facts;
        }

        boolean isAbout(RolloutFacts other) {
            return facts.step() == other.step() && facts.subject().equals(other.subject());
        }

        void cancel() {
            work.abort();
        }

        @Override
        public void run() {
            Answer found = null;
            Throwable problem = null;
            synchronized (BackgroundGate.this) {
                begun = true;
            }
            try {
                found = work.run(() -> gate.look(facts));
            } catch (InterruptedException e) {
                // There is no answer, and the question will be asked again if it is still one.
            } catch (DeliveryException | RuntimeException | Error e) {
                problem = e;
            }
            synchronized (BackgroundGate.this) {
                answer = found;
                failure = problem;
                over = true;
            }
            onAnswer.run();
        }

        /** Null when it was interrupted. */
        private Answer answer() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
            }
            return answer;
        }
    }
}
