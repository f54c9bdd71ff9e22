package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/**
 * Divides the traffic of one model by an object of the cluster. Calls may be repeated. Errors of the API server come through as its client throws them; the target explains them.
 */
public interface TrafficRouter {
    /**
     * Fails when the cluster lacks what it takes: the kind of object, the object itself, a rule of it that leads to the model's Service, a controller that has accepted it. Reads only.
     *
     * @throws DeliveryException naming the parameter
     */
    void checkAccess() throws DeliveryException;

    /** Looks at what is asked for and at what is in force. */
    TrafficStatus observe() throws DeliveryException;

    /**
     * Asks for a split. {@link TrafficSplit#STABLE_ONLY} takes the canary out of the object wholly, as if it had never been there; it must work also when the canary or its Service is gone.
     */
    void route(TrafficSplit split) throws DeliveryException;
}
