package io.jenkins.plugins.mldelivery.deploy.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What a rollout would change of a model's objects, line by line. Nothing is written to the cluster; the data of Secrets are never in it. */
final class ModelDiff {
    private static final int MOST_LINES = 1000;
    private static final int MOST_COLUMNS = 300;
    private static final List<String> SERVERS = List.of("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink", "namespace");
    // Notes of the engine and of kubectl; the latter would have the data of Secrets in it.
    private static final List<String> NOTES = List.of(
            ModelObjects.MADE_BY, ModelObjects.KINDS, "ml-delivery.io/applied-by", "ml-delivery.io/previous-template",
            "ml-delivery.io/previous-revision", "ml-delivery.io/unjudged", PodConfig.VERSIONS,
            "kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision");

    private final ObjectMapper json = new ObjectMapper();
    private final ObjectMapper yaml = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            // A secret that is divided between two lines would not be found in them.
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
            .build();
    private final KubernetesObjects objects;
    private final ModelObjects around;
    private final ModelAdmission admission;

    ModelDiff(KubernetesObjects objects, ModelObjects around, ModelAdmission admission) {
        this.objects = objects;
        this.around = around;
        this.admission = admission;
    }

    /**
     * The differences of what is there and what would be, at most {@value #MOST_LINES} lines; empty when there are none.
     *
     * @param liveStable the stable Deployment, or null
     * @param replicas what it would have
     */
    String text(HasMetadata liveStable, int replicas) throws DeliveryException, InterruptedException {
        FirstLines lines = new FirstLines(MOST_LINES, MOST_COLUMNS + 2); // Behind the sign of a change.
        HasMetadata stable = objects.deployment(Track.STABLE, replicas, false, Map.of(Revision.ANNOTATION, Revision.of(objects.template(Track.STABLE))));
        Deployment result = (Deployment) add(lines, liveStable, stable);
        if (liveStable != null && result != null) {
            for (String field : TemplateOwners.others(result)) {
                lines.add("take away from Deployment " + stable.getMetadata().getName() + ": template " + field);
            }
        }
        Service present = around.liveService();
        for (HasMetadata object : around.everything(present)) {
            add(lines, around.live(object), around.prepared(object, present));
        }
        for (HasMetadata object : around.unwanted()) {
            lines.add("remove " + ModelObjects.title(object));
        }
        return lines.text();
    }

    private HasMetadata add(FirstLines lines, HasMetadata live, HasMetadata wanted) throws DeliveryException, InterruptedException {
        HasMetadata result = admission.dryRun(wanted);
        if (live == null) {
            lines.add("create " + ModelObjects.title(wanted));
            // As it was asked for: what the server adds would only hide it.
            lines(tree(wanted), null).forEach(line -> lines.add("+ " + line));
            return result;
        }
        ObjectNode before = tree(live);
        ObjectNode after = tree(result == null ? wanted : result);
        List<String> changes = LineDiff.of(lines(before, null), lines(after, before));
        if (!changes.isEmpty()) {
            lines.add("change " + ModelObjects.title(wanted));
            changes.forEach(lines::add);
        }
        return result;
    }

    private ObjectNode tree(HasMetadata object) {
        try {
            ObjectNode tree = (ObjectNode) json.readTree(Serialization.asJson(object));
            tree.remove("status");
            if (tree.get("metadata") instanceof ObjectNode metadata) {
                metadata.remove(SERVERS);
                if (metadata.get("annotations") instanceof ObjectNode annotations) {
                    annotations.remove(NOTES);
                    if (annotations.isEmpty()) {
                        metadata.remove("annotations");
                    }
                }
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an object that is no JSON", e);
        }
    }

    private List<String> lines(ObjectNode tree, ObjectNode before) {
        ObjectNode shown = tree.deepCopy();
        if ("Secret".equals(tree.path("kind").asText())) {
            for (String field : List.of("data", "stringData")) {
                hide(shown, tree, before, field);
            }
        }
        try {
            String text = yaml.writeValueAsString(json.treeToValue(shown, Object.class));
            return text.lines().map(line -> Excerpt.of(line, MOST_COLUMNS)).toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that is no YAML", e);
        }
    }

    /** Shows that a value is there, and whether it is another one than before, but neither it nor its length. */
    private static void hide(ObjectNode shown, ObjectNode tree, ObjectNode before, String field) {
        if (!(tree.get(field) instanceof ObjectNode data)) {
            return;
        }
        for (Iterator<Map.Entry<String, JsonNode>> i = data.fields(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = i.next();
            boolean changed = before != null && before.path(field).has(entry.getKey()) && !before.path(field).get(entry.getKey()).equals(entry.getValue());
            ((ObjectNode) shown.get(field)).put(entry.getKey(), changed ? "(hidden, changed)" : "(hidden)");
        }
    }
}
