package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who owns which fields, in the form of <code>metadata.managedFields</code> (FieldsV1). Simpler than the real one: a list element has one key, and its value is a text. */
final class ManagedFields {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ManagedFields() {}

    /**
     * @param managers manager to the paths of its fields, see {@link Fields}
     */
    static ArrayNode write(String apiVersion, Map<String, Set<List<String>>> managers) {
        ArrayNode entries = JSON.createArrayNode();
        managers.forEach((m, owned) -> {
            if (!owned.isEmpty()) {
                boolean scale = m.endsWith(ObjectStore.BY_SCALE);
                ObjectNode entry = entries.addObject().put("manager", m.replace(ObjectStore.BY_SCALE, "")).put("operation", scale ? "Update" : "Apply")
                        .put("apiVersion", apiVersion).put("fieldsType", "FieldsV1");
                if (scale) {
                    entry.put("subresource", "scale");
                }
                ObjectNode fields = entry.putObject("fieldsV1");
                owned.forEach(path -> add(fields, path));
            }
        });
        return entries;
    }

    private static void add(ObjectNode fields, List<String> path) {
        ObjectNode at = fields;
        for (String segment : path) {
            at = at.withObjectProperty(segment.startsWith("[") ? element(segment) : "f:" + segment);
            if (segment.startsWith("[")) {
                at.withObjectProperty(".");
            }
        }
    }

    private static String element(String segment) {
        int equals = segment.indexOf('=');
        return "k:" + JSON.createObjectNode().put(segment.substring(1, equals), segment.substring(equals + 1, segment.length() - 1));
    }

    /** The other way round. */
    static Map<String, Set<List<String>>> read(JsonNode entries) {
        Map<String, Set<List<String>>> managers = new TreeMap<>();
        for (JsonNode entry : entries) {
            String suffix = entry.path("subresource").asText().equals("scale") ? ObjectStore.BY_SCALE : "";
            collect(entry.path("fieldsV1"), List.of(), managers.computeIfAbsent(entry.path("manager").asText() + suffix, m -> new TreeSet<>(Fields::compare)));
        }
        return managers;
    }

    private static void collect(JsonNode node, List<String> path, Set<List<String>> owned) {
        if (node.isEmpty() && !path.isEmpty()) {
            owned.add(path);
        }
        for (Iterator<Map.Entry<String, JsonNode>> i = node.fields(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> e = i.next();
            if (!e.getKey().equals(".")) {
                List<String> longer = new ArrayList<>(path);
                longer.add(segment(e.getKey()));
                collect(e.getValue(), List.copyOf(longer), owned);
            }
        }
    }

    private static String segment(String key) {
        if (key.startsWith("f:")) {
            return key.substring(2);
        }
        try {
            Map.Entry<String, JsonNode> only = JSON.readTree(key.substring(2)).fields().next();
            return "[" + only.getKey() + "=" + only.getValue().asText() + "]";
        } catch (JsonProcessingException e) {
            throw new ApiError(400, "BadRequest", "metadata.managedFields: " + key + " is not a list element");
        }
    }
}
