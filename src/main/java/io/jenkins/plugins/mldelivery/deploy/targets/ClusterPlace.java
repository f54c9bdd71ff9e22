package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.RolloutPlace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Finds out which cluster and namespace a client leads to. A rollout needs no right to read namespaces; then the address counts. */
final class ClusterPlace {
    /** Every cluster has it from its beginning to its end, so its UID is taken for the cluster's own by most tools. */
    private static final String SYSTEM_NAMESPACE = "kube-system";

    private static final int DIGITS = 16;

    private final KubernetesClient client;

    ClusterPlace(KubernetesClient client) {
        this.client = client;
    }

    /** The place of a namespace; reads only. */
    RolloutPlace of(String namespace) throws DeliveryException, InterruptedException {
        return new RolloutPlace(uid(SYSTEM_NAMESPACE), server(), uid(namespace));
    }

    /** Null when it may not be read or is not there. */
    private String uid(String namespace) throws DeliveryException, InterruptedException {
        try {
            Namespace found = client.namespaces().withName(namespace).get();
            return found == null ? null : found.getMetadata().getUid();
        } catch (KubernetesClientException e) {
            if (Calls.hidden(e)) {
                return null;
            }
            throw Calls.failure("read namespace " + namespace, e);
        }
    }

    private String server() {
        String authorities = client.getConfiguration().getCaCertData();
        return client.getMasterUrl() + (authorities == null ? "" : " " + hash(authorities));
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
