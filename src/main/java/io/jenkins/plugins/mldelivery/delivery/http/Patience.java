package io.jenkins.plugins.mldelivery.delivery.http;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.time.Duration;

/**
 * How long a request may take.
 *
 * @param deadline until when the whole answer must be there
 * @param stall how long nothing may move, and how long connecting may take, and the head of the answer once the request is sent; positive
 */
public record Patience(Deadline deadline, Duration stall) {
    /** Without a limit for pauses. */
    public static Patience until(Deadline deadline) {
        return new Patience(deadline, deadline.left());
    }

    /** Until when the next thing has to happen. */
    Deadline next() {
        return deadline.atMost(stall);
    }
}
