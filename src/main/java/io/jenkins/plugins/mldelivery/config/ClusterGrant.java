package io.jenkins.plugins.mldelivery.config;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;

/**
 * A cluster that a build may use, and in which of its namespaces.
 *
 * @param access with the build's secrets
 * @param namespaces as the administrator has set them
 */
public record ClusterGrant(ClusterAccess access, NamespaceRules namespaces) {
    /**
     * The access, for one namespace.
     *
     * @param namespace the value of the step's parameter of that name
     * @throws DeliveryException when the cluster is not for it
     */
    public ClusterAccess in(String namespace) throws DeliveryException {
        namespaces.check("namespace", "'" + namespace + "'", namespace);
        return access;
    }
}
