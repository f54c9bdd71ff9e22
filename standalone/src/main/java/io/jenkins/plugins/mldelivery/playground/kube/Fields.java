package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
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
 * Objects as trees of fields, the way server-side apply sees them: lists whose elements have an identity (containers by name, ports by number, …) are maps, all other lists are single values. A path is a list of
 * field names and, for list elements, <code>key=value</code> in brackets.
 */
final class Fields {
    private static final List<String> KEYS = List.of("name", "containerPort", "port", "type", "uid", "ip", "key");

    private Fields() {}

    /** Every leaf with its value. Name, namespace, kind and version identify the object and are no fields. */
    static Map<List<String>, JsonNode> leaves(JsonNode object) {
        Map<List<String>, JsonNode> leaves = new TreeMap<>(Fields::compare);
        collect(object, List.of(), leaves);
        leaves.keySet().removeIf(p -> p.get(0).equals("apiVersion") || p.get(0).equals("kind") || p.get(0).equals("status")
                || p.get(0).equals("metadata") && (p.size() < 2 || !List.of("labels", "annotations", "ownerReferences", "finalizers").contains(p.get(1))));
        return leaves;
    }

    static int compare(List<String> a, List<String> b) {
        return String.join("\u0000", a).compareTo(String.join("\u0000", b));
    }

    private static void collect(JsonNode node, List<String> path, Map<List<String>, JsonNode> leaves) {
        if (node.isObject() && !node.isEmpty()) {
            for (Iterator<Map.Entry<String, JsonNode>> i = node.fields(); i.hasNext(); ) {
                Map.Entry<String, JsonNode> e = i.next();
                collect(e.getValue(), plus(path, e.getKey()), leaves);
            }
        } else if (node.isArray() && key(node) != null) {
            String key = key(node);
            for (JsonNode element : node) {
                collect(element, plus(path, "[" + key + "=" + element.path(key).asText() + "]"), leaves);
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

    /** The field that identifies the list's elements, or null when it is a plain value. */
    private static String key(JsonNode list) {
        if (list.isEmpty()) {
            return null;
        }
        for (String key : KEYS) {
            boolean all = true;
            for (JsonNode element : list) {
                all &= element.isObject() && element.path(key).isValueNode() && !element.path(key).isNull() && element.has(key);
            }
            if (all) {
                return key;
            }
        }
        return null;
    }

    /** Merges the second tree into the first, list elements by identity; null values remove fields when asked to. */
    static void merge(ObjectNode into, JsonNode from, boolean nullRemoves, boolean listsByKey) {
        from.fields().forEachRemaining(e -> {
            JsonNode present = into.get(e.getKey());
            JsonNode next = e.getValue();
            if (next.isNull() && nullRemoves) {
                into.remove(e.getKey());
            } else if (next.isObject() && present instanceof ObjectNode object) {
                merge(object, next, nullRemoves, listsByKey);
            } else if (listsByKey && next.isArray() && present instanceof ArrayNode list && key(next) != null && key(next).equals(key(list))) {
                mergeLists(list, next, key(next), nullRemoves);
            } else {
                into.set(e.getKey(), next.deepCopy());
            }
        });
    }

    private static void mergeLists(ArrayNode into, JsonNode from, String key, boolean nullRemoves) {
        for (JsonNode element : from) {
            ObjectNode found = find(into, key, element.path(key).asText());
            if (found == null) {
                into.add(element.deepCopy());
            } else if ("delete".equals(element.path("$patch").asText())) {
                for (int i = into.size() - 1; i >= 0; i--) {
                    if (into.get(i) == found) {
                        into.remove(i);
                    }
                }
            } else {
                merge(found, element, nullRemoves, true);
            }
        }
    }

    private static ObjectNode find(JsonNode list, String key, String value) {
        for (JsonNode element : list) {
            if (element.path(key).asText().equals(value) && element instanceof ObjectNode object) {
                return object;
            }
        }
        return null;
    }

    /** Removes the fields at these paths and every object and list element that they leave empty; an element keeps what identifies it for as long as it has anything else. */
    static void remove(ObjectNode object, Collection<List<String>> paths) {
        List<List<String>> order = new ArrayList<>(paths);
        order.sort(Comparator.comparing(Fields::identifies).thenComparing(p -> -p.size()));
        order.forEach(path -> remove(object, path, 0));
    }

    /** Whether the path is of the field by which a list's element is found, as <code>[name=x] name</code>. */
    private static boolean identifies(List<String> path) {
        return path.size() > 1 && path.get(path.size() - 2).startsWith("[" + path.get(path.size() - 1) + "=");
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
        } else if (node instanceof ArrayNode list && segment.startsWith("[")) {
            String key = segment.substring(1, segment.indexOf('='));
            ObjectNode element = find(list, key, segment.substring(segment.indexOf('=') + 1, segment.length() - 1));
            boolean needed = element != null && element.size() > 1 && at == path.size() - 2 && path.get(at + 1).equals(key);
            if (element != null && at < path.size() - 1 && !needed) {
                remove(element, path, at + 1);
            }
            if (element != null && (element.isEmpty() || at == path.size() - 1)) {
                for (int i = list.size() - 1; i >= 0; i--) {
                    if (list.get(i) == element) {
                        list.remove(i);
                    }
                }
            }
        }
    }
}
