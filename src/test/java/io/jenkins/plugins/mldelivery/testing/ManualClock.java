package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import java.time.Duration;
import java.time.Instant;

/** Time that passes only by sleeping, at once. */
public final class ManualClock implements Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        now = now.plus(duration);
    }
}
