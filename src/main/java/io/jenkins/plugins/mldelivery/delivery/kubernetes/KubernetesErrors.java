package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;

/** Turns errors of the Kubernetes API into one sentence with a remedy. */
public final class KubernetesErrors {
    private static final int TOO_MANY_REQUESTS = 429;

    private KubernetesErrors() {}

    /** Whether the same call may succeed later without the user doing anything: no connection, 429, 5xx. */
    public static boolean isTransient(KubernetesClientException e) {
        return unanswered(e) || e.getCode() == TOO_MANY_REQUESTS || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR;
    }

    /** Whether the API server did not answer at all; the client gives such failures no status code. */
    private static boolean unanswered(KubernetesClientException e) {
        return e.getCode() <= 0;
    }

    /** What went wrong, in a few words: what the API server said, or why it said nothing. */
    public static String said(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        return unanswered(e) ? silence(e) : e.getMessage();
    }

    private static String silence(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root instanceof UnresolvedAddressException || root instanceof UnknownHostException) {
            return "its host name is unknown";
        }
        if (root instanceof ConnectException || root instanceof ClosedChannelException) {
            return "no connection";
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /**
     * The exception for the user.
     *
     * @param what what was being done, such as <code>read Deployment ml/churn</code>
     */
    public static DeliveryException explain(String what, KubernetesClientException e) {
        String problem = "could not " + what + ": " + said(e).replaceAll("[.\\s]+$", "");
        return unanswered(e)
                ? DeliveryException.unreachable("cluster", problem, "Check the kubeconfig's server address, and that the cluster is up.", e)
                : DeliveryException.failed("cluster", problem, null, e);
    }
}
