package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON Patch (RFC 6902): add, replace, remove and test, which is what the fabric8 client sends. */
final class JsonPatch {
    private JsonPatch() {}

    static ObjectNode apply(ObjectNode object, JsonNode patch) {
        for (JsonNode operation : patch) {
            JsonPointer pointer = JsonPointer.compile(operation.path("path").asText());
            JsonNode parent = object.at(pointer.head());
            String last = pointer.last().getMatchingProperty();
            JsonNode value = operation.path("value");
            switch (operation.path("op").asText()) {
                case "add" -> add(parent, last, value);
                case "replace" -> {
                    remove(parent, last);
                    add(parent, last, value);
                }
                case "remove" -> remove(parent, last);
                case "test" -> {
                    if (!object.at(pointer).equals(value)) {
                        throw new ApiError(422, "Invalid", "the JSON patch's test of " + pointer + " failed");
                    }
                }
                default -> throw new ApiError(400, "BadRequest", "the playground knows no JSON patch operation " + operation.path("op"));
            }
        }
        return object;
    }

    private static void add(JsonNode parent, String last, JsonNode value) {
        if (parent instanceof ObjectNode o) {
            o.set(last, value);
        } else if (parent instanceof ArrayNode a) {
            if (last.equals("-")) {
                a.add(value);
            } else {
                a.insert(Integer.parseInt(last), value);
            }
        } else {
            throw new ApiError(422, "Invalid", "the JSON patch names a path that does not exist");
        }
    }

    private static void remove(JsonNode parent, String last) {
        if (parent instanceof ObjectNode o) {
            o.remove(last);
        } else if (parent instanceof ArrayNode a) {
            a.remove(Integer.parseInt(last));
        }
    }
}
