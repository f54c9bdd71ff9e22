package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The embedded cluster: API server, controllers and kubelet in this process. Several may run side by side. */
public final class EmbeddedCluster implements AutoCloseable {
    /** Annotation of a pod: the loopback port that its server really listens on. */
    public static final String PORT_ANNOTATION = "playground.ml-delivery.io/port";

    /** Annotation of a Service: the URL of its proxy. */
    public static final String URL_ANNOTATION = "playground.ml-delivery.io/url";

    private static final long PASS_MILLIS = 100;
    private static final long ENDING_SECONDS = 5;

    private final ObjectStore store = new ObjectStore();
    private final ExecutorService threads;
    private final ScheduledExecutorService loop;
    private final Kubelet kubelet;
    private final ApiServer server;
    private final String token;

    /**
     * Starts a cluster with the namespaces <code>default</code> and <code>kube-system</code>.
     *
     * @param folder where containers' files are put
     * @param port of the API server, 0 for any
     * @param token bearer token that clients must send
     */
    public EmbeddedCluster(Path folder, int port, String token, ImagePuller puller, Container.Starter starter) throws IOException {
        this.token = token;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(r -> daemon(r, "playground-" + number.incrementAndGet()));
        loop = Executors.newSingleThreadScheduledExecutor(r -> daemon(r, "playground-controllers"));
        kubelet = new Kubelet(store, puller, starter, folder, threads);
        server = new ApiServer(store, kubelet, token, port, threads);
        DeploymentController deployments = new DeploymentController(store);
        EndpointController endpoints = new EndpointController(store);
        for (String namespace : List.of("default", "kube-system")) {
            ObjectNode object = new ObjectMapper().createObjectNode();
            object.putObject("metadata").put("name", namespace);
            object.putObject("status").put("phase", "Active");
            store.create(ResourceType.NAMESPACES, null, object, "playground", false);
        }
        loop.scheduleWithFixedDelay(() -> {
            Instant now = Instant.now();
            endpoints.reconcile();
            deployments.reconcile(now);
            kubelet.reconcile(now);
        }, 0, PASS_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The API server's URL. */
    public String url() {
        return server.url();
    }

    /** The text of a kubeconfig for this cluster. */
    public String kubeconfig() {
        return "apiVersion: v1\nkind: Config\ncurrent-context: playground\nclusters:\n- name: playground\n  cluster:\n    server: " + url()
                + "\ncontexts:\n- name: playground\n  context:\n    cluster: playground\n    user: playground\n    namespace: default\nusers:\n- name: playground\n  user:\n    token: " + token + "\n";
    }

    /** A Service of the cluster. */
    public record ServiceInfo(String namespace, String name) {}

    /** A pod that may get requests of a Service. */
    public record Endpoint(String pod, String track, int port) {}

    /** The Services that there are. */
    public List<ServiceInfo> services() {
        return store.list(ResourceType.SERVICES, null).stream()
                .map(s -> new ServiceInfo(s.at("/metadata/namespace").asText(), s.at("/metadata/name").asText()))
                .toList();
    }

    /** The ready pods that a Service selects. */
    public List<Endpoint> endpoints(ServiceInfo service) {
        ObjectNode object = store.get(ResourceType.SERVICES, service.namespace(), service.name());
        List<Endpoint> endpoints = new ArrayList<>();
        if (object == null) {
            return endpoints;
        }
        for (ObjectNode pod : store.list(ResourceType.PODS, service.namespace())) {
            JsonNode port = pod.at("/metadata/annotations").path(PORT_ANNOTATION);
            if (Labels.match(object.at("/spec/selector"), pod.at("/metadata/labels")) && DeploymentController.isReady(pod)
                    && pod.at("/metadata/deletionTimestamp").isMissingNode() && !port.asText("").isEmpty()) {
                endpoints.add(new Endpoint(
                        pod.at("/metadata/name").asText(), pod.at("/metadata/labels").path("ml-delivery.io/track").asText(""), Integer.parseInt(port.asText())));
            }
        }
        return endpoints;
    }

    /** Notes on a Service where its proxy listens. */
    public void announce(ServiceInfo service, String url) {
        try {
            store.update(ResourceType.SERVICES, service.namespace(), service.name(), "playground", false, false, before -> {
                before.withObjectProperty("metadata").withObjectProperty("annotations").put(URL_ANNOTATION, url);
                before.withObjectProperty("metadata").remove("resourceVersion");
                return before;
            });
        } catch (ApiError e) {
            // The Service went away meanwhile.
        }
    }

    @Override
    public void close() {
        loop.shutdownNow();
        server.close();
        // A pass that is under way could start a pod behind the kubelet's end, and a pull write one more file.
        await(loop);
        kubelet.close();
        threads.shutdownNow();
        await(threads);
    }

    private static void await(ExecutorService ending) {
        try {
            ending.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
