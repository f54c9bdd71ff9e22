package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Few places, such as the right to keep much in memory, for which owners take turns. Who has one may wait for servers that
 * its author chose; so next is who has fewest, and of those who had none for longest, first among the top-level items and
 * then among the jobs; and who has a place for long is ended for another one who has fewer. So an owner who
 * keeps all of them, with servers that never answer, holds up another one for that time and no longer, however many of its
 * jobs and builds wait. Thread-safe.
 */
public final class OwnerTurns {
    /** For places that nobody keeps for long. */
    public static final Duration FOREVER = Duration.ofDays(36_500);

    private final int most;
    private final Duration time;
    private final OwnerShares held;
    private final List<Turn> having = new ArrayList<>();
    private final List<Turn> waiting = new ArrayList<>();
    /** Of each job and top-level item that has a place or waits for one, which turn was the last. */
    private final Map<Object, Long> served = new HashMap<>();
    private long count;

    /**
     * So many places.
     *
     * @param most who have one at a time
     * @param time how long one may be kept at least; {@link #FOREVER} when nobody is ended
     */
    public OwnerTurns(int most, Duration time) {
        this.most = most;
        this.time = time;
        this.held = new OwnerShares(most, most);
    }

    /** One that has a place, or waits for it. */
    private static final class Turn {
        private final Owner owner;
        private final Deadline deadline;
        private long since;

        Turn(Owner owner, Deadline deadline) {
            this.owner = owner;
            this.deadline = deadline;
        }
    }

    /**
     * Waits for a place.
     *
     * @param owner whose it is
     * @param deadline of the work; it is ended when the place is to be given up
     * @return false when it is over before
     */
    public synchronized boolean take(Owner owner, Deadline deadline) throws InterruptedException {
        Turn turn = new Turn(owner, deadline);
        waiting.add(turn);
        try {
            while (having.size() >= most || next() != turn) {
                if (deadline.isOver()) {
                    return false;
                }
                long change = having.size() >= most && next() == turn ? makeWay(owner) : Long.MAX_VALUE;
                TimeUnit.NANOSECONDS.timedWait(this, Math.min(change, deadline.left().toNanos()) + 1_000_000);
            }
            enter(turn);
            return true;
        } finally {
            waiting.remove(turn);
            changed();
        }
    }

    /** Takes a place that is free and that nobody waits for. */
    public synchronized boolean tryTake(Owner owner, Deadline deadline) {
        if (having.size() >= most || !waiting.isEmpty()) {
            return false;
        }
        enter(new Turn(owner, deadline));
        return true;
    }

    private void enter(Turn turn) {
        turn.since = System.nanoTime();
        held.enter(turn.owner);
        having.add(turn);
        count++;
        served.put(turn.owner, count);
        served.put(turn.owner.top(), count);
    }

    /** Gives back the place that was taken with this deadline. */
    public synchronized void give(Deadline deadline) {
        having.removeIf(turn -> {
            boolean it = turn.deadline == deadline;
            if (it) {
                held.leave(turn.owner);
            }
            return it;
        });
        changed();
    }

    private void changed() {
        Set<Object> present = new HashSet<>();
        Stream.concat(having.stream(), waiting.stream()).forEach(turn -> {
            present.add(turn.owner);
            present.add(turn.owner.top());
        });
        served.keySet().retainAll(present);
        notifyAll();
    }

    /** How many wait. */
    public synchronized int waiting() {
        return waiting.size();
    }

    private Turn next() {
        return waiting.stream()
                .min(Comparator.<Turn>comparingInt(turn -> held.inTop(turn.owner))
                        .thenComparingInt(turn -> held.inJob(turn.owner))
                        .thenComparing(turn -> served.getOrDefault(turn.owner.top(), 0L))
                        .thenComparing(turn -> served.getOrDefault(turn.owner, 0L)))
                .orElse(null);
    }

    /** Whether somebody has more than another one would have after getting one from it. */
    private boolean hasMore(Owner one, Owner other) {
        return one.top().equals(other.top())
                ? held.inJob(one) > held.inJob(other)
                : held.inTop(one) > held.inTop(other);
    }

    /** Ends one for an owner who has fewer. In how many nanoseconds to try again, if one may be ended then. */
    private long makeWay(Owner owner) {
        if (having.stream().anyMatch(turn -> turn.deadline.isEnded())) {
            return Long.MAX_VALUE; // It gives its place back as soon as it notices.
        }
        long now = System.nanoTime();
        Turn longest = having.stream()
                .filter(turn -> hasMore(turn.owner, owner))
                .max(Comparator.<Turn>comparingInt(turn -> held.inTop(turn.owner))
                        .thenComparingInt(turn -> held.inJob(turn.owner))
                        .thenComparing(turn -> now - turn.since))
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
