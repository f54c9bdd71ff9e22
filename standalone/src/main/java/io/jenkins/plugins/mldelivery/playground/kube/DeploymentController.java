package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Deployments to ReplicaSets to Pods, with the rolling update, the status and the conditions of the real controllers. One pass looks at everything; passes are cheap at the playground's size.
 */
final class DeploymentController {
    private static final String HASH = "pod-template-hash";
    private static final String MANAGER = "playground-controller";
    /** On a Deployment and its ReplicaSets: how many templates there were until this one became the present one. */
    private static final String REVISION = "deployment.kubernetes.io/revision";

    private final ObjectMapper json = new ObjectMapper();
    private final ObjectStore store;
    private final Map<String, Instant> progress = new HashMap<>();
    private final Map<String, String> progressMark = new HashMap<>();

    DeploymentController(ObjectStore store) {
        this.store = store;
    }

    /** One pass over all Deployments. */
    void reconcile(Instant now) {
        for (ObjectNode deployment : store.list(ResourceType.DEPLOYMENTS, null)) {
            try {
                reconcile(deployment, now);
            } catch (ApiError e) {
                // The object changed or went away under our hands; the next pass sees it as it is.
            }
        }
        collect(ResourceType.REPLICA_SETS, ResourceType.DEPLOYMENTS);
        collect(ResourceType.PODS, ResourceType.REPLICA_SETS);
    }

    /**
     * Takes away what has lost its owner, as the garbage collector does. A pass that still sees a Deployment which is deleted meanwhile makes its ReplicaSet anew: left there, it would keep every
     * later Deployment of that name and template from having one.
     */
    private void collect(ResourceType type, ResourceType ownerType) {
        Set<String> owners = store.list(ownerType, null).stream().map(o -> o.at("/metadata/uid").asText()).collect(Collectors.toSet());
        for (ObjectNode object : store.list(type, null)) {
            JsonNode owner = object.at("/metadata/ownerReferences/0/uid");
            if (!owner.isMissingNode() && !owners.contains(owner.asText())) {
                try {
                    store.delete(type, object.at("/metadata/namespace").asText(), object.at("/metadata/name").asText(), false);
                } catch (ApiError e) {
                    // Gone already.
                }
            }
        }
    }

