package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

/**
 * How a cluster is reached. Nothing is ever taken from the machine's own environment (no {@code ~/.kube/config}, no
 * in-cluster service account, no variables, no key store of the JVM) unless the adapter put it here, so that a build
 * can't act with the controller's identity by accident.
 */
public sealed interface ClusterAccess extends AccessSource, Serializable {
    @Override
    default ClusterAccess access() {
        return this;
    }

    /**
     * A kubeconfig whose author need not be whoever runs this process, as of a job's credentials on a Jenkins
     * controller. It may neither start a program here nor have a file read, and takes no other identity.
     *
     * @param text its YAML
     * @param context the context to use; null for its current one
     * @param insecure whether it may switch the verification of the server's certificate off
     */
    record Kubeconfig(SecretText text, String context, boolean insecure) implements ClusterAccess {
        private static final long serialVersionUID = 1L;
    }

    /**
     * An API server.
     *
     * @param url its URL
     * @param caCertificate PEM text of its certificate authority; if null, the JVM's default trust store is used
     * @param token bearer token, or null
     */
    record Server(String url, String caCertificate, SecretText token) implements ClusterAccess {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The kubeconfig of the person who runs this process. It may start programs ({@code exec}) and name files, as with
     * kubectl.
     *
     * @param text its YAML
     * @param context the context to use; null for its current one
     * @param folder where its relative paths start from
     * @param proxies proxy variables by their names in upper case, {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
     *     ALL_PROXY} and {@code NO_PROXY}; they count where it has no {@code proxy-url}
     * @param loginTime how long a program that gives the login may take at most
     */
    record Own(SecretText text, String context, String folder, Map<String, String> proxies, Duration loginTime)
            implements ClusterAccess {
        private static final long serialVersionUID = 1L;

        public Own {
            proxies = Map.copyOf(proxies);
        }
    }

    /** Access by the text of a kubeconfig that may not start programs and so on, see {@link Kubeconfig}. */
    static ClusterAccess kubeconfig(SecretText text, String context) {
        return new Kubeconfig(text, context, false);
    }

    /** Access by URL and token. */
    static ClusterAccess server(String url, String caCertificate, SecretText token) {
        return new Server(url, caCertificate, token);
    }
}
