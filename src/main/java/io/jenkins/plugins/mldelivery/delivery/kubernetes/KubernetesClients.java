package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens connections to clusters. */
public final class KubernetesClients {
    private static final int RETRIES = 2;
    private static final Pattern PKCS8 = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private KubernetesClients() {}

    /**
     * A client for this access; no request is sent yet. The caller closes it.
     *
     * @throws DeliveryException when the access is unusable, naming <code>kubeconfig</code> or <code>server</code>
     */
    public static KubernetesClient open(ClusterAccess access) throws DeliveryException {
        Config config = config(access);
        // Whoever calls waits out an outage himself and tells about it; the client's own retries would hide a minute of it.
        config.setRequestRetryBackoffLimit(RETRIES);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Config config(ClusterAccess access) throws DeliveryException {
        if (access.kubeconfig() != null) {
            Kubeconfig.check(access.kubeconfig().reveal(), access.context(), access.allowExec());
            Config config = Config.fromKubeconfig(access.context(), access.kubeconfig().reveal(), null);
            if (config.getClientKeyData() != null && isEllipticCurve(config.getClientKeyData())) {
                // The client takes any key whose kind its PEM header does not name for one of RSA.
                config.setClientKeyAlgo("EC");
            }
            return config;
        }
        if (access.server() == null || access.server().isBlank()) {
            throw DeliveryException.invalid("server", "no cluster is given", "Give a kubeconfig or the API server's URL.");
        }
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(access.server())
                .withCaCertData(access.caCertificate())
                .withOauthToken(access.token() == null ? null : access.token().reveal())
                .build();
    }

    /** Whether a key is of an elliptic curve, in the form PKCS#8, whose header does not tell. */
    private static boolean isEllipticCurve(String base64) {
        try {
            Matcher key = PKCS8.matcher(new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.US_ASCII));
            if (!key.find()) {
                return false;
            }
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1))));
            return true;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
