package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The right of few looks of a process to keep much in memory. A look that has it waits for servers that its author chose,
 * so owners take turns: next is the one who has fewest, and of those the one who had none for longest; and a look that has
 * it for long is ended when the next owner has fewer than its own. So an owner who keeps all of them, with servers that
 * never answer, holds up another one for that time and no longer, however many looks wait. Thread-safe.
 */
final class LargeLooks {
    private final int most;
    private final Duration time;
    private final List<Look> held = new ArrayList<>();
    private final List<Look> waiting = new ArrayList<>();
    /** Of each owner who has or waits for the right, which turn was the last. */
    private final Map<Object, Long> served = new HashMap<>();
    private long turn;

    /**
     * @param most looks that have it at a time
     * @param time how long a look has it at least
     */
    LargeLooks(int most, Duration time) {
        this.most = most;
        this.time = time;
    }

    /** One that has it, or waits. */
    private static final class Look {
        private final Object owner;
        private final Deadline deadline;
        private long since;

        Look(Object owner, Deadline deadline) {
            this.owner = owner;
            this.deadline = deadline;
        }
    }

    /**
     * Waits for the right.
     *
     * @param owner whose look it is
     * @param deadline of the look; it is ended when the look is to give way
     * @return false when the look is over before
     */
    synchronized boolean take(Object owner, Deadline deadline) throws InterruptedException {
        Look look = new Look(owner, deadline);
        waiting.add(look);
        try {
            while (held.size() >= most || next() != look) {
                if (deadline.isOver()) {
                    return false;
                }
                long change = held.size() >= most && next() == look ? makeWay(owner) : Long.MAX_VALUE;
                TimeUnit.NANOSECONDS.timedWait(this, Math.min(change, deadline.left().toNanos()) + 1_000_000);
            }
            look.since = System.nanoTime();
            held.add(look);
            served.put(owner, ++turn);
            return true;
        } finally {
            waiting.remove(look);
            changed();
        }
    }

    /** Gives it back. */
    synchronized void give(Deadline deadline) {
        held.removeIf(look -> look.deadline == deadline);
        changed();
    }

    private void changed() {
        Set<Object> present = Stream.concat(held.stream(), waiting.stream()).map(look -> look.owner).collect(Collectors.toSet());
        served.keySet().retainAll(present);
        notifyAll();
    }

    /** How many wait. */
    synchronized int waiting() {
        return waiting.size();
    }

    private Look next() {
        return waiting.stream()
                .min(Comparator.<Look>comparingLong(look -> has(look.owner)).thenComparing(look -> served.getOrDefault(look.owner, 0L)))
                .orElse(null);
    }

    private long has(Object owner) {
        return held.stream().filter(look -> look.owner.equals(owner)).count();
    }

    /** Ends a look for an owner who has fewer. In how many nanoseconds to try again, if one may be ended then. */
    private long makeWay(Object owner) {
        if (held.stream().anyMatch(look -> look.deadline.isEnded())) {
            return Long.MAX_VALUE; // It gives its right back as soon as it notices.
        }
        long now = System.nanoTime();
        Look longest = held.stream()
                .filter(look -> has(look.owner) > has(owner))
                .max(Comparator.<Look>comparingLong(look -> has(look.owner)).thenComparing(look -> now - look.since))
                .orElse(null);
        if (longest == null) {
            return Long.MAX_VALUE;
        }
        long left = time.toNanos() - (now - longest.since);
        if (left <= 0) {
            longest.deadline.end();
            return Long.MAX_VALUE;
        }
        return left;
    }
}
