package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.io.Serializable;

/**
 * How a cluster is reached: either a kubeconfig (its text, already read by the adapter from a credential or file), or a server URL with a token.
 * Nothing is ever taken from the machine's own environment (no <code>~/.kube/config</code>, no in-cluster service account) unless the
 * adapter put it here, so that a build can't act with the controller's identity by accident.
 *
 * @param kubeconfig the text of a kubeconfig, or null
 * @param context the kubeconfig's context to use; null means its current one
 * @param server the API server's URL when there is no kubeconfig
 * @param caCertificate PEM text of the server's certificate authority; null means the JVM's own
 * @param token bearer token, or null
 * @param allowExec whether <code>exec</code> credential plugins of the kubeconfig may run (never on a Jenkins controller)
 */
public record ClusterAccess(
        SecretText kubeconfig, String context, String server, String caCertificate, SecretText token, boolean allowExec)
        implements Serializable {

    /** Access by the text of a kubeconfig, without <code>exec</code> plugins. */
    public static ClusterAccess kubeconfig(SecretText text, String context) {
        return new ClusterAccess(text, context, null, null, null, false);
    }

    /** Access by URL and token. */
    public static ClusterAccess server(String url, String caCertificate, SecretText token) {
        return new ClusterAccess(null, null, url, caCertificate, token, false);
    }
}