    private void reconcile(ObjectNode deployment, Instant now) {
        String namespace = deployment.at("/metadata/namespace").asText();
        int wanted = deployment.at("/spec/replicas").asInt(1);
        String hash = hash(deployment.at("/spec/template"));
        List<ObjectNode> sets = owned(ResourceType.REPLICA_SETS, namespace, deployment);
        ObjectNode current = sets.stream().filter(s -> s.at("/metadata/labels/" + HASH).asText().equals(hash)).findFirst().orElse(null);
        if (current == null) {
            current = createSet(deployment, hash, newest(sets) + 1);
            sets = owned(ResourceType.REPLICA_SETS, namespace, deployment);
        }
        number(deployment, current, newest(sets));
        String currentName = current.at("/metadata/name").asText();
        Map<String, List<ObjectNode>> podsOf = new HashMap<>();
        int alive = 0;
        int available = 0;
        int updated = 0;
        int updatedAvailable = 0;
        for (ObjectNode set : sets) {
            List<ObjectNode> pods = owned(ResourceType.PODS, namespace, set).stream().filter(p -> p.at("/metadata/deletionTimestamp").isMissingNode()).toList();
            podsOf.put(set.at("/metadata/name").asText(), pods);
            int ready = (int) pods.stream().filter(DeploymentController::isReady).count();
            alive += pods.size();
            available += ready;
            if (set.at("/metadata/name").asText().equals(currentName)) {
                updated = pods.size();
                updatedAvailable = ready;
            }
            status(set, pods.size(), ready);
        }
        int surge = bound(deployment.at("/spec/strategy/rollingUpdate/maxSurge"), wanted, 1);
        int unavailable = bound(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable"), wanted, 0);
        int room = wanted + surge - alive;
        for (int i = 0; i < Math.min(room, wanted - updated); i++) {
            createPod(deployment, current, hash);
        }
        int spare = available - (wanted - unavailable);
        for (ObjectNode set : sets) {
            String name = set.at("/metadata/name").asText();
            if (!name.equals(currentName)) {
                spare = scaleDown(podsOf.get(name), podsOf.get(name).size(), spare);
            }
        }
        if (updated > wanted) {
            scaleDown(podsOf.get(currentName), updated - wanted, Integer.MAX_VALUE);
        }
        status(deployment, now, alive, updated, available, updatedAvailable, wanted);
    }

    /** A template that comes back counts as a new one, as with the real controller; the Deployment has the number of its present one. */
    private void number(ObjectNode deployment, ObjectNode current, int newest) {
        int wanted = revision(current) < newest ? newest + 1 : newest;
        note(ResourceType.REPLICA_SETS, current, wanted);
        note(ResourceType.DEPLOYMENTS, deployment, wanted);
    }

    private void note(ResourceType type, ObjectNode object, int revision) {
        if (revision(object) != revision) {
            store.update(type, object.at("/metadata/namespace").asText(), object.at("/metadata/name").asText(), MANAGER, false, false, before -> {
                before.withObjectProperty("metadata").withObjectProperty("annotations").put(REVISION, Integer.toString(revision));
                before.withObjectProperty("metadata").remove("resourceVersion");
                return before;
            });
        }
    }

    private static int newest(List<ObjectNode> sets) {
        return sets.stream().mapToInt(DeploymentController::revision).max().orElse(0);
    }

    private static int revision(ObjectNode object) {
        return object.path("metadata").path("annotations").path(REVISION).asInt(0);
    }

    /** Takes pods away, first those that are not ready, which cost no availability. */
    private int scaleDown(List<ObjectNode> pods, int most, int spare) {
        List<ObjectNode> order = new ArrayList<>(pods);
        order.sort(Comparator.comparing(DeploymentController::isReady));
        int left = spare;
        for (ObjectNode pod : order.subList(0, Math.min(most, order.size()))) {
            boolean ready = isReady(pod);
            if (ready && left <= 0) {
                continue;
            }
            left -= ready ? 1 : 0;
            store.delete(ResourceType.PODS, pod.at("/metadata/namespace").asText(), pod.at("/metadata/name").asText(), false);
        }
        return left;
    }

    private ObjectNode createSet(ObjectNode deployment, String hash, int revision) {
        ObjectNode set = json.createObjectNode();
        ObjectNode metadata = set.putObject("metadata").put("name", deployment.at("/metadata/name").asText() + "-" + hash);
        ObjectNode labels = metadata.putObject("labels");
        labels.setAll((ObjectNode) deployment.at("/spec/template/metadata/labels"));
        labels.put(HASH, hash);
        metadata.putObject("annotations").put(REVISION, Integer.toString(revision));
        owner(metadata, deployment, "apps/v1", "Deployment");
        ObjectNode spec = set.putObject("spec").put("replicas", deployment.at("/spec/replicas").asInt());
        // Both with the hash, so that the sets of one Deployment don't have each other's pods.
        spec.set("selector", deployment.at("/spec/selector").deepCopy());
        spec.withObjectProperty("selector").withObjectProperty("matchLabels").put(HASH, hash);
        spec.set("template", deployment.at("/spec/template").deepCopy());
        spec.withObjectProperty("template").withObjectProperty("metadata").withObjectProperty("labels").put(HASH, hash);
        return store.create(ResourceType.REPLICA_SETS, deployment.at("/metadata/namespace").asText(), set, MANAGER, false);
    }

    private void createPod(ObjectNode deployment, ObjectNode set, String hash) {
        ObjectNode pod = json.createObjectNode();
        ObjectNode metadata = pod.putObject("metadata").put("generateName", set.at("/metadata/name").asText() + "-");
        ObjectNode labels = metadata.putObject("labels");
        labels.setAll((ObjectNode) deployment.at("/spec/template/metadata/labels"));
        labels.put(HASH, hash);
        owner(metadata, set, "apps/v1", "ReplicaSet");
        pod.set("spec", deployment.at("/spec/template/spec"));
        pod.putObject("status").put("phase", "Pending");
        store.create(ResourceType.PODS, deployment.at("/metadata/namespace").asText(), pod, MANAGER, false);
    }

    private static void owner(ObjectNode metadata, ObjectNode owner, String apiVersion, String kind) {
        metadata.putArray("ownerReferences").addObject().put("apiVersion", apiVersion).put("kind", kind).put("name", owner.at("/metadata/name").asText())
                .put("uid", owner.at("/metadata/uid").asText()).put("controller", true).put("blockOwnerDeletion", true);
    }

    private void status(ObjectNode deployment, Instant now, int alive, int updated, int available, int updatedAvailable, int wanted) {
        String uid = deployment.at("/metadata/uid").asText();
        String mark = deployment.at("/metadata/generation").asText() + "/" + updated + "/" + updatedAvailable + "/" + alive;
        if (!mark.equals(progressMark.put(uid, mark))) {
            progress.put(uid, now);
        }
        boolean complete = updated == wanted && updatedAvailable == wanted && alive == wanted;
        long deadline = deployment.at("/spec/progressDeadlineSeconds").asLong(600);
        boolean stuck = !complete && Duration.between(progress.get(uid), now).toSeconds() >= deadline;
        ObjectNode status = json.createObjectNode().put("observedGeneration", deployment.at("/metadata/generation").asLong());
        status.put("replicas", alive).put("updatedReplicas", updated).put("readyReplicas", available).put("availableReplicas", available);
        if (wanted > available) {
            status.put("unavailableReplicas", wanted - available);
        }
        ArrayNode conditions = status.putArray("conditions");
        conditions.addObject().put("type", "Available").put("status", available >= wanted ? "True" : "False")
                .put("reason", available >= wanted ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable").put("message", "");
        conditions.addObject().put("type", "Progressing").put("status", stuck ? "False" : "True")
                .put("reason", stuck ? "ProgressDeadlineExceeded" : complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated").put("message", "");
        if (!status.equals(deployment.path("status"))) {
            store.update(ResourceType.DEPLOYMENTS, deployment.at("/metadata/namespace").asText(), deployment.at("/metadata/name").asText(), MANAGER, true, false, before -> {
                before.set("status", status);
                // The status is of the generation that this pass saw, whatever came since.
                before.withObjectProperty("metadata").remove("resourceVersion");
                return before;
            });
        }
    }

    private void status(ObjectNode set, int pods, int ready) {
        ObjectNode status = json.createObjectNode().put("observedGeneration", set.at("/metadata/generation").asLong())
                .put("replicas", pods).put("fullyLabeledReplicas", pods).put("readyReplicas", ready)
                .put("availableReplicas", ready);
        if (!status.equals(set.path("status"))) {
            store.update(ResourceType.REPLICA_SETS, set.at("/metadata/namespace").asText(),
                    set.at("/metadata/name").asText(), MANAGER, true, false, before -> {
                        before.set("status", status);
                        before.withObjectProperty("metadata").remove("resourceVersion");
                        return before;
                    });
        }
    }

    private List<ObjectNode> owned(ResourceType type, String namespace, ObjectNode owner) {
        String uid = owner.at("/metadata/uid").asText();
        return store.list(type, namespace).stream().filter(o -> o.at("/metadata/ownerReferences/0/uid").asText().equals(uid)).toList();
    }

    static boolean isReady(JsonNode pod) {
        for (JsonNode c : pod.at("/status/conditions")) {
            if (c.path("type").asText().equals("Ready")) {
                return c.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /** A number or a percentage; surge rounds up and unavailable down, as Kubernetes does. */
    private static int bound(JsonNode value, int wanted, int kind) {
        if (value.isMissingNode()) {
            return kind == 1 ? (int) Math.ceil(wanted * 0.25) : (int) Math.floor(wanted * 0.25);
        }
        String text = value.asText();
        if (text.endsWith("%")) {
            double share = Double.parseDouble(text.substring(0, text.length() - 1)) / 100 * wanted;
            return (int) (kind == 1 ? Math.ceil(share) : Math.floor(share));
        }
        return Integer.parseInt(text);
    }

    private static String hash(JsonNode template) {
        CRC32 crc = new CRC32();
        crc.update(template.toString().getBytes(StandardCharsets.UTF_8));
        return Long.toString(crc.getValue(), 36);
    }
}
