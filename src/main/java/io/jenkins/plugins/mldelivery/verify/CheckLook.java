package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;

/** How a kind of check looks. */
interface CheckLook {
    /**
     * One look.
     *
     * @param state an open one
     * @throws DeliveryException when the question is wrong, by its parameter
     */
    CheckState look(CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException;

    /** What it means that this look could not be made; the state without change unless the check has a policy for it. */
    default CheckState unavailable(CheckState state, String trouble) {
        return state;
    }
}
