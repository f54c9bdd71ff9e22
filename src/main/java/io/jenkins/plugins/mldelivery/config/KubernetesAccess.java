package io.jenkins.plugins.mldelivery.config;

import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.io.Serializable;

/** How a Kubernetes cluster is reached. Holds ids and addresses only, never a secret. */
public abstract class KubernetesAccess extends AbstractDescribableImpl<KubernetesAccess> implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * The access, with its secrets looked up for the run.
     *
     * @param parameter the step's parameter that named it, for the error
     * @throws DeliveryException when it can't be found or may not be used
     */
    public abstract ClusterAccess resolve(String parameter, RunCredentials credentials) throws DeliveryException;

    /** Whether it uses the agent around the step, which then must be connected. */
    public boolean isOnAgent() {
        return false;
    }

    /** Descriptor of a kind of access. */
    public abstract static class KubernetesAccessDescriptor extends Descriptor<KubernetesAccess>
            implements KnownParameters {}
}
