package io.jenkins.plugins.mldelivery.config;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.authentication.tokens.api.AuthenticationTokens;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuth;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuthConfig;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuthException;

/** The kinds of credentials that the plugin kubernetes-credentials understands, such as those of OpenShift. The plugin need not be installed. */
final class KubernetesCredentials {
    private static final Logger LOGGER = Logger.getLogger(KubernetesCredentials.class.getName());

    private KubernetesCredentials() {}

    /** Whether the plugin is there; without it nothing else of this class may be touched. */
    static boolean installed() {
        return Jenkins.get().getPlugin("kubernetes-credentials") != null;
    }

    /** The access by these credentials, if the plugin understands them. */
    static Optional<ClusterAccess> access(String parameter, String url, String caCertificate, StandardCredentials credentials) throws DeliveryException {
        KubernetesAuth auth = AuthenticationTokens.convert(KubernetesAuth.class, credentials);
        if (auth == null) {
            return Optional.empty();
        }
        try {
            String kubeconfig = auth.buildKubeConfig(new KubernetesAuthConfig(url, caCertificate, false));
            if (kubeconfig.length() > RunCredentials.LARGEST_FILE) {
                throw DeliveryException.invalid(
                        parameter, "the kubeconfig of the credentials '" + credentials.getId() + "' has more than 1 MiB", "Use the right one.");
            }
            return Optional.of(ClusterAccess.kubeconfig(SecretText.of(kubeconfig), null));
        } catch (KubernetesAuthException | JsonProcessingException e) {
            // It may quote what is secret in the credentials, which only their own plugin knows.
            LOGGER.log(Level.FINE, e, () -> "the credentials '" + credentials.getId() + "' can't be used");
            throw DeliveryException.invalid(
                    parameter, "the credentials '" + credentials.getId() + "' can't be used",
                    "Correct them. Why they can't is in Jenkins' log when it keeps the level FINE of " + LOGGER.getName() + ".");
        }
    }
}
