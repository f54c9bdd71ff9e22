package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** Turns errors of the Kubernetes API into one sentence with a remedy. */
public final class KubernetesErrors {
    private KubernetesErrors() {}

    /** Whether the same call may succeed later without the user doing anything: no connection, 429, 5xx. */
    public static boolean isTransient(KubernetesClientException e) {
        return e.getCode() == 0 || e.getCode() == 429 || e.getCode() >= 500;
    }

    /**
     * The exception for the user.
     *
     * @param what what was being done, such as <code>read Deployment ml/churn</code>
     */
    public static DeliveryException explain(String what, KubernetesClientException e) {
        String said = e.getStatus() != null && e.getStatus().getMessage() != null ? e.getStatus().getMessage() : e.getMessage();
        return DeliveryException.failed("cluster", "could not " + what + ": " + said, null, e);
    }
}
