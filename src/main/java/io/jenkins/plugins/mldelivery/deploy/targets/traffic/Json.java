package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects whose kinds the client has no classes for, as the maps and lists of their JSON. What has another shape than the one asked for counts as not there. */
final class Json {
    private Json() {}

    /** A copy that can be changed without changing the original. */
    static GenericKubernetesResource copy(GenericKubernetesResource object) {
        GenericKubernetesResource copy = new GenericKubernetesResource();
        copy.setApiVersion(object.getApiVersion());
        copy.setKind(object.getKind());
        copy.setMetadata(new ObjectMetaBuilder(object.getMetadata()).build());
        object.getAdditionalProperties().forEach((key, value) -> copy.setAdditionalProperty(key, copy(value)));
        return copy;
    }

    private static Object copy(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, inner) -> copy.put(key, copy(inner)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(inner -> copy.add(copy(inner)));
            return copy;
        }
        return value;
    }

    @SuppressWarnings("unchecked") // JSON has no other keys than text.
    static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
    }

    /** The objects of a list. */
    static List<Map<String, Object>> maps(Object value) {
        List<Map<String, Object>> maps = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.stream().filter(Map.class::isInstance).forEach(item -> maps.add(map(item)));
        }
        return maps;
    }

    static String text(Object value) {
        return value instanceof String text ? text : "";
    }

    /** A number, also one that is written as text, as Istio does it with large ones. */
    static long number(Object value, long otherwise) {
        if (value instanceof Number number) {
            return Math.round(number.doubleValue());
        }
        return value instanceof String text && text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
    }
}
