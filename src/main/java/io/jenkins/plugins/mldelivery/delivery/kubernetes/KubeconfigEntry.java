package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cluster, a user or a context of a kubeconfig.
 *
 * @param body its fields, of whatever types
 */
record KubeconfigEntry(KubeconfigSection section, String name, YamlNode.Mapping body) {
    private static final int MAX_NAME = 128;

    /** What it is, for errors. A name that is unusually long is none that a person would know it by. */
    String title() {
        return title(section, name, body.line());
    }

    static String title(KubeconfigSection section, String name, int line) {
        return section.word() + (name == null || name.length() > MAX_NAME ? " in line " + line : " '" + name + "'");
    }

    /** A field that is a text; null when it is not there or empty. */
    String text(String field) throws DeliveryException {
        YamlNode value = body.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof YamlNode.Scalar scalar && scalar.value().isTextual()) {
            return scalar.value().textValue().isEmpty() ? null : scalar.value().textValue();
        }
        throw wrongType(field, "a text", "Write it in quotes.");
    }

    /** A field that is true or false; false when it is not there. */
    boolean flag(String field) throws DeliveryException {
        YamlNode value = body.get(field);
        if (value == null) {
            return false;
        }
        if (value instanceof YamlNode.Scalar scalar && scalar.value().isBoolean()) {
            return scalar.value().booleanValue();
        }
        throw wrongType(field, "true or false", "Write it without quotes.");
    }

    /** A field that is a list of texts; empty when it is not there. */
    List<String> texts(String field) throws DeliveryException {
        YamlNode value = body.get(field);
        return value == null ? List.of() : texts(field, value);
    }

    private List<String> texts(String field, YamlNode value) throws DeliveryException {
        List<String> texts = new ArrayList<>();
        if (value instanceof YamlNode.Sequence list) {
            for (YamlNode item : list.items()) {
                if (!(item instanceof YamlNode.Scalar scalar) || !scalar.value().isTextual()) {
                    throw wrongType(field, "a list of texts", "Write them in quotes.");
                }
                texts.add(scalar.value().textValue());
            }
            return texts;
        }
        throw wrongType(field, "a list of texts", "Correct it.");
    }

    /** A field whose own fields are lists of texts; empty when it is not there. */
    Map<String, List<String>> textsByName(String field) throws DeliveryException {
        YamlNode value = body.get(field);
        Map<String, List<String>> all = new LinkedHashMap<>();
        if (value instanceof YamlNode.Mapping mapping) {
            for (Map.Entry<String, YamlNode> one : mapping.fields().entrySet()) {
                all.put(one.getKey(), texts(field, one.getValue()));
            }
        } else if (value != null) {
            throw wrongType(field, "a list of texts for each name", "Correct it.");
        }
        return all;
    }

    /** A field with fields of its own, as JSON; null when it is not there. */
    JsonNode object(String field) throws DeliveryException {
        YamlNode value = body.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof YamlNode.Mapping) {
            return value.toJson();
        }
        throw wrongType(field, "a group of fields", "Correct it.");
    }

    /** Whether a field is there and says something: not null, not empty. */
    boolean has(String field) {
        YamlNode value = body.get(field);
        return value != null
                && !(value instanceof YamlNode.Scalar scalar
                        && scalar.value().isTextual()
                        && scalar.value().textValue().isEmpty())
                && !(value instanceof YamlNode.Sequence list && list.items().isEmpty())
                && !(value instanceof YamlNode.Mapping mapping
                        && mapping.fields().isEmpty());
    }

    /** @param field a name of this class' callers, never one of the file */
    private DeliveryException wrongType(String field, String type, String remedy) {
        return wrong("the field " + field + " of its " + title() + " is not " + type, remedy);
    }

    static DeliveryException wrong(String problem, String remedy) {
        return DeliveryException.invalid("kubeconfig", problem, remedy);
    }
}
