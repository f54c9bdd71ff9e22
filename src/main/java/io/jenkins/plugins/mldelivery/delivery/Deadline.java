package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Until when something may go on, by the machine's monotonic clock: what waits for a server asks how long it may, and what
 * counts, parses or matches asks now and then whether it may go on. It is over as well when the thread was interrupted,
 * that is, when the build was aborted. Whoever has set it may end it early, and may leave out of it what was waited for
 * others; both hold for all that was derived from it too. Thread-safe.
 */
public final class Deadline {
    /** So many steps of a loop between two looks at the time, which take longer than a step. */
    private static final int EACH = 256;

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final long end;
    /** What this one is a part of, or null. */
    private final Deadline whole;
    /** What was left out of the whole before. */
    private final long leftOutBefore;
    private volatile boolean ended;
    private final AtomicLong leftOut = new AtomicLong();

    private Deadline(long end, Deadline whole) {
        this.end = end;
        this.whole = whole;
        this.leftOutBefore = whole == null ? 0 : whole.leftOut();
    }

    /** After this time from now on. */
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + nanos(time), null);
    }

    private static long nanos(Duration time) {
        Duration bounded = time.isNegative() ? Duration.ZERO : time.compareTo(FOREVER) > 0 ? FOREVER : time;
        return bounded.toNanos();
    }

    /** Never. */
    public static Deadline none() {
        return in(FOREVER);
    }

    /** How much time is left; zero when it is over. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, leftNanos()));
    }

    private long leftNanos() {
        if (ended) {
            return 0;
        }
        long own = end - System.nanoTime();
        return whole == null ? own : Math.min(own + whole.leftOut() - leftOutBefore, whole.leftNanos());
    }

    private long leftOut() {
        return leftOut.get() + (whole == null ? 0 : whole.leftOut());
    }

    /** What is left of this one, and at most this time from now on. */
    public Deadline atMost(Duration time) {
        return time.compareTo(left()) < 0 ? new Deadline(System.nanoTime() + nanos(time), this) : this;
    }

    /** Whether the time is over. */
    public boolean isOver() {
        return leftNanos() <= 0;
    }

    /** It is over from now on. */
    public void end() {
        ended = true;
    }

    /** Whether it was ended before its time. */
    public boolean isEnded() {
        return ended || whole != null && whole.isEnded();
    }

    /** So much of the time that was spent does not count in what was derived from this one; its own end stays. */
    public void leaveOut(Duration time) {
        leftOut.addAndGet(time.toNanos());
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

    /** The same in a loop of many small steps, which looks at the time now and then. */
    public void check(long step) {
        if (step % EACH == 0) {
            check();
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
