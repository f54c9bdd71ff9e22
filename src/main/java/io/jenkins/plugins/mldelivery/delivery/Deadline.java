package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;

/**
 * Until when something may go on, by the machine's monotonic clock: what waits for a server asks how long it may, and what
 * counts, parses or matches asks now and then whether it may go on. It is over as well when the thread was interrupted,
 * that is, when the build was aborted.
 */
public final class Deadline {
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final long end;

    private Deadline(long end) {
        this.end = end;
    }

    /** After this time from now on. */
    public static Deadline in(Duration time) {
        Duration bounded = time.isNegative() ? Duration.ZERO : time.compareTo(FOREVER) > 0 ? FOREVER : time;
        return new Deadline(System.nanoTime() + bounded.toNanos());
    }

    /** Never. */
    public static Deadline none() {
        return in(FOREVER);
    }

    /** How much time is left; zero when it is over. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** What is left of this one, and at most this time from now on. */
    public Deadline atMost(Duration time) {
        return time.compareTo(left()) < 0 ? in(time) : this;
    }

    /** Whether the time is over. */
    public boolean isOver() {
        return end - System.nanoTime() <= 0;
    }

    /**
     * Ends a loop that has no time left.
     *
     * @throws Over when the time is over, or the thread was interrupted, which it still is then
     */
    public void check() {
        if (Thread.currentThread().isInterrupted() || isOver()) {
            throw new Over();
        }
    }

    /** The time was over, or the thread was interrupted, in the middle of something that takes no time as a rule. */
    public static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Over() {
            super("its time is over", null, false, false);
        }
    }
}
