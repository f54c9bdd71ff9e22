package io.jenkins.plugins.mldelivery.playground.kube;

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

/** Who owns which fields, in the form of <code>metadata.managedFields</code> (FieldsV1). */
final class ManagedFields {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Between the name of a manager and that of the subresource it writes through. */
    static final String SUBRESOURCE = "\u0000";

    private ManagedFields() {}

    /** A manager's name alone. */
    static String name(String manager) {
        int end = manager.indexOf(SUBRESOURCE);
        return end < 0 ? manager : manager.substring(0, end);
    }

    /**
     * @param managers manager to the paths of its fields, see {@link Fields}
     */
    static ArrayNode write(String apiVersion, Map<String, Set<List<String>>> managers) {
        ArrayNode entries = JSON.createArrayNode();
        managers.forEach((m, owned) -> {
            if (!owned.isEmpty()) {
                String subresource = m.substring(Math.min(m.length(), name(m).length() + SUBRESOURCE.length()));
                ObjectNode entry = entries.addObject().put("manager", name(m)).put("operation", subresource.isEmpty() ? "Apply" : "Update")
                        .put("apiVersion", apiVersion).put("fieldsType", "FieldsV1");
                if (!subresource.isEmpty()) {
                    entry.put("subresource", subresource);
                }
                ObjectNode fields = entry.putObject("fieldsV1");
                owned.forEach(path -> add(fields, path));
            }
        });
        return entries;
    }

    private static void add(ObjectNode fields, List<String> path) {
        ObjectNode at = fields;
        for (int i = 0; i < path.size(); i++) {
            boolean element = Fields.isElement(path.get(i));
            at = at.withObjectProperty(element ? path.get(i) : "f:" + path.get(i));
            if (element && i < path.size() - 1) {
                at.withObjectProperty(".");
            }
        }
    }

    /** The other way round. */
    static Map<String, Set<List<String>>> read(JsonNode entries) {
        Map<String, Set<List<String>>> managers = new TreeMap<>();
        for (JsonNode entry : entries) {
            String suffix = entry.has("subresource") ? SUBRESOURCE + entry.path("subresource").asText() : "";
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
        return key.startsWith("f:") ? key.substring("f:".length()) : key;
    }
}
