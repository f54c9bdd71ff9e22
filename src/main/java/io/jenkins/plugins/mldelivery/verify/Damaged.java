package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** The error of persisted evidence that can't be read. */
final class Damaged {
    private Damaged() {}

    static DeliveryException evidence(String check, IllegalArgumentException cause) {
        return new DeliveryException(
                DeliveryException.Kind.INVALID_INPUT, "state", "the evidence of the check '" + check + "' can't be read (" + cause.getMessage() + ")", "Start the verification again.", cause);
    }
}
