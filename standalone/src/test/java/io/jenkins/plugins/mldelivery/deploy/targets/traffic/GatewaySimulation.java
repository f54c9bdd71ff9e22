package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A simulation of a Gateway API controller, no real one: it routes nothing, and only writes the status that a controller would write of the HTTPRoutes of a namespace. */
public final class GatewaySimulation implements AutoCloseable {
    private static final ResourceDefinitionContext TYPE = ClusterObject.type("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true);
    private static final long PASS_MILLIS = 30;

    private final KubernetesClient client;
    private final String namespace;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(r -> {
        Thread thread = new Thread(r, "gateway-simulation");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String refusal;
    private volatile boolean asleep;

    /** Starts it. */
    public GatewaySimulation(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        loop.scheduleWithFixedDelay(this::pass, 0, PASS_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** From now on accepts no route, for this reason; null: accepts them again. */
    public void refuse(String why) {
        refusal = why;
    }

    /** Sees nothing any more, or wakes up again. */
    public void sleep(boolean sleeps) {
        asleep = sleeps;
    }

    private void pass() {
        try {
            for (GenericKubernetesResource route : client.genericKubernetesResources(TYPE).inNamespace(namespace).list().getItems()) {
                Map<String, Object> status = status(route);
                if (!asleep && !status.equals(route.getAdditionalProperties().get("status"))) {
                    route.setAdditionalProperty("status", status);
                    client.genericKubernetesResources(TYPE).inNamespace(namespace).resource(route).updateStatus();
                }
            }
        } catch (KubernetesClientException e) {
            // Written by somebody else meanwhile, or the cluster is away: the next pass sees it.
        }
    }

    private Map<String, Object> status(GenericKubernetesResource route) {
        TreeSet<String> missing = new TreeSet<>();
        for (Map<String, Object> rule : Json.maps(Json.map(route.getAdditionalProperties().get("spec")).get("rules"))) {
            List<Map<String, Object>> backends = new ArrayList<>(Json.maps(rule.get("backendRefs")));
            Json.maps(rule.get("filters")).stream().filter(f -> f.containsKey("requestMirror")).forEach(f -> backends.add(Json.map(Json.map(f.get("requestMirror")).get("backendRef"))));
            backends.stream().map(b -> Json.text(b.get("name"))).filter(n -> client.services().inNamespace(namespace).withName(n).get() == null).forEach(missing::add);
        }
        String why = refusal;
        long generation = route.getMetadata().getGeneration();
        List<Object> parents = new ArrayList<>();
        for (Map<String, Object> parent : Json.maps(Json.map(route.getAdditionalProperties().get("spec")).get("parentRefs"))) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("parentRef", parent);
            entry.put("controllerName", "simulation.ml-delivery.io/gateway");
            entry.put("conditions", List.of(
                    condition(route, "Accepted", why == null, why == null ? "Accepted" : "UnsupportedValue", why == null ? "" : why, generation),
                    condition(route, "ResolvedRefs", missing.isEmpty(), missing.isEmpty() ? "ResolvedRefs" : "BackendNotFound", missing.isEmpty() ? "" : "no Service " + missing, generation)));
            parents.add(entry);
        }
        return new LinkedHashMap<>(Map.of("parents", parents));
    }

    /** The time is the route's, so that the same status is the same. */
    private static Map<String, Object> condition(GenericKubernetesResource route, String type, boolean good, String reason, String message, long generation) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", good ? "True" : "False");
        condition.put("reason", reason);
        condition.put("message", message);
        condition.put("observedGeneration", (int) generation);
        condition.put("lastTransitionTime", Instant.parse(route.getMetadata().getCreationTimestamp()).truncatedTo(ChronoUnit.SECONDS).toString());
        return condition;
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
