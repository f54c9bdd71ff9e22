package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identifies what a track runs: the first ten hex digits of the SHA-256 of the pod template that this engine wrote, kept as an annotation, since API servers add defaults to
 * templates. For a Deployment that somebody else made, <code>image:</code> and its first container's image.
 */
public final class Revision {
    /** The annotation on Deployments. */
    public static final String ANNOTATION = "ml-delivery.io/revision";

    private static final int DIGITS = 10;

    private Revision() {}

    public static String of(PodTemplateSpec template) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(Serialization.asJson(template).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public static String of(Deployment deployment) {
        String noted = deployment.getMetadata().getAnnotations() == null
                ? null
                : deployment.getMetadata().getAnnotations().get(ANNOTATION);
        return noted != null
                ? noted
                : "image:" + deployment.getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
    }
}
