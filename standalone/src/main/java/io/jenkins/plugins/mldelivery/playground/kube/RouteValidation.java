package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the CustomResourceDefinition of HTTPRoute fills in and refuses, as far as backends and mirrors go. */
final class RouteValidation {
    private static final int MOST_WEIGHT = 1_000_000;
    private static final int MOST_BACKENDS = 16;

    private RouteValidation() {}

    static void check(ObjectNode route) {
        String name = route.at("/metadata/name").asText();
        for (JsonNode rule : route.at("/spec/rules")) {
            if (rule.path("backendRefs").size() > MOST_BACKENDS) {
                throw ApiError.invalid(ResourceType.HTTP_ROUTES, name, "spec.rules[0].backendRefs: Too many: must have at most 16 items");
            }
            for (JsonNode backend : rule.path("backendRefs")) {
                reference(name, (ObjectNode) backend);
                if (!backend.has("weight")) {
                    ((ObjectNode) backend).put("weight", 1);
                }
                int weight = backend.path("weight").asInt(-1);
                if (weight < 0 || weight > MOST_WEIGHT) {
                    throw ApiError.invalid(ResourceType.HTTP_ROUTES, name, "spec.rules[0].backendRefs[0].weight: Invalid value: " + backend.path("weight"));
                }
            }
            for (JsonNode filter : rule.path("filters")) {
                if (filter.path("requestMirror").path("backendRef") instanceof ObjectNode backend) {
                    reference(name, backend);
                }
            }
        }
    }

    private static void reference(String name, ObjectNode backend) {
        if (!backend.has("group")) {
            backend.put("group", "");
        }
        if (!backend.has("kind")) {
            backend.put("kind", "Service");
        }
        if (backend.path("kind").asText().equals("Service") && !backend.has("port")) {
            throw ApiError.invalid(ResourceType.HTTP_ROUTES, name, "spec.rules[0].backendRefs[0]: Invalid value: Must have port for Service reference");
        }
    }
}
