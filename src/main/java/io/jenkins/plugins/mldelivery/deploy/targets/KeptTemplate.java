package io.jenkins.plugins.mldelivery.deploy.targets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;

/**
 * A pod template as it is kept in an annotation. Whoever may change the Deployment can write anything there, so only the
 * JSON that {@link #write} writes is read: the library takes all other text for YAML, whose aliases make gigabytes of a
 * few hundred characters.
 */
final class KeptTemplate {
    /** Characters at most: Kubernetes lets all annotations of an object have so many bytes. */
    static final int MAX_LENGTH = 256 * 1024;

    /** Levels of nesting at most; a pod template has some 15. */
    static final int MAX_DEPTH = 100;

    private static final ObjectMapper STRICT = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .build())
            .build());

    private KeptTemplate() {}

    static String write(PodTemplateSpec template) {
        return Serialization.asJson(template);
    }

    /** @return null when it is no pod template in JSON, or has more than 256 Ki characters or 100 levels */
    static PodTemplateSpec read(String text) {
        if (text == null || text.length() > MAX_LENGTH || !text.startsWith("{")) {
            return null;
        }
        try {
            JsonNode tree = STRICT.readTree(text);
            PodTemplateSpec template = Serialization.unmarshal(tree.toString(), PodTemplateSpec.class);
            return template == null || template.getSpec() == null ? null : template;
        } catch (JsonProcessingException | RuntimeException e) {
            return null; // It was not written by this engine.
        }
    }
}
