package io.jenkins.plugins.mldelivery.delivery.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a YAML text. {@link #toString} shows nothing of it, since it may be a secret. */
public sealed interface YamlNode {
    /** The line where it begins, from 1. */
    int line();

    /** The same as JSON. */
    JsonNode toJson();

    /** Whether nothing stands there: {@code null}, {@code ~} or no value. */
    default boolean isNull() {
        return false;
    }

    /**
     * A text, a number, a boolean or null.
     *
     * @param value what it is by the rules of YAML
     */
    record Scalar(int line, ValueNode value) implements YamlNode {
        @Override
        public JsonNode toJson() {
            return value;
        }

        @Override
        public boolean isNull() {
            return value.isNull();
        }

        @Override
        public String toString() {
            return "a value in line " + line;
        }
    }

    /** A list. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public JsonNode toJson() {
            ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
            items.forEach(item -> array.add(item.toJson()));
            return array;
        }

        @Override
        public String toString() {
            return "a list in line " + line;
        }
    }

    /**
     * Fields by their names, in the text's order. A name stands there once.
     *
     * @param keyLines the lines of the names
     */
    record Mapping(int line, Map<String, YamlNode> fields, Map<String, Integer> keyLines) implements YamlNode {
        public Mapping {
            fields = fields.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            keyLines = Map.copyOf(keyLines);
        }

        /** The value of a field; null when it is not there or is null itself. */
        public YamlNode get(String name) {
            YamlNode value = fields.get(name);
            return value == null || value.isNull() ? null : value;
        }

        @Override
        public JsonNode toJson() {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            fields.forEach((name, value) -> object.set(name, value.toJson()));
            return object;
        }

        @Override
        public String toString() {
            return "fields in line " + line;
        }
    }
}
