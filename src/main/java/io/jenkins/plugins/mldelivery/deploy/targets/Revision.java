package io.jenkins.plugins.mldelivery.deploy.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
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

    /** Added to the revision of a Deployment whose pod template somebody changed by hand: it is none that this engine wrote. */
    static final String EDITED = "+edited";

    private static final int DIGITS = 10;
    // The order of a map's keys says nothing, so it makes no new revision of a user's manifest.
    private static final ObjectMapper SORTED = JsonMapper.builder().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true).build();

    private Revision() {}

    public static String of(PodTemplateSpec template) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(SORTED.writeValueAsBytes(template));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a pod template that is no JSON", e);
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
