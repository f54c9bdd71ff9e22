package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The playground's API server with a controller whose Deployments get ready half a second after each change, without any pods: for thousands of Deployments on a small machine. It prints its URL and
 * ends when its standard input does.
 */
public final class PodlessCluster {
    private static final Duration READY_AFTER = Duration.ofMillis(500);
    private static final String MANAGER = "bench-controller";

    private final ObjectMapper json = new ObjectMapper();
    private final ObjectStore store = new ObjectStore();
    private final ScheduledExecutorService controller = Executors.newSingleThreadScheduledExecutor();

    private PodlessCluster() {}

    /** @param args token, number of namespaces (<code>ns0</code>, …) */
    public static void main(String[] args) throws Exception {
        new PodlessCluster().serve(args[0], Integer.parseInt(args[1]));
    }

    private void serve(String token, int namespaces) throws Exception {
        PodAccess none = new PodAccess() {
            @Override
            public List<String> log(String namespace, String name) {
                throw ApiError.notFound(ResourceType.PODS, name);
            }

            @Override
            public Answer get(String namespace, String name, String path) {
                throw ApiError.notFound(ResourceType.PODS, name);
            }
        };
        for (int i = 0; i < namespaces; i++) {
            ObjectNode namespace = json.createObjectNode();
            namespace.putObject("metadata").put("name", "ns" + i);
            store.create(ResourceType.NAMESPACES, null, namespace, MANAGER, false);
        }
        store.watch(0, change -> {
            ObjectNode d = change.object();
            if (change.resource() == ResourceType.DEPLOYMENTS && change.type().equals("DELETED")) {
                String namespace = d.at("/metadata/namespace").asText();
                String model = d.at("/metadata/labels").path("ml-delivery.io/model").asText();
                controller.execute(() -> serve(namespace, model));
            } else if (change.resource() == ResourceType.DEPLOYMENTS
                    && d.at("/status/observedGeneration").asLong() != d.at("/metadata/generation").asLong()) {
                String namespace = d.at("/metadata/namespace").asText();
                String name = d.at("/metadata/name").asText();
                controller.schedule(() -> ready(namespace, name), READY_AFTER.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
        try (ApiServer server = new ApiServer(store, none, token, 0, Executors.newCachedThreadPool())) {
            System.out.println(server.url());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        System.exit(0);
    }

    /** The pods that there would be, behind the model's Service. */
    private void serve(String namespace, String model) {
        ArrayNode endpoints = json.createArrayNode();
        for (String deployment : List.of(model, model + "-canary")) {
            ObjectNode d = store.get(ResourceType.DEPLOYMENTS, namespace, deployment);
            int ready = d == null ? 0 : d.at("/status/readyReplicas").asInt();
            for (int i = 0; i < ready; i++) {
                ObjectNode endpoint = endpoints.addObject();
                endpoint.putObject("conditions").put("ready", true);
                endpoint.putObject("targetRef").put("kind", "Pod").put("name", deployment + "-0a1b2c3d-" + (10_000 + i));
            }
        }
        String name = model + "-slice";
        if (store.get(ResourceType.ENDPOINT_SLICES, namespace, name) == null) {
            ObjectNode slice = json.createObjectNode();
            slice.putObject("metadata").put("name", name).putObject("labels").put("kubernetes.io/service-name", model);
            slice.set("endpoints", endpoints);
            store.create(ResourceType.ENDPOINT_SLICES, namespace, slice, MANAGER, false);
        } else {
            store.update(ResourceType.ENDPOINT_SLICES, namespace, name, MANAGER, false, false, before -> {
                before.set("endpoints", endpoints);
                before.withObjectProperty("metadata").remove("resourceVersion");
                return before;
            });
        }
    }

    private void ready(String namespace, String name) {
        try {
            store.update(ResourceType.DEPLOYMENTS, namespace, name, MANAGER, true, false, before -> {
                int pods = before.at("/spec/replicas").asInt(1);
                before.putObject("status").put("observedGeneration", before.at("/metadata/generation").asLong())
                        .put("replicas", pods).put("updatedReplicas", pods).put("readyReplicas", pods).put("availableReplicas", pods);
                before.withObjectProperty("metadata").remove("resourceVersion");
                return before;
            });
            serve(namespace, store.get(ResourceType.DEPLOYMENTS, namespace, name).at("/metadata/labels")
                    .path("ml-delivery.io/model").asText());
        } catch (ApiError e) {
            // It was deleted meanwhile.
        }
    }
}
