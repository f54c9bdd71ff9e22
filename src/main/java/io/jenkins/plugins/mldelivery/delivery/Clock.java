package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.time.Instant;

/** The engine's time: tests drive it by hand, so that hours of rollout pass in milliseconds. */
public interface Clock {
    /** The present moment. */
    Instant now();

    /**
     * Waits.
     *
     * @param duration how long; zero or negative returns at once
     * @throws InterruptedException when the user aborted
     */
    void sleep(Duration duration) throws InterruptedException;

    /**
     * Waits, at most until the signal is raised. A clock whose time is not the machine's sleeps the whole time.
     *
     * @param duration how long at most; zero or negative returns at once
     * @throws InterruptedException when the user aborted
     */
    default void sleep(Duration duration, Signal signal) throws InterruptedException {
        sleep(duration);
        signal.lower();
    }

    /** The machine's own clock. */
    static Clock system() {
        return new Clock() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                if (!duration.isNegative() && !duration.isZero()) {
                    Thread.sleep(duration.toMillis());
                }
            }

            @Override
            public void sleep(Duration duration, Signal signal) throws InterruptedException {
                signal.await(duration);
            }
        };
    }
}
