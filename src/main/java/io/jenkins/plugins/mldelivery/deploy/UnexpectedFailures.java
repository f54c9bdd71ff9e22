package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Failures of ticks that nobody foresaw, such as that memory or threads have run out. Many are over after a while, so
 * some of them in a row are waited out: {@link #TOO_MANY} are given up, after 15 s of waiting. One thread at a time uses
 * it, but for {@link #pause}.
 */
public final class UnexpectedFailures {
    /** So many in a row are one too many. */
    public static final int TOO_MANY = 5;
    /** After the first one; twice as long after each further one. */
    public static final Duration BACK_OFF = Duration.ofSeconds(1);

    private final Set<Class<?>> seen = new HashSet<>();
    private int inARow;
    /** Until when there is to be no tick, by {@link System#nanoTime}. */
    private volatile long pausesUntil = System.nanoTime();

    /**
     * Counts one.
     *
     * @return after how long to try again; null when there were too many, which begins the count anew
     */
    public Duration next() {
        inARow++;
        if (inARow == TOO_MANY) {
            inARow = 0;
            return null;
        }
        Duration wait = BACK_OFF.multipliedBy(1L << (inARow - 1));
        pausesUntil = System.nanoTime() + wait.toNanos();
        return wait;
    }

    /**
     * Nanoseconds until the work may be ticked again; not more than 0 when it may be now. Whatever wakes it before, such
     * as an abort, must not use up its attempts.
     */
    public long pause() {
        return pausesUntil - System.nanoTime();
    }

    /** A tick has succeeded. */
    public void over() {
        inARow = 0;
    }

    /** Whether there was none of this kind before. */
    public boolean isNews(Throwable failure) {
        return seen.add(failure.getClass());
    }
}
