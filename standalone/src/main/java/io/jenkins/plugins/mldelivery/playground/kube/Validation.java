package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The checks that a real API server makes of the objects of a rollout. */
final class Validation {
    private Validation() {}

    /** What a real API server makes of a Secret's <code>stringData</code>, which it never stores. */
    static void encode(ResourceType type, ObjectNode object) {
        if (type.kind().equals("Secret") && object.remove("stringData") instanceof ObjectNode strings) {
            ObjectNode data = object.withObjectProperty("data");
            strings.fields().forEachRemaining(e -> data.put(e.getKey(), Base64.getEncoder().encodeToString(e.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
    }

    static void check(ResourceType type, ObjectNode object, ObjectNode before) {
        String name = object.at("/metadata/name").asText();
        if (!name.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?") && !type.group().startsWith("rbac")) {
            throw ApiError.invalid(type, name, "metadata.name: Invalid value: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'");
        }
        if (type == ResourceType.HTTP_ROUTES) {
            RouteValidation.check(object);
        }
        if (type != ResourceType.DEPLOYMENTS) {
            return;
        }
        JsonNode selector = object.at("/spec/selector/matchLabels");
        if (!selector.isObject() || selector.isEmpty()) {
            throw ApiError.invalid(type, name, "spec.selector: Required value");
        }
        if (before != null && !before.at("/spec/selector").equals(object.at("/spec/selector"))) {
            throw ApiError.invalid(type, name, "spec.selector: Invalid value: field is immutable");
        }
        JsonNode labels = object.at("/spec/template/metadata/labels");
        selector.fields().forEachRemaining(e -> {
            if (!labels.path(e.getKey()).asText().equals(e.getValue().asText())) {
                throw ApiError.invalid(type, name, "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`");
            }
        });
        JsonNode containers = object.at("/spec/template/spec/containers");
        if (!containers.isArray() || containers.isEmpty()) {
            throw ApiError.invalid(type, name, "spec.template.spec.containers: Required value");
        }
        for (JsonNode container : containers) {
            if (container.path("image").asText("").isEmpty()) {
                throw ApiError.invalid(type, name, "spec.template.spec.containers[0].image: Required value");
            }
        }
        if (object.at("/spec/replicas").asInt(1) < 0) {
            throw ApiError.invalid(type, name, "spec.replicas: Invalid value: must be greater than or equal to 0");
        }
        if (!object.path("spec").has("replicas")) {
            object.withObjectProperty("spec").put("replicas", 1);
        }
    }
}
