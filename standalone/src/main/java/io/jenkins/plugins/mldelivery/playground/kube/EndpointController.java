package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Writes the EndpointSlice of each Service that has a selector, as the real controller does; one slice holds them all. */
final class EndpointController {
    private static final String MANAGER = "endpointslice-controller.k8s.io";

    private final ObjectMapper json = new ObjectMapper();
    private final ObjectStore store;

    EndpointController(ObjectStore store) {
        this.store = store;
    }

    /** One pass over all Services. */
    void reconcile() {
        for (ObjectNode service : store.list(ResourceType.SERVICES, null)) {
            try {
                if (!service.at("/spec/selector").isEmpty()) {
                    reconcile(service);
                }
            } catch (ApiError e) {
                // The Service went away meanwhile; the next pass sees it.
            }
        }
    }

    private void reconcile(ObjectNode service) {
        String namespace = service.at("/metadata/namespace").asText();
        String name = service.at("/metadata/name").asText() + "-slice";
        JsonNode endpoints = endpoints(service, namespace);
        ObjectNode present = store.get(ResourceType.ENDPOINT_SLICES, namespace, name);
        if (present == null) {
            store.create(ResourceType.ENDPOINT_SLICES, namespace, slice(service, name, endpoints), MANAGER, false);
        } else if (!present.path("endpoints").equals(endpoints)) {
            store.update(ResourceType.ENDPOINT_SLICES, namespace, name, MANAGER, false, false, before -> {
                before.set("endpoints", endpoints);
                before.withObjectProperty("metadata").remove("resourceVersion");
                return before;
            });
        }
    }

    private ObjectNode slice(ObjectNode service, String name, JsonNode endpoints) {
        ObjectNode slice = json.createObjectNode();
        ObjectNode metadata = slice.putObject("metadata").put("name", name);
        metadata.putObject("labels")
                .put("kubernetes.io/service-name", service.at("/metadata/name").asText())
                .put("endpointslice.kubernetes.io/managed-by", MANAGER);
        metadata.putArray("ownerReferences").addObject().put("apiVersion", "v1").put("kind", "Service")
                .put("name", service.at("/metadata/name").asText()).put("uid", service.at("/metadata/uid").asText())
                .put("controller", true).put("blockOwnerDeletion", true);
        slice.put("addressType", "IPv4").set("endpoints", endpoints);
        slice.putArray("ports");
        return slice;
    }

    /** Null when there are none, as a real API server says it: it keeps no empty lists. */
    private JsonNode endpoints(ObjectNode service, String namespace) {
        List<ObjectNode> pods = new ArrayList<>(store.list(ResourceType.PODS, namespace));
        pods.removeIf(pod -> !Labels.match(service.at("/spec/selector"), pod.at("/metadata/labels"))
                || pod.at("/status/podIP").asText("").isEmpty());
        ArrayNode endpoints = json.createArrayNode();
        for (ObjectNode pod : pods) {
            boolean ending = !pod.at("/metadata/deletionTimestamp").isMissingNode();
            boolean serving = DeploymentController.isReady(pod);
            ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(pod.at("/status/podIP").asText());
            endpoint.putObject("conditions").put("ready", serving && !ending).put("serving", serving)
                    .put("terminating", ending);
            endpoint.putObject("targetRef").put("kind", "Pod").put("namespace", namespace)
                    .put("name", pod.at("/metadata/name").asText()).put("uid", pod.at("/metadata/uid").asText());
        }
        return endpoints.isEmpty() ? json.nullNode() : endpoints;
    }
}
