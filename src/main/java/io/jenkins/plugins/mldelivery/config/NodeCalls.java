package io.jenkins.plugins.mldelivery.config;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * How many calls to each node are under way. They are counted for the node and not for its connection: the thread of a
 * call that never comes back stays in use when the agent connects anew. Thread-safe.
 */
final class NodeCalls {
    /** How many calls to an agent are under way at most. */
    static final int MAX_CALLS = 8;

    /** How many while half of the threads for all agents are in use: so a few agents that hang leave some for the others. */
    static final int MAX_CALLS_OF_MANY = 2;

    private final BooleanSupplier busy;
    private final Map<Object, Integer> underWay = new HashMap<>();

    /** @param busy whether half of the threads for all agents are in use */
    NodeCalls(BooleanSupplier busy) {
        this.busy = busy;
    }

    /** Counts one more if there may be one more; if so, {@link #leave} must follow. */
    synchronized boolean enter(Object node) {
        if (of(node) >= (busy.getAsBoolean() ? MAX_CALLS_OF_MANY : MAX_CALLS)) {
            return false;
        }
        underWay.merge(node, 1, Integer::sum);
        return true;
    }

    /** The thread of one is free again. */
    synchronized void leave(Object node) {
        underWay.computeIfPresent(node, (key, now) -> now > 1 ? now - 1 : null);
    }

    /** How many there are. */
    synchronized int of(Object node) {
        return underWay.getOrDefault(node, 0);
    }
}
