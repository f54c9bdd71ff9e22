package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import java.time.Duration;
import java.time.Instant;

/** A time that is over, in which a wait takes no time. */
public final class ReplayClock implements Clock {
    private Instant now;

    /** @param start when the wait begins */
    public ReplayClock(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        synchronized (this) {
            now = duration.isNegative() ? now : now.plus(duration);
        }
    }
}
