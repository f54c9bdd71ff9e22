package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** Opens connections to clusters. */
public final class KubernetesClients {
    private static final int RETRIES = 2;

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
            return Config.fromKubeconfig(access.context(), access.kubeconfig().reveal(), null);
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
}
