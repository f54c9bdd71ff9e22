package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Objects as trees of fields, the way server-side apply sees them by {@link ApplySchema}: lists whose elements have keys
 * are maps, all other lists and some objects are single values. A path is a list of field names and, for list elements,
 * of their keys in the notation of FieldsV1, <code>k:{"name":"model"}</code>.
 */
final class Fields {
    private static final String ELEMENT = "k:";
    /** The one key that may be left out. */
    private static final Map<String, String> DEFAULTS = Map.of("protocol", "TCP");
    /** Of lists in a strategic merge patch, by what its elements have. */
    private static final List<String> PATCH_KEYS =
            List.of("name", "containerPort", "port", "type", "uid", "ip", "mountPath", "devicePath", "topologyKey");

    private static final ObjectMapper JSON = new ObjectMapper();

    private Fields() {}

    /** Every leaf with its value. Name, namespace, kind and version identify the object and are no fields. */
    static Map<List<String>, JsonNode> leaves(ResourceType type, JsonNode object) {
        Map<List<String>, JsonNode> leaves = new TreeMap<>(Fields::compare);
        collect(type, object, List.of(), leaves);
        leaves.keySet().removeIf(p -> p.get(0).equals("apiVersion") || p.get(0).equals("kind") || p.get(0).equals("status")
                || p.get(0).equals("metadata") && (p.size() < 2 || !List.of("labels", "annotations", "ownerReferences", "finalizers").contains(p.get(1))));
        return leaves;
    }

    static int compare(List<String> a, List<String> b) {
        return String.join("\u0000", a).compareTo(String.join("\u0000", b));
    }

    /** Whether a segment of a path is an element of a list, and not a field. */
    static boolean isElement(String segment) {
        return segment.startsWith(ELEMENT);
    }

    private static void collect(ResourceType type, JsonNode node, List<String> path, Map<List<String>, JsonNode> leaves) {
        boolean inside = path.isEmpty() || !ApplySchema.isAtomic(type, path);
        List<String> keys = node.isArray() ? keys(type, path, node) : null;
        if (node.isObject() && !node.isEmpty() && inside) {
            for (Iterator<Map.Entry<String, JsonNode>> i = node.fields(); i.hasNext(); ) {
                Map.Entry<String, JsonNode> e = i.next();
                collect(type, e.getValue(), plus(path, e.getKey()), leaves);
            }
        } else if (keys != null) {
            for (JsonNode element : node) {
                collect(type, element, plus(path, segment(keys, element)), leaves);
            }
        } else if (!path.isEmpty()) {
            leaves.put(path, node);
        }
    }

    private static List<String> plus(List<String> path, String segment) {
        List<String> longer = new ArrayList<>(path);
        longer.add(segment);
        return List.copyOf(longer);
    }

    /** The keys of a list's elements; null when it is one value, or is empty or has elements without them. */
    private static List<String> keys(ResourceType type, List<String> path, JsonNode list) {
        List<String> keys = list.isEmpty() ? null : ApplySchema.keys(type, path);
        if (keys == null) {
            return null;
        }
        for (JsonNode element : list) {
            if (!keys.stream().allMatch(key -> key(element, key) != null)) {
                return null;
            }
        }
        return keys;
    }

    private static String key(JsonNode element, String key) {
        JsonNode value = element.path(key);
        return value.isValueNode() && !value.isNull() ? value.asText() : DEFAULTS.get(key);
    }

    private static String segment(List<String> keys, JsonNode element) {
        ObjectNode segment = JSON.createObjectNode();
        for (String key : keys) {
            if (element.has(key)) {
                segment.set(key, element.get(key));
            } else {
                segment.put(key, DEFAULTS.get(key));
            }
        }
        return ELEMENT + segment;
    }

    /** The keys and their values that a segment of a path names. */
    private static JsonNode named(String segment) {
        try {
            return JSON.readTree(segment.substring(ELEMENT.length()));
        } catch (JsonProcessingException e) {
            throw new ApiError(400, "BadRequest", "metadata.managedFields: " + segment + " is no list element");
        }
    }

    /** What server-side apply makes of the first tree: with all of the second one in it. */
    static void apply(ResourceType type, ObjectNode into, JsonNode applied) {
        apply(type, into, applied, List.of());
    }

    private static void apply(ResourceType type, ObjectNode into, JsonNode applied, List<String> path) {
        applied.fields().forEachRemaining(e -> {
            List<String> at = plus(path, e.getKey());
            JsonNode present = into.get(e.getKey());
            JsonNode next = e.getValue();
            boolean map = next.isObject() && present instanceof ObjectNode && !ApplySchema.isAtomic(type, at);
            List<String> keys = next.isArray() && present instanceof ArrayNode ? keys(type, at, next) : null;
            if (map) {
                apply(type, (ObjectNode) present, next, at);
            } else if (keys != null && keys(type, at, present) != null) {
                applyList(type, (ArrayNode) present, next, keys, at);
            } else {
                into.set(e.getKey(), next.deepCopy());
            }
        });
    }

