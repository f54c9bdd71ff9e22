package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.AccessSource;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;

/**
 * An access that is read before any server is asked, so that a kubeconfig that is not there is told first. It is read
 * again only when it is asked for a second time, after the cluster has refused the login: a pipe gives its content once.
 */
final class EarlyAccess implements AccessSource {
    private final AccessSource source;
    private ClusterAccess read;

    /** @throws DeliveryException when it is not there or may not be used */
    EarlyAccess(AccessSource source) throws DeliveryException, InterruptedException {
        this.source = source;
        this.read = source.access();
    }

    @Override
    public ClusterAccess access() throws DeliveryException, InterruptedException {
        ClusterAccess first = read;
        read = null;
        return first != null ? first : source.access();
    }
}
