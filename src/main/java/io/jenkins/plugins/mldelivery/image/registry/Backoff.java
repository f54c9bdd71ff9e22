package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pauses between attempts: 0.5 s doubled up to 15 s, each scattered by half (so that agents that were cut off together don't come back
 * together), or what the server asks for in <code>Retry-After</code>.
 */
final class Backoff {
    private static final long FIRST_MILLIS = 500;
    private static final long MAX_MILLIS = 15_000;

    private final RegistrySettings settings;
    private final String what;
    private int failures;

    /** @param what what is being tried, for the warning */
    Backoff(RegistrySettings settings, String what) {
        this.settings = settings;
        this.what = what;
    }

    /** Counts a failure. Whether another attempt is left. */
    boolean again() {
        failures++;
        return failures < settings.attempts();
    }

    /** Starts the count anew, after something moved. */
    void progressed() {
        failures = 0;
    }

    /** Waits before the next attempt; never beyond the deadline, which it then reports. A server that asks for more time than is left is not waited for. */
    void pause(String why, Optional<Duration> asked) throws DeliveryException, InterruptedException {
        long millis = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(10, failures - 1));
        Duration pause = asked.orElse(Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1)));
        Duration left = settings.deadline().left();
        if (asked.isPresent() && asked.get().compareTo(left) >= 0) {
            throw new DeliveryException(
                    DeliveryException.Kind.TIMEOUT, "timeout", "could not " + what + " (" + why + "): the server asks to wait " + Durations.format(asked.get())
                            + ", and less than that is left",
                    "Run it again later, or give it more time.", null);
        }
        settings.warnings().accept(what + ": " + why + "; trying again in " + Durations.format(pause) + " (attempt "
                + (failures + 1) + " of " + settings.attempts() + ")");
        settings.clock().sleep(pause.compareTo(left) < 0 ? pause : left);
        settings.deadline().check();
    }
}
