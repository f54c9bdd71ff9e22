package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/** Runs pods: pulls their image, starts their server, probes it, restarts it with back-off, and takes it down. */
final class Kubelet implements PodAccess, AutoCloseable {
    private static final String MANAGER = "playground-kubelet";
    private static final Duration DRAIN = Duration.ofMillis(400);
    private static final Duration PULL_BACK_OFF = Duration.ofSeconds(2);
    private static final Duration CRASH_BACK_OFF = Duration.ofSeconds(2);

    private final ObjectMapper json = new ObjectMapper();
    private final ObjectStore store;
    private final ImagePuller puller;
    private final Container.Starter starter;
    private final Path folder;
    private final ExecutorService threads;
    private final HttpClient http;
    private final Map<String, Running> pods = new ConcurrentHashMap<>();

    /** What the kubelet knows of a pod. */
    private static final class Running {
        private final String namespace;
        private final String name;
        private final List<String> log = new CopyOnWriteArrayList<>();
        private volatile Container container;
        private volatile String imageId = "";
        private volatile boolean ready;
        private volatile boolean busy;
        private volatile String waiting = "ContainerCreating";
        private volatile String message;
        private volatile int restarts;
        private volatile int lastExit = -1;
        private volatile Instant notBefore = Instant.EPOCH;
        private volatile Instant ending;
        private volatile Instant started;

        Running(String namespace, String name) {
            this.namespace = namespace;
            this.name = name;
        }
    }

    Kubelet(ObjectStore store, ImagePuller puller, Container.Starter starter, Path folder, ExecutorService threads) {
        this.store = store;
        this.puller = puller;
        this.starter = starter;
        this.folder = folder;
        this.threads = threads;
        this.http = HttpClient.newBuilder().executor(threads).connectTimeout(Duration.ofSeconds(2)).version(HttpClient.Version.HTTP_1_1).build();
    }

    /** One pass over all pods. */
    void reconcile(Instant now) {
        Map<String, ObjectNode> present = new HashMap<>();
        store.list(ResourceType.PODS, null).forEach(p -> present.put(p.at("/metadata/uid").asText(), p));
        present.forEach((uid, pod) -> {
            Running running = pods.computeIfAbsent(uid, u -> new Running(pod.at("/metadata/namespace").asText(), pod.at("/metadata/name").asText()));
            if (pod.at("/metadata/deletionTimestamp").isMissingNode()) {
                run(uid, pod, running, now);
            } else {
                end(uid, running, now);
            }
        });
        for (String uid : pods.keySet()) {
            if (!present.containsKey(uid)) {
                stop(uid);
            }
        }
    }

    private void run(String uid, ObjectNode pod, Running running, Instant now) {
        if (running.busy) {
            return;
        }
        if (running.container == null) {
            if (!now.isBefore(running.notBefore)) {
                running.busy = true;
                threads.execute(() -> start(uid, pod, running));
            }
        } else {
            running.busy = true;
            threads.execute(() -> probe(pod, running));
        }
    }

    private void start(String uid, ObjectNode pod, Running running) {
        JsonNode spec = pod.at("/spec/containers/0");
        try {
            Path root = folder.resolve(uid);
            if (!Files.isDirectory(root)) {
                Path fresh = folder.resolve(uid + ".pulling");
                wipe(fresh);
                Files.createDirectories(fresh);
                try {
                    running.imageId = puller.pull(spec.path("image").asText(), fresh);
                } catch (IOException | RuntimeException e) {
                    running.waiting = "ErrImagePull".equals(running.waiting) ? "ImagePullBackOff" : "ErrImagePull";
                    running.message = e.getMessage();
                    running.notBefore = Instant.now().plus(PULL_BACK_OFF);
                    return;
                }
                Files.move(fresh, root);
            }
            Map<String, String> env = new HashMap<>();
            spec.path("env").forEach(e -> env.put(e.path("name").asText(), e.path("value").asText()));
            try {
                running.container = starter.start(root, env, running.log::add);
                running.started = Instant.now();
                running.waiting = null;
                running.message = null;
            } catch (IOException | RuntimeException e) {
                running.log.add("fatal: " + e.getMessage());
                running.waiting = "CrashLoopBackOff";
                running.message = "back-off restarting failed container";
                running.lastExit = 1;
                running.restarts++;
                running.notBefore = Instant.now().plus(CRASH_BACK_OFF);
            }
        } catch (IOException e) {
            running.waiting = "CreateContainerError";
            running.message = e.getMessage();
            running.notBefore = Instant.now().plus(PULL_BACK_OFF);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            status(pod, running, spec);
            running.busy = false;
        }
    }

