package io.jenkins.plugins.mldelivery.steps;

import java.util.HashMap;
import java.util.Map;

/** How many ticks of each job are under way, so that none takes all threads: a tick waits for servers that the job's author chose. Thread-safe. */
final class TickShares {
    private final int most;
    private final Map<String, Integer> underWay = new HashMap<>();

    /** @param most ticks of one job at a time */
    TickShares(int most) {
        this.most = most;
    }

    /**
     * Whether a tick may begin; if so, {@link #leave} must follow.
     *
     * @param job its full name
     */
    synchronized boolean enter(String job) {
        int now = underWay.getOrDefault(job, 0);
        if (now >= most) {
            return false;
        }
        underWay.put(job, now + 1);
        return true;
    }

    /** The tick has ended. */
    synchronized void leave(String job) {
        underWay.computeIfPresent(job, (name, now) -> now > 1 ? now - 1 : null);
    }
}
