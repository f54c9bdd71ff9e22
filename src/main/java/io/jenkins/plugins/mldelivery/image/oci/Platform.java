package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an image runs on.
 *
 * @param os such as <code>linux</code>
 * @param architecture in Go's words, such as <code>amd64</code>
 * @param variant such as <code>v8</code>, or the empty string
 */
public record Platform(String os, String architecture, String variant) {
    public static final Platform LINUX_AMD64 = new Platform("linux", "amd64", "");
    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]++/[a-z0-9_]++(/[a-z0-9]++)?");
    private static final int MAX_LENGTH = 100;
    /** Platforms that an error names at most. */
    private static final int MAX_NAMED = 10;

    /** Reads <code>os/arch</code> or <code>os/arch/variant</code>. */
    public static Platform parse(String text) throws MalformedException {
        if (text == null || text.length() > MAX_LENGTH || !GRAMMAR.matcher(text).matches()) {
            throw new MalformedException("'" + brief(text) + "' is not a platform");
        }
        String[] parts = text.split("/");
        return new Platform(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
    }

    /** The manifest for this platform in an index; the first one that fits, since an index lists them by preference. */
    public Descriptor select(byte[] index) throws MalformedException {
        List<String> others = new ArrayList<>();
        for (JsonNode entry : Json.object(index).path("manifests")) {
            JsonNode platform = entry.path("platform");
            if (fits(platform) && MediaTypes.isManifest(entry.path("mediaType").asText())) {
                return Descriptor.of(entry);
            }
            if (platform.isObject()) {
                others.add(brief(platform.path("os").asText() + "/" + platform.path("architecture").asText()));
            }
        }
        String more = others.size() > MAX_NAMED ? " and " + (others.size() - MAX_NAMED) + " more" : "";
        throw new MalformedException("it has no image for " + this + ", only for " + others.stream().limit(MAX_NAMED).toList() + more);
    }

    private static String brief(String text) {
        return text != null && text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
    }

    /** Whether an image configuration, or a platform object of an index, is for this platform. */
    public boolean fits(JsonNode node) {
        return os.equals(node.path("os").asText())
                && architecture.equals(node.path("architecture").asText())
                && (variant.isEmpty() || variant.equals(node.path("variant").asText()));
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
