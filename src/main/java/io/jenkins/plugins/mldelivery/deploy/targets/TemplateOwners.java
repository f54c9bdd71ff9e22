package io.jenkins.plugins.mldelivery.deploy.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Who owns the fields of a Deployment's pod template (FieldsV1 of <code>metadata.managedFields</code>). Server-side apply takes away only what its own manager owns: what somebody has added by hand, such
 * as a variable with <code>kubectl set env</code>, would stay in every version to come, though no canary ever ran with it. So the template's fields are first handed to this engine's manager, the way
 * client-go's <code>csaupgrade</code> hands over those of client-side apply. The template's annotations are left out: <code>kubectl rollout restart</code> writes one, and changes no version by that.
 */
final class TemplateOwners {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SPEC = "f:spec";
    private static final String TEMPLATE = "f:template";
    private static final String METADATA = "f:metadata";
    private static final String ANNOTATIONS = "f:annotations";
    /** Fields that are named, and characters of each: what is there is the cluster's to say, and a name stands in every field below it. */
    private static final int MOST_FIELDS = 100;
    private static final int LONGEST_FIELD = 300;

    private TemplateOwners() {}

    /**
     * The fields of the pod template that somebody else owns and this engine does not, such as
     * <code>spec.containers[name=model].env[name=DEBUG].value (kubectl-set)</code>; empty when the template is this
     * engine's alone. The first {@value #MOST_FIELDS} of them.
     */
    static List<String> others(Deployment live) {
        ArrayNode entries = entries(live);
        ObjectNode ours = ours(entries);
        JsonNode own = ours == null ? JSON.createObjectNode() : ours.at("/fieldsV1/" + SPEC + "/" + TEMPLATE);
        List<String> others = new ArrayList<>();
        for (JsonNode entry : entries) {
            if (isOther(entry)) {
                ObjectNode template = template(entry);
                collect(template, own, "", " (" + Excerpt.of(entry.path("manager").asText()) + ")", others);
            }
        }
        return others;
    }

    /** A merge patch that hands the template's fields to this engine, on the condition that nothing has changed meanwhile; null when there is nothing to hand over. */
    static String handOver(Deployment live) {
        if (live == null || others(live).isEmpty()) {
            return null;
        }
        ArrayNode entries = entries(live);
        ObjectNode ours = ours(entries);
        if (ours == null) {
            ours = JSON.createObjectNode().put("manager", KubernetesTarget.FIELD_MANAGER).put("operation", "Apply").put("apiVersion", "apps/v1").put("fieldsType", "FieldsV1");
            ours.putObject("fieldsV1");
        }
        ArrayNode next = JSON.createArrayNode();
        for (JsonNode entry : entries) {
            if (isOther(entry)) {
                merge(ours.withObjectProperty("fieldsV1").withObjectProperty(SPEC).withObjectProperty(TEMPLATE), template(entry));
                strip((ObjectNode) entry);
            }
            if (entry != ours && !entry.path("fieldsV1").isEmpty()) {
                next.add(entry);
            }
        }
        next.add(ours);
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("metadata").put("resourceVersion", live.getMetadata().getResourceVersion()).set("managedFields", next);
        return patch.toString();
    }

    private static ArrayNode entries(Deployment live) {
        try {
            return live.getMetadata().getManagedFields() == null
                    ? JSON.createArrayNode() : (ArrayNode) JSON.readTree(Serialization.asJson(live.getMetadata().getManagedFields()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("managed fields that are no JSON", e);
        }
    }

    private static ObjectNode ours(ArrayNode entries) {
        for (JsonNode entry : entries) {
            if (isEngine(entry) && entry.path("operation").asText().equals("Apply")) {
                return (ObjectNode) entry;
            }
        }
        return null;
    }

    /** What an admission webhook adds to this engine's requests is noted under this engine's name and would be added again: it is nobody else's. */
    private static boolean isOther(JsonNode entry) {
        return !isEngine(entry) && !entry.hasNonNull("subresource") && !template(entry).isEmpty();
    }

    private static boolean isEngine(JsonNode entry) {
        return entry.path("manager").asText().equals(KubernetesTarget.FIELD_MANAGER);
    }

    /** A copy of what an entry has of the template, but for the annotations. */
    private static ObjectNode template(JsonNode entry) {
        JsonNode found = entry.at("/fieldsV1/" + SPEC + "/" + TEMPLATE);
        if (!(found instanceof ObjectNode)) {
            return JSON.createObjectNode();
        }
        ObjectNode copy = found.deepCopy();
        if (copy.get(METADATA) instanceof ObjectNode metadata && metadata.has(ANNOTATIONS)) {
            metadata.remove(ANNOTATIONS);
            if (metadata.isEmpty()) {
                copy.remove(METADATA);
            }
        }
        return copy;
    }

    /** Leaves of the template only its annotations, and no empty shells. */
    private static void strip(ObjectNode entry) {
        ObjectNode fields = (ObjectNode) entry.get("fieldsV1");
        ObjectNode spec = (ObjectNode) fields.get(SPEC);
        JsonNode annotations = spec.at("/" + TEMPLATE + "/" + METADATA + "/" + ANNOTATIONS);
        spec.remove(TEMPLATE);
        if (!annotations.isMissingNode()) {
            spec.putObject(TEMPLATE).putObject(METADATA).set(ANNOTATIONS, annotations);
        } else if (spec.isEmpty()) {
            fields.remove(SPEC);
        }
    }

    private static void merge(ObjectNode into, JsonNode from) {
        from.fields().forEachRemaining(e -> merge(into.withObjectProperty(e.getKey()), e.getValue()));
    }

    private static void collect(JsonNode theirs, JsonNode own, String path, String who, List<String> others) {
        for (Iterator<Map.Entry<String, JsonNode>> i = theirs.fields(); i.hasNext() && others.size() < MOST_FIELDS; ) {
            Map.Entry<String, JsonNode> e = i.next();
            JsonNode mine = own.path(e.getKey());
            if (!e.getValue().isEmpty()) {
                collect(e.getValue(), mine, below(path, e.getKey()), who, others);
            } else if (mine.isMissingNode() && !e.getKey().equals(".")) {
                others.add(below(path, e.getKey()) + who);
            }
        }
    }

    private static String below(String path, String key) {
        return path.length() >= LONGEST_FIELD ? path
                : Excerpt.of(path + words(Excerpt.of(key, LONGEST_FIELD), path.isEmpty()), LONGEST_FIELD);
    }

    /** <code>f:env</code> as <code>.env</code>, <code>k:{"name":"A"}</code> as <code>[name=A]</code>. */
    private static String words(String key, boolean first) {
        return key.startsWith("k:") ? key.substring(2).replace("\"", "").replace(':', '=').replace('{', '[').replace('}', ']') : (first ? "" : ".") + key.replaceFirst("^[fvi]:", "");
    }
}
