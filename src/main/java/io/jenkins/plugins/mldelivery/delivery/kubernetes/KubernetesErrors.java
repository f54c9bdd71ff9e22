package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Turns errors of the Kubernetes API into one sentence with a remedy. */
public final class KubernetesErrors {
    private KubernetesErrors() {}

    /** Whether the same call may succeed later without the user doing anything: no connection, 429, 5xx. */
    public static boolean isTransient(KubernetesClientException e) {
        return e.getCode() <= 0 || e.getCode() == 429 || e.getCode() >= 500;
    }

    /**
     * The exception for the user.
     *
     * @param what what was being done, such as <code>read Deployment ml/churn</code>
     */
    public static DeliveryException explain(String what, KubernetesClientException e) {
        if (e.getCode() <= 0 && e.getCause() instanceof IOException) {
            return DeliveryException.unreachable(
                    "cluster", "could not " + what + ": the Kubernetes API can't be reached (" + words(e) + ")", "Check the kubeconfig's server address, and that the cluster is up.", e);
        }
        String said = e.getStatus() != null && e.getStatus().getMessage() != null ? e.getStatus().getMessage() : e.getMessage();
        return DeliveryException.failed("cluster", "could not " + what + ": " + said, null, e);
    }

    private static String words(Throwable e) {
        String last = "the connection broke";
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof HttpTimeoutException || t instanceof SocketTimeoutException) {
                return "no answer in time";
            } else if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
                return "the host name is unknown";
            } else if (t instanceof ConnectException) {
                last = "connection refused"; // Looked further: a time-out or an unknown name comes wrapped in it.
            } else if (t instanceof SSLException) {
                return "TLS: " + t.getMessage();
            }
        }
        return last;
    }
}
