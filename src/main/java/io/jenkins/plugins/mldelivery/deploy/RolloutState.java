package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** Where a rollout is: small, immutable, with a versioned JSON form. */
public final class RolloutState {
    /** The JSON form, which {@link #fromJson} of this and later versions reads. */
    public String toJson() {
        throw new UnsupportedOperationException("to be written");
    }

    /** Reads the JSON form. */
    public static RolloutState fromJson(String json) throws DeliveryException {
        throw new UnsupportedOperationException("to be written: " + json);
    }
}
