package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/**
 * Where the access to a cluster comes from, such as a file or a store of credentials. It is asked again when the cluster
 * refuses the login, which may have been renewed there since. Every {@link ClusterAccess} is one that stays as it is.
 */
@FunctionalInterface
public interface AccessSource {
    /**
     * The access as it is now.
     *
     * @throws DeliveryException when it is not there or may not be used
     */
    ClusterAccess access() throws DeliveryException;
}