    private static void applyList(ResourceType type, ArrayNode into, JsonNode applied, List<String> keys, List<String> path) {
        for (JsonNode element : applied) {
            String segment = segment(keys, element);
            ObjectNode found = find(into, segment);
            List<String> at = plus(path, segment);
            if (found == null) {
                into.add(element.deepCopy());
            } else if (ApplySchema.isAtomic(type, at)) {
                found.removeAll();
                found.setAll((ObjectNode) element.deepCopy());
            } else {
                apply(type, found, element, at);
            }
        }
    }

    /**
     * Merges a patch into a tree: null values remove fields.
     *
     * @param listsByKey whether elements of lists are merged too, as a strategic merge patch does it
     */
    static void merge(ObjectNode into, JsonNode from, boolean listsByKey) {
        from.fields().forEachRemaining(e -> {
            JsonNode present = into.get(e.getKey());
            JsonNode next = e.getValue();
            if (next.isNull()) {
                into.remove(e.getKey());
            } else if (next.isObject() && present instanceof ObjectNode object) {
                merge(object, next, listsByKey);
            } else if (listsByKey && next.isArray() && present instanceof ArrayNode list && patchKey(next) != null && patchKey(next).equals(patchKey(list))) {
                mergeLists(list, next, patchKey(next));
            } else {
                into.set(e.getKey(), next.deepCopy());
            }
        });
    }

    /** The field that identifies the list's elements in a patch, or null when it is a plain value. */
    private static String patchKey(JsonNode list) {
        for (String key : PATCH_KEYS) {
            boolean all = !list.isEmpty();
            for (JsonNode element : list) {
                all &= element.isObject() && element.path(key).isValueNode() && !element.path(key).isNull();
            }
            if (all) {
                return key;
            }
        }
        return null;
    }

    private static void mergeLists(ArrayNode into, JsonNode from, String key) {
        for (JsonNode element : from) {
            ObjectNode found = find(into, segment(List.of(key), element));
            if (found == null) {
                into.add(element.deepCopy());
            } else if ("delete".equals(element.path("$patch").asText())) {
                removeElement(into, found);
            } else {
                merge(found, element, true);
            }
        }
    }

    private static ObjectNode find(JsonNode list, String segment) {
        JsonNode wanted = named(segment);
        for (JsonNode element : list) {
            boolean all = element.isObject();
            for (Iterator<String> keys = wanted.fieldNames(); keys.hasNext(); ) {
                String key = keys.next();
                all &= wanted.path(key).asText().equals(key(element, key));
            }
            if (all) {
                return (ObjectNode) element;
            }
        }
        return null;
    }

    /** Removes the fields at these paths and every object and list element that they leave empty; an element keeps what identifies it for as long as it has anything else. */
    static void remove(ObjectNode object, Collection<List<String>> paths) {
        List<List<String>> order = new ArrayList<>(paths);
        order.sort(Comparator.comparing((List<String> p) -> identifies(p)).thenComparing(p -> -p.size()));
        order.forEach(path -> remove(object, path, 0));
    }

    /** Whether the path is of a field by which a list's element is found. */
    private static boolean identifies(List<String> path) {
        return path.size() > 1 && isKey(path.get(path.size() - 2), path.get(path.size() - 1));
    }

    private static boolean isKey(String segment, String field) {
        return isElement(segment) && named(segment).has(field);
    }

    private static void remove(JsonNode node, List<String> path, int at) {
        String segment = path.get(at);
        if (node instanceof ObjectNode object) {
            JsonNode child = object.get(segment);
            if (child == null) {
                return;
            }
            if (at == path.size() - 1) {
                object.remove(segment);
            } else {
                remove(child, path, at + 1);
                if (child.isContainerNode() && child.isEmpty()) {
                    object.remove(segment);
                }
            }
        } else if (node instanceof ArrayNode list && isElement(segment)) {
            ObjectNode element = find(list, segment);
            if (element == null) {
                return;
            }
            boolean key = at == path.size() - 2 && isKey(segment, path.get(at + 1));
            if (key) {
                boolean bare = true;
                for (Iterator<String> fields = element.fieldNames(); fields.hasNext(); ) {
                    bare &= isKey(segment, fields.next());
                }
                if (bare) {
                    removeElement(list, element);
                }
                return;
            }
            if (at < path.size() - 1) {
                remove(element, path, at + 1);
            }
            if (element.isEmpty() || at == path.size() - 1) {
                removeElement(list, element);
            }
        }
    }

    private static void removeElement(ArrayNode list, JsonNode element) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i) == element) {
                list.remove(i);
            }
        }
    }
}
