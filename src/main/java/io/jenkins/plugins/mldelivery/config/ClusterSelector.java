package io.jenkins.plugins.mldelivery.config;

import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.io.Serializable;

/** How a step names the Kubernetes cluster that it means: the parameter <code>cluster</code>. Holds ids and addresses only, never a secret. */
public abstract class ClusterSelector extends AbstractDescribableImpl<ClusterSelector> implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * The access, with its secrets looked up for the run.
     *
     * @throws DeliveryException when it can't be found or may not be used, naming the parameter
     */
    public abstract ClusterAccess access(RunCredentials credentials) throws DeliveryException;

    /** Descriptor of a kind of selector. */
    public abstract static class ClusterSelectorDescriptor extends Descriptor<ClusterSelector> {}
}
