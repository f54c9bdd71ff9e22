package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SensitiveValues;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is secret in manifests: the values of objects of the kind <code>Secret</code>. */
public final class SecretManifests {
    private static final String KIND = "Secret";
    private static final String ENCODED = "data";
    private static final String PLAIN = "stringData";

    private SecretManifests() {}

    /** The values of all Secrets, decoded. */
    public static SensitiveValues values(List<GenericKubernetesResource> objects) {
        SensitiveValues values = new SensitiveValues();
        for (GenericKubernetesResource object : objects) {
            if (KIND.equals(object.getKind())) {
                values.add(object.getAdditionalProperties().get(PLAIN));
                if (object.getAdditionalProperties().get(ENCODED) instanceof Map<?, ?> data) {
                    data.values().forEach(value -> decoded(values, value));
                }
            }
        }
        return values;
    }

    /** Has the values of all Secrets masked, and warns when there are more than can be. */
    public static void learn(List<GenericKubernetesResource> objects, Environment environment, Event.Stage stage) {
        SensitiveValues values = values(objects);
        environment.known().learn(values.secrets());
        if (!values.complete()) {
            environment.warn(
                    stage,
                    "the manifests have more values of Secrets than are masked in this log ("
                            + SensitiveValues.MAX_VALUES + ")");
        }
    }

    private static void decoded(SensitiveValues values, Object value) {
        if (value instanceof String text) {
            try {
                values.add(new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                values.add(text); // The server will say that it is not Base64.
            }
        }
    }

    /**
     * An object as a digest may tell of it: of a Secret the names of its values alone, since from the digest of a short
     * value anybody could find out which it is.
     */
    public static GenericKubernetesResource withoutValues(GenericKubernetesResource object) {
        if (!KIND.equals(object.getKind())) {
            return object;
        }
        GenericKubernetesResource copy = new ObjectMapper().convertValue(object, GenericKubernetesResource.class);
        for (String part : List.of(ENCODED, PLAIN)) {
            if (copy.getAdditionalProperties().get(part) instanceof Map<?, ?> data) {
                Map<String, Object> names = new TreeMap<>();
                data.keySet().forEach(name -> names.put(String.valueOf(name), ""));
                copy.setAdditionalProperty(part, names);
            } else {
                copy.getAdditionalProperties().remove(part);
            }
        }
        return copy;
    }
}
