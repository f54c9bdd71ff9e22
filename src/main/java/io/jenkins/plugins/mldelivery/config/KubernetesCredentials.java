package io.jenkins.plugins.mldelivery.config;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.util.Optional;
import jenkins.authentication.tokens.api.AuthenticationTokens;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuth;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuthConfig;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuthException;

/** The kinds of credentials that the plugin kubernetes-credentials understands, such as those of OpenShift. The plugin need not be installed. */
final class KubernetesCredentials {
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
            return Optional.of(ClusterAccess.kubeconfig(SecretText.of(kubeconfig), null));
        } catch (KubernetesAuthException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, parameter, "the credentials '" + credentials.getId() + "' can't be used (" + e.getMessage() + ")", "Correct them.", e);
        } catch (JsonProcessingException e) {
            // Its message would quote secrets.
            throw DeliveryException.invalid(parameter, "the credentials '" + credentials.getId() + "' can't be used", "Correct them.");
        }
    }
}
