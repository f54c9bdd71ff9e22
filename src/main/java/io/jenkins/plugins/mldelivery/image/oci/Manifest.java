package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifest of one image.
 *
 * @param config the image configuration
 * @param layers the layers, bottom first
 * @param annotations annotations, in the order written
 */
public record Manifest(Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
    /** Layers at most; runtimes can stack no more than some 120. */
    static final int MAX_LAYERS = 500;

    public Manifest {
        layers = List.copyOf(layers);
        annotations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** As an OCI manifest. */
    public byte[] toBytes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("schemaVersion", 2);
        map.put("mediaType", MediaTypes.OCI_MANIFEST);
        map.put("config", config.toMap());
        map.put("layers", layers.stream().map(Descriptor::toMap).toList());
        if (!annotations.isEmpty()) {
            map.put("annotations", annotations);
        }
        return Json.bytes(map);
    }

    /**
     * Reads an OCI or Docker manifest.
     *
     * @throws MalformedException when it is none, or has a size or number that can't be
     */
    public static Manifest of(byte[] bytes) throws MalformedException {
        JsonNode node = Json.object(bytes);
        if (node.path("schemaVersion").asInt() != 2 || !node.path("config").isObject() || !node.path("layers").isArray()) {
            throw new MalformedException("it is not an image manifest of schema version 2");
        }
        if (node.path("layers").size() > MAX_LAYERS) {
            throw new MalformedException("it has " + node.path("layers").size() + " layers, more than " + MAX_LAYERS);
        }
        List<Descriptor> layers = new ArrayList<>();
        for (JsonNode layer : node.path("layers")) {
            layers.add(Descriptor.of(layer));
        }
        Map<String, String> annotations = new LinkedHashMap<>();
        node.path("annotations").properties().forEach(e -> annotations.put(e.getKey(), e.getValue().asText()));
        return new Manifest(Descriptor.of(node.path("config")), layers, annotations);
    }
}
