package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Duration;
import java.time.Instant;

/** The end of the time that the user gave the step. */
public final class Deadline {
    private final Clock clock;
    private final Instant end;
    private final String given;

    /**
     * @param clock the engine's time
     * @param time from now
     * @param given the time as the user wrote it
     */
    public Deadline(Clock clock, Duration time, String given) {
        this.clock = clock;
        this.end = clock.now().plus(time);
        this.given = given;
    }

    /** Ends the step when its time is over or the thread was interrupted. */
    public void check() throws DeliveryException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!clock.now().isBefore(end)) {
            throw exceeded(null);
        }
    }

    /** What is left, at least a millisecond. */
    public Duration left() throws DeliveryException, InterruptedException {
        check();
        Duration left = Duration.between(clock.now(), end);
        return left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
    }

    /** The exception that says so. */
    public DeliveryException exceeded(Throwable cause) {
        return new DeliveryException(
                DeliveryException.Kind.TIMEOUT, "timeout", "the image was not done within " + given,
                "Give it more time, or find out what is slow in the log above.", cause);
    }
}