    private void probe(ObjectNode pod, Running running) {
        JsonNode spec = pod.at("/spec/containers/0");
        try {
            String path = spec.at("/readinessProbe/httpGet/path").asText("");
            boolean ready = path.isEmpty() || get(running, path).status() < 400;
            if (ready != running.ready || pod.at("/status/containerStatuses").isMissingNode()) {
                running.ready = ready;
            }
        } catch (ApiError e) {
            running.ready = false;
        } finally {
            status(pod, running, spec);
            running.busy = false;
        }
    }

    private void end(String uid, Running running, Instant now) {
        if (running.ending == null) {
            running.ending = now;
        } else if (Duration.between(running.ending, now).compareTo(DRAIN) >= 0 && !running.busy) {
            stop(uid);
            try {
                store.delete(ResourceType.PODS, running.namespace, running.name, true);
            } catch (ApiError e) {
                // Gone already.
            }
        }
    }

    private void stop(String uid) {
        Running running = pods.remove(uid);
        if (running != null && running.container != null) {
            running.container.close();
        }
        try {
            wipe(folder.resolve(uid));
        } catch (IOException e) {
            // The folder is removed with the playground.
        }
    }

    private static void wipe(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(p);
                }
            }
        }
    }

    private void status(ObjectNode pod, Running running, JsonNode spec) {
        boolean up = running.container != null;
        ObjectNode status = json.createObjectNode().put("phase", up ? "Running" : "Pending").put("podIP", "127.0.0.1").put("hostIP", "127.0.0.1");
        status.put("startTime", pod.at("/metadata/creationTimestamp").asText());
        ArrayNode conditions = status.putArray("conditions");
        conditions.addObject().put("type", "PodScheduled").put("status", "True");
        conditions.addObject().put("type", "Ready").put("status", up && running.ready ? "True" : "False");
        ObjectNode c = status.putArray("containerStatuses").addObject().put("name", spec.path("name").asText()).put("image", spec.path("image").asText())
                .put("imageID", running.imageId).put("ready", up && running.ready).put("restartCount", running.restarts);
        if (up) {
            c.putObject("state").putObject("running").put("startedAt", running.started.truncatedTo(ChronoUnit.SECONDS).toString());
        } else {
            c.putObject("state").putObject("waiting").put("reason", running.waiting).put("message", String.valueOf(running.message));
        }
        if (running.lastExit >= 0) {
            c.putObject("lastState").putObject("terminated").put("exitCode", running.lastExit).put("reason", "Error");
        }
        try {
            String port = up ? Integer.toString(running.container.port()) : "";
            if (!status.equals(store.get(ResourceType.PODS, running.namespace, running.name).path("status"))) {
                store.update(ResourceType.PODS, running.namespace, running.name, MANAGER, true, false, before -> {
                    before.set("status", status);
                    before.withObjectProperty("metadata").remove("resourceVersion");
                    return before;
                });
            }
            if (up && !port.equals(pod.at("/metadata/annotations").path(EmbeddedCluster.PORT_ANNOTATION).asText())) {
                store.update(ResourceType.PODS, running.namespace, running.name, MANAGER, false, false, before -> {
                    before.withObjectProperty("metadata").withObjectProperty("annotations").put(EmbeddedCluster.PORT_ANNOTATION, port);
                    before.withObjectProperty("metadata").remove("resourceVersion");
                    return before;
                });
            }
        } catch (ApiError | NullPointerException e) {
            // The pod went away meanwhile.
        }
    }

    @Override
    public List<String> log(String namespace, String name) {
        return find(namespace, name).log;
    }

    @Override
    public Answer get(String namespace, String name, String path) {
        Running running = find(namespace, name);
        if (running.container == null) {
            throw new ApiError(503, "ServiceUnavailable", "pod " + name + " is not running");
        }
        return get(running, path);
    }

    private Answer get(Running running, String path) {
        // Without it "@host" would be the host, and the port a password.
        String root = path.startsWith("/") ? "" : "/";
        try {
            URI uri = URI.create("http://127.0.0.1:" + running.container.port() + root + path);
            HttpResponse<byte[]> r = http.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(r.statusCode(), r.headers().firstValue("Content-Type").orElse("text/plain"), r.body());
        } catch (IllegalArgumentException e) {
            return new Answer(400, "text/plain", "the path is not valid".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Answer(502, "text/plain", ("the pod's server does not answer: " + e.getMessage()).getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiError(503, "ServiceUnavailable", "shutting down");
        }
    }

    private Running find(String namespace, String name) {
        return pods.values().stream().filter(r -> r.namespace.equals(namespace) && r.name.equals(name)).findFirst()
                .orElseThrow(() -> ApiError.notFound(ResourceType.PODS, name));
    }

    @Override
    public void close() {
        List.copyOf(pods.keySet()).forEach(this::stop);
    }
}
