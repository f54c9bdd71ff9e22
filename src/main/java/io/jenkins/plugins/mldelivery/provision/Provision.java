package io.jenkins.plugins.mldelivery.provision;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;

/** Plans, guards and applies infrastructure as code, from beginning to end in the calling thread (command line, freestyle). */
public final class Provision {
    private final Workspace workspace;
    private final Environment environment;

    public Provision(Workspace workspace, Environment environment) {
        this.workspace = workspace;
        this.environment = environment;
    }

    /**
     * Runs the request.
     *
     * @param cluster for the tool <code>kubernetes</code>; null otherwise
     */
    public ProvisionResult run(ProvisionRequest request, ClusterAccess cluster)
            throws DeliveryException, InterruptedException {
        throw new UnsupportedOperationException("to be written: " + workspace + environment);
    }
}
