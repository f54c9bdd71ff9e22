package io.jenkins.plugins.mldelivery.config;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Guards one connection to an agent: after a call that it did not answer in time nothing more is asked of it for a
 * while, and then by one call only until that one is answered. So an agent that hangs takes one thread now and then,
 * however many steps wait for it.
 */
final class AgentGate {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final int MAX_DOUBLINGS = 2;

    private final LongSupplier nanoTime;
    private final Object node;
    private final NodeCalls ofNodes;
    private int calls;
    private int late;
    private long closedUntil;

    /**
     * @param nanoTime the clock, as {@link System#nanoTime}
     * @param node the agent, which has one connection after another
     * @param ofNodes where its calls are counted
     */
    AgentGate(LongSupplier nanoTime, Object node, NodeCalls ofNodes) {
        this.nanoTime = nanoTime;
        this.node = node;
        this.ofNodes = ofNodes;
    }

    /** Whether a call may begin; if so, {@link #answered} or {@link #late} must follow, and {@link #ended}. */
    synchronized boolean enter() {
        boolean tried = late > 0 && (calls > 0 || nanoTime.getAsLong() - closedUntil < 0);
        if (tried || !ofNodes.enter(node)) {
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
        ofNodes.leave(node);
    }
}
