package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.util.Map;

/** Adds to a request what shows who asks. */
interface Authorizer {
    /** Headers for a request, whose values are valid. */
    Map<String, String> headers(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException;

    /** The server refused what {@link #headers} gave; whether other headers may help, so that it is worth a second try. */
    default boolean renew() {
        return false;
    }

    /** Nothing. */
    static Authorizer none() {
        return call -> Map.of();
    }

    /** A header {@code Authorization} that is always the same. */
    static Authorizer of(SecretText value) {
        return call -> Map.of("Authorization", value.reveal());
    }
}
