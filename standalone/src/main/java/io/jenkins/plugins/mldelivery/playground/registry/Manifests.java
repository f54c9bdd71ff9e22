package io.jenkins.plugins.mldelivery.playground.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Manifests and tags, end-3, end-7 and end-8 of the distribution specification. */
final class Manifests {
    private static final int LIMIT = 4 * 1024 * 1024;
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    private final Storage storage;
    private final ObjectMapper mapper = new ObjectMapper();

    Manifests(Storage storage) {
        this.storage = storage;
    }

    void get(Request request, String repository, String reference) throws IOException {
        checkReference(reference);
        String digest = storage.resolve(repository, reference)
                .orElseThrow(() -> new RegistryError(404, "MANIFEST_UNKNOWN", "manifest unknown: " + repository + " " + reference));
        request.set("Docker-Content-Digest", digest);
        request.document(200, storage.mediaType(repository, digest), storage.manifest(digest));
    }

    void put(Request request, String repository, String reference) throws IOException {
        checkReference(reference);
        byte[] bytes = request.exchange().getRequestBody().readNBytes(LIMIT + 1);
        if (bytes.length > LIMIT) {
            throw new RegistryError(413, "SIZE_INVALID", "a manifest has at most 4 MiB");
        }
        String digest = Digests.of(bytes);
        if (Digests.isDigest(reference) && !reference.equals(digest)) {
            throw RegistryError.digestInvalid("the manifest has the digest " + digest + ", not " + reference);
        }
        String mediaType = request.header("Content-Type").split(";", 2)[0].strip();
        validate(repository, mediaType, bytes);
        storage.putManifest(repository, reference, mediaType, bytes);
        request.set("Location", "/v2/" + repository + "/manifests/" + digest);
        request.set("Docker-Content-Digest", digest);
        request.empty(201);
    }

    void tags(Request request, String repository) throws IOException {
        if (!storage.exists(repository)) {
            throw new RegistryError(404, "NAME_UNKNOWN", "repository name not known to registry: " + repository);
        }
        List<String> tags = storage.tags(repository);
        String last = request.query().get("last");
        if (last != null) {
            tags = tags.stream().filter(t -> t.compareTo(last) > 0).toList();
        }
        String n = request.query().getOrDefault("n", "");
        if (n.matches("\\d{1,6}") && Integer.parseInt(n) < tags.size()) {
            tags = tags.subList(0, Integer.parseInt(n));
            if (!tags.isEmpty()) {
                request.set("Link", "</v2/" + repository + "/tags/list?n=" + n + "&last=" + tags.get(tags.size() - 1) + ">; rel=\"next\"");
            }
        }
        request.document(200, "application/json", mapper.writeValueAsBytes(Map.of("name", repository, "tags", tags)));
    }

    private void validate(String repository, String mediaType, byte[] bytes) throws IOException {
        JsonNode node;
        try {
            node = mapper.readTree(bytes);
        } catch (IOException e) {
            throw RegistryError.manifestInvalid("the manifest is no JSON");
        }
        if (node == null || !node.isObject() || node.path("schemaVersion").asInt() != 2) {
            throw RegistryError.manifestInvalid("the manifest has not the schema version 2");
        }
        if (node.has("mediaType") && !node.path("mediaType").asText().equals(mediaType)) {
            throw RegistryError.manifestInvalid("the manifest names another media type than the request");
        }
        if (node.path("manifests").isArray()) {
            for (JsonNode entry : node.path("manifests")) {
                String digest = digest(entry);
                if (storage.resolve(repository, digest).isEmpty()) {
                    throw new RegistryError(404, "MANIFEST_BLOB_UNKNOWN", "manifest unknown to repository: " + digest);
                }
            }
            return;
        }
        if (!node.path("config").isObject() || !node.path("layers").isArray()) {
            throw RegistryError.manifestInvalid("the manifest has no config and layers");
        }
        List<JsonNode> blobs = new ArrayList<>();
        blobs.add(node.path("config"));
        node.path("layers").forEach(blobs::add);
        for (JsonNode blob : blobs) {
            String digest = digest(blob);
            if (storage.blob(repository, digest).isEmpty()) {
                throw new RegistryError(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to repository: " + digest);
            }
        }
    }

    private static String digest(JsonNode descriptor) throws IOException {
        String digest = descriptor.path("digest").asText();
        if (!Digests.isDigest(digest)) {
            throw RegistryError.manifestInvalid("a descriptor has no SHA-256 digest");
        }
        return digest;
    }

    private static void checkReference(String reference) throws IOException {
        if (reference.contains(":") ? !Digests.isDigest(reference) : !TAG.matcher(reference).matches()) {
            throw RegistryError.manifestInvalid("'" + reference + "' is neither a tag nor a SHA-256 digest");
        }
    }
}
