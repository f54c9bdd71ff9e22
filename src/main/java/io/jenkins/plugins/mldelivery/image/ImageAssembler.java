package io.jenkins.plugins.mldelivery.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.Json;
import io.jenkins.plugins.mldelivery.image.oci.Manifest;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the image configuration and the manifest out of the layers: nothing of the time, the machine or the folder's place gets into them. */
final class ImageAssembler {
    /** Label and annotation with the folder in the image under which the model lies. */
    static final String MODEL_PATH = "io.jenkins.plugins.mldelivery.model-path";
    /** Label and annotation with the model's format, only for formats that are known, such as <code>mlflow</code>. */
    static final String MODEL_FORMAT = "io.jenkins.plugins.mldelivery.model-format";

    private static final String BASE_NAME = "org.opencontainers.image.base.name";
    private static final String BASE_DIGEST = "org.opencontainers.image.base.digest";
    private static final String EPOCH = "1970-01-01T00:00:00Z";

    private ImageAssembler() {}

    /**
     * An image ready to be written.
     *
     * @param layers all layers, bottom first
     * @param configBytes the image configuration
     * @param config its descriptor
     * @param manifestBytes the manifest
     * @param manifest its descriptor
     */
    record Image(List<LayerBlob> layers, byte[] configBytes, Descriptor config, byte[] manifestBytes, Descriptor manifest) {
        long totalBytes() {
            return config.size() + layers.stream().mapToLong(l -> l.blob().size()).sum();
        }
    }

    /**
     * Of what is in it alone: under another name the image has the same digest.
     *
     * @param base the base image, {@link BaseImage#SCRATCH} for none
     */
    static Image assemble(BuildImageRequest request, Platform platform, BaseImage base, boolean mlflow, List<LayerBlob> own) {
        Map<String, String> facts = new TreeMap<>();
        facts.put(MODEL_PATH, request.modelPath());
        if (mlflow) {
            facts.put(MODEL_FORMAT, "mlflow");
        }
        if (base.name() != null) {
            facts.put(BASE_NAME, base.name());
            facts.put(BASE_DIGEST, base.digest());
        }
        List<LayerBlob> layers = new ArrayList<>(base.layers());
        layers.addAll(own);
        byte[] configBytes = Json.bytes(config(request, platform, base, facts, layers, own));
        Descriptor config = new Descriptor(MediaTypes.OCI_CONFIG, Digests.of(configBytes), configBytes.length);
        byte[] manifestBytes =
                new Manifest(config, layers.stream().map(LayerBlob::blob).toList(), facts).toBytes();
        Descriptor manifest = new Descriptor(MediaTypes.OCI_MANIFEST, Digests.of(manifestBytes), manifestBytes.length);
        return new Image(List.copyOf(layers), configBytes, config, manifestBytes, manifest);
    }

    private static Map<String, Object> config(
            BuildImageRequest request, Platform platform, BaseImage base, Map<String, String> facts,
            List<LayerBlob> layers, List<LayerBlob> own) {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("created", EPOCH);
        config.put("architecture", platform.architecture());
        config.put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            config.put("variant", platform.variant());
        }
        config.put("config", runtime(request, base.config().path("config"), facts, mapper));
        config.put("rootfs", Map.of("type", "layers", "diff_ids", layers.stream().map(LayerBlob::diffId).toList()).entrySet().stream()
                .sorted(Map.Entry.<String, Object>comparingByKey().reversed())
                .collect(LinkedHashMap::new, (m, e) -> m.put(e.getKey(), e.getValue()), LinkedHashMap::putAll));
        List<Object> history = new ArrayList<>();
        base.config().path("history").forEach(h -> history.add(mapper.convertValue(h, Object.class)));
        for (LayerBlob layer : own) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("created", EPOCH);
            line.put("created_by", "mlBuildImage " + layer.what() + " in " + request.modelPath());
            history.add(line);
        }
        config.put("history", history);
        return config;
    }

    /** The part that says how to run it: the base image's, with what the request sets on top. */
    private static Map<String, Object> runtime(BuildImageRequest request, JsonNode base, Map<String, String> facts, ObjectMapper mapper) {
        Map<String, Object> runtime = new TreeMap<>();
        base.properties().forEach(e -> {
            if (!e.getValue().isNull()) {
                runtime.put(e.getKey(), mapper.convertValue(e.getValue(), Object.class));
            }
        });
        if (request.port() > 0) {
            Map<String, Object> ports = new TreeMap<>();
            base.path("ExposedPorts").fieldNames().forEachRemaining(p -> ports.put(p, Map.of()));
            ports.put(request.port() + "/tcp", Map.of());
            runtime.put("ExposedPorts", ports);
        }
        List<String> env = env(base.path("Env"), request.env());
        if (!env.isEmpty()) {
            runtime.put("Env", env);
        }
        if (!request.entrypoint().isEmpty()) {
            runtime.put("Entrypoint", request.entrypoint());
            // As docker build does it: the base image's arguments were meant for its own entry point.
            runtime.remove("Cmd");
        }
        Map<String, Object> labels = new TreeMap<>();
        base.path("Labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
        labels.putAll(facts);
        labels.putAll(request.labels());
        runtime.put("Labels", labels);
        return runtime;
    }

    /** The base image's variables in their order, those of the request in place or, sorted, behind them. */
    private static List<String> env(JsonNode base, Map<String, String> wanted) {
        Map<String, String> all = new LinkedHashMap<>();
        for (JsonNode line : base) {
            String[] parts = line.asText().split("=", 2);
            all.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        all.putAll(wanted);
        return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }
}
