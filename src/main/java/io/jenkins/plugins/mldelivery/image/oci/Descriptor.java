package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reference to content by its digest.
 *
 * @param mediaType its media type
 * @param digest <code>sha256:…</code>
 * @param size bytes
 */
public record Descriptor(String mediaType, String digest, long size) {
    /** As a descriptor object of the specification. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("mediaType", mediaType);
        map.put("digest", digest);
        map.put("size", size);
        return map;
    }

    /** Reads a descriptor object. Throws when it is none, or when its digest is no SHA-256, the only algorithm that registries use for images. */
    static Descriptor of(JsonNode node) throws MalformedException {
        String digest = node.path("digest").asText();
        long size = node.path("size").asLong(-1);
        if (!Digests.isDigest(digest) || size < 0) {
            throw new MalformedException("a descriptor has no valid digest and size");
        }
        return new Descriptor(node.path("mediaType").asText(), digest, size);
    }
}
