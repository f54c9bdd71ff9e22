package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.io.InterruptedIOException;
import java.time.Duration;

/** What one look may still keep in memory, and how long it may take. */
public final class LookBudget implements AutoCloseable {
    private final SharedReads shared;
    private final Deadline deadline;
    private long kept;
    /** Of that, what was made for the check that looks at present. */
    private long made;
    private boolean large;
    /** Whether it waits for the right to keep more, or was not given it in time. */
    private volatile boolean crowded;

    LookBudget(SharedReads shared, Deadline deadline) {
        this.shared = shared;
        this.deadline = deadline;
    }

    /** Of a look that shares nothing with others. */
    public static LookBudget alone(Deadline deadline) {
        return new LookBudget(new SharedReads(), deadline);
    }

    /** Until when all of it must be over. */
    public Deadline deadline() {
        return deadline;
    }

    /**
     * So many bytes more were made of what was read, and are kept until {@link #forgetMade}.
     *
     * @throws Full when that is too much
     * @throws Deadline.Over when the look is over
     */
    public synchronized void made(long bytes) {
        try {
            keep(bytes);
            made += bytes;
        } catch (LimitExceededException e) {
            throw new Full(e.of("the servers"));
        } catch (InterruptedIOException e) {
            deadline.check();
            throw new Full(new MetricSource.Unavailable("the look was interrupted", e));
        }
    }

    /** A check has looked: what was made for it is not kept any more. */
    public synchronized void forgetMade() {
        kept -= made;
        made = 0;
    }

    /** So many bytes of what was {@linkplain #made made} are not kept any more, before the check has looked. */
    public synchronized void forget(long bytes) {
        kept -= bytes;
        made -= bytes;
    }

    /** A look can't be made, since more was made of what was read than a look keeps. */
    public static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient MetricSource.Unavailable trouble;

        Full(MetricSource.Unavailable trouble) {
            super(trouble.getMessage(), trouble, false, false);
            this.trouble = trouble;
        }

        /** What that means for the check. */
        public MetricSource.Unavailable trouble() {
            return trouble;
        }
    }

    /**
     * So many bytes more are kept until the look's end. Where this makes the look a large one, it waits until it may be one.
     *
     * @throws LimitExceededException when that is too much
     * @throws InterruptedIOException when the thread was interrupted, which it still is then
     */
    synchronized void keep(long bytes) throws LimitExceededException, InterruptedIOException {
        kept += bytes;
        if (kept > ReadLimits.MAX_LOOK_BYTES) {
            throw new LimitExceededException(
                    "sent more than one look keeps, " + ReadLimits.bytes(ReadLimits.MAX_LOOK_BYTES) + " for all checks together",
                    "Narrow the checks with labels, or divide them among several steps", true);
        }
        if (kept > ReadLimits.MAX_SMALL_LOOK_BYTES && !large) {
            becomeLarge();
        }
    }

    private void becomeLarge() throws LimitExceededException, InterruptedIOException {
        long begin = System.nanoTime();
        crowded = true;
        try {
            large = shared.takeLarge(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            // The server that is being read has done its part: its time goes on from here.
            deadline.leaveOut(Duration.ofNanos(System.nanoTime() - begin));
        }
        if (!large) {
            throw crowded();
        }
        crowded = false;
    }

    /** Whether what is not read yet waits for other looks, not for its server. */
    boolean isCrowded() {
        return crowded;
    }

    /** What is wrong then. */
    LimitExceededException crowded() {
        return new LimitExceededException(
                "sent more than " + ReadLimits.bytes(ReadLimits.MAX_SMALL_LOOK_BYTES) + " while other looks are as large", "Narrow the checks with labels, or wait for the next look", true);
    }

    /** What was kept is forgotten. */
    @Override
    public synchronized void close() {
        kept = 0;
        made = 0;
        if (large) {
            large = false;
            shared.giveLarge(deadline);
        }
    }
}
