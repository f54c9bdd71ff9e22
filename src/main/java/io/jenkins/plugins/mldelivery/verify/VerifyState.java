package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** The evidence of a metrics gate: immutable, small, with a versioned JSON form. */
public final class VerifyState {
    /** The JSON form, which {@link #fromJson} of this and later versions reads. */
    public String toJson() {
        throw new UnsupportedOperationException("to be written");
    }

    /** Reads the JSON form. */
    public static VerifyState fromJson(String json) throws DeliveryException {
        throw new UnsupportedOperationException("to be written: " + json);
    }
}
