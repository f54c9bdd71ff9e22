package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reference to content by its digest.
 *
 * @param mediaType its media type
 * @param digest {@code sha256:…}
 * @param size bytes
 */
public record Descriptor(String mediaType, String digest, long size) {
    /** Bytes of a blob at most, 1 TiB: several times what registries take. */
    public static final long MAX_SIZE = 1L << 40;

    /** As a descriptor object of the specification. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("mediaType", mediaType);
        map.put("digest", digest);
        map.put("size", size);
        return map;
    }

    /** Reads a descriptor object. Throws when it is none, when its digest is no SHA-256, the only algorithm that registries use for images, or when its size can't be. */
    static Descriptor of(JsonNode node) throws MalformedException {
        String digest = node.path("digest").asText();
        JsonNode size = node.path("size");
        if (!Digests.isDigest(digest) || !size.isIntegralNumber()) {
            throw new MalformedException("a descriptor has no valid digest and size");
        }
        if (!size.canConvertToLong() || size.asLong() < 0 || size.asLong() > MAX_SIZE) {
            throw new MalformedException("the blob " + Digests.brief(digest) + " has a size of " + brief(size.asText()) + " bytes, and 0 to " + MAX_SIZE + " (1 TiB) are possible");
        }
        return new Descriptor(node.path("mediaType").asText(), digest, size.asLong());
    }

    private static String brief(String number) {
        return number.length() > 20 ? number.substring(0, 20) + "…" : number;
    }
}
