package io.jenkins.plugins.mldelivery.provision.manifests;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.SecretManifests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest of a plan, which grows with each object of it, as no run keeps all of them as values. */
final class PlanDigest {
    private final MessageDigest sha;

    PlanDigest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(String action, GenericKubernetesResource object) {
        String text = action + "\n" + Serialization.asJson(SecretManifests.withoutValues(object)) + "\n";
        sha.update(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Of all that was added. Called once. */
    String end() {
        return "sha256:" + HexFormat.of().formatHex(sha.digest());
    }
}
