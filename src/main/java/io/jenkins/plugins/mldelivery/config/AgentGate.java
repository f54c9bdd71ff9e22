package io.jenkins.plugins.mldelivery.config;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Guards one agent: after a call that it did not answer in time nothing more is asked of it for a while, and then by
 * one call only until that one is answered. So an agent that hangs takes one thread now and then, however many steps
 * wait for it.
 */
final class AgentGate {
    /** How many calls to an agent are under way at most. */
    static final int MAX_CALLS = 8;

    /** How many while half of the threads for all agents are in use: so a few agents that hang leave some for the others. */
    static final int MAX_CALLS_OF_MANY = 2;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final int MAX_DOUBLINGS = 2;

    private final LongSupplier nanoTime;
    private final BooleanSupplier busy;
    private int calls;
    private int late;
    private long closedUntil;

    /**
     * @param nanoTime the clock, as {@link System#nanoTime}
     * @param busy whether half of the threads for all agents are in use
     */
    AgentGate(LongSupplier nanoTime, BooleanSupplier busy) {
        this.nanoTime = nanoTime;
        this.busy = busy;
    }

    /** Whether a call may begin; if so, {@link #answered} or {@link #late} must follow, and {@link #ended}. */
    synchronized boolean enter() {
        boolean tried = late > 0 && (calls > 0 || nanoTime.getAsLong() - closedUntil < 0);
        if (tried || calls >= (busy.getAsBoolean() ? MAX_CALLS_OF_MANY : MAX_CALLS)) {
            return false;
        }
        calls++;
        return true;
    }

    /** A call was answered, if only by an error. */
    synchronized void answered() {
        late = 0;
    }

    /** A call was not answered in time. */
    synchronized void late() {
        if (late > 0 && nanoTime.getAsLong() - closedUntil < 0) {
            return; // It began before the one that closed the gate.
        }
        long pause = FIRST_PAUSE.toNanos() << Math.min(late, MAX_DOUBLINGS);
        late++;
        closedUntil = nanoTime.getAsLong() + pause;
    }

    /** The thread of a call is free again, which may be long after it was late. */
    synchronized void ended() {
        calls--;
    }
}
