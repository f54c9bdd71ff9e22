package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Adds to a request what shows who asks. */
interface Authorizer {
    /** Headers for a request. */
    Map<String, String> headers(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException;

    /** The server refused what {@link #headers} gave; whether other headers may help, so that it is worth a second try. */
    default boolean renew() {
        return false;
    }

    /** Nothing. */
    static Authorizer none() {
        return call -> Map.of();
    }

    /** Basic (RFC 7617) or Bearer (RFC 6750). */
    static Authorizer of(Login login) {
        return call -> Map.of("Authorization", value(login));
    }

    /** The header's value. */
    static String value(Login login) {
        return login.isToken()
                ? "Bearer " + login.secret().reveal()
                : "Basic " + Base64.getEncoder().encodeToString((login.username() + ":" + login.secret().reveal()).getBytes(StandardCharsets.UTF_8));
    }
}
