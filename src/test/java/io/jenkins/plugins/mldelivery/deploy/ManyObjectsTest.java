package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.AbortableWork;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** Manifests with many objects, on an API server that does only what these tests need. */
public class ManyObjectsTest {
    private static final int OBJECTS = 20;
    private static final String CONFIG_MAPS = "/api/v1/namespaces/ml/configmaps/";
    private static final String KINDS = """
            {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
                {"name": "configmaps", "kind": "ConfigMap", "namespaced": true, "verbs": ["get"]}]}
            """;
    private static final String NOT_FOUND =
            "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"code\": %d, \"reason\": \"%s\"}";

    private final Map<String, String> stored = new ConcurrentHashMap<>();
    private volatile Predicate<LoopbackServer.Request> refused = request -> false;
    private volatile CountDownLatch asked;

    private LoopbackServer.Answer answer(LoopbackServer.Request request) {
        String path = request.path();
        boolean dryRun = String.valueOf(request.query()).contains("dryRun");
        if (asked != null && path.startsWith(CONFIG_MAPS)) {
            asked.countDown();
            return new LoopbackServer.Answer(200, null, Map.of());
        }
        if (refused.test(request)) {
            return json(503, NOT_FOUND.formatted(503, "ServiceUnavailable"));
        }
        if (path.endsWith("/selfsubjectaccessreviews")) {
            return json(201, "{\"kind\": \"SelfSubjectAccessReview\", \"apiVersion\": \"authorization.k8s.io/v1\","
                    + " \"status\": {\"allowed\": true}}");
        }
        if (path.equals("/api/v1")) {
            return json(200, KINDS);
        }
        if (String.valueOf(request.query()).contains("watch=")) {
            return json(403, NOT_FOUND.formatted(403, "Forbidden"));
        }
        return switch (request.method()) {
            case "GET" -> {
                String found = path.equals("/api/v1/namespaces/ml")
                        ? "{\"kind\": \"Namespace\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"ml\"}}"
                        : stored.get(path);
                boolean list = path.matches(".*/namespaces/ml/[a-z]+");
                yield list ? json(200, "{\"kind\": \"List\", \"apiVersion\": \"v1\", \"metadata\": {}, \"items\": []}")
                        : found == null ? json(404, NOT_FOUND.formatted(404, "NotFound")) : json(200, found);
            }
            case "POST" -> store(path + "/" + name(request.body()), request.body(), 201);
            case "PUT" -> store(path, request.body(), 200);
            case "PATCH" -> dryRun ? json(200, made(request.body())) : store(path, made(request.body()), 200);
            default -> json(200, Optional.ofNullable(stored.remove(path)).orElse("{\"kind\": \"Status\"}"));
        };
    }

    private LoopbackServer.Answer store(String path, String body, int code) {
        stored.put(path, body);
        return json(code, body);
    }

    /** What every API server gives an object, also in a dry run. */
    private static String made(String body) {
        return body.replaceFirst("\"metadata\":\\{", "\"metadata\":{\"uid\":\"1\",");
    }

    private static String name(String body) {
        Matcher name = Pattern.compile("\"name\":\"([^\"]+)\"").matcher(body);
        assertTrue(body, name.find());
        return name.group(1);
    }

    private static LoopbackServer.Answer json(int code, String body) {
        return new LoopbackServer.Answer(code, body, Map.of("Content-Type", "application/json"));
    }

    private static DeployModel deploy(LoopbackServer server, ClusterConnections connections, String manifests)
            throws DeliveryException, InterruptedException {
        DeployModelRequest request = DeployModelRequest.of("m", "127.0.0.1:5000/a/b:c")
                .withNamespace("ml")
                .withModel(ModelSettings.defaults().withManifests(manifests));
        return new DeployModel(
                request, connections, ClusterAccess.server(server.url(), null, null), null, Deployers.of("me"),
                StateStore.none(), TestEnvironment.quiet());
    }

    private static String manifests(String volumes) {
        StringBuilder text = new StringBuilder("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: m}
                spec: {template: {spec: {containers: [{name: model, image: x}]%s}}}
                ---
                apiVersion: v1
                kind: List
                items:
                """.formatted(volumes));
        for (int i = 0; i < OBJECTS; i++) {
            text.append("- {apiVersion: v1, kind: ConfigMap, metadata: {name: a").append(i).append("}}\n");
        }
        return text.toString();
    }

    private static long count(LoopbackServer server, Predicate<LoopbackServer.Request> which) {
        return server.requests().stream().filter(which).count();
    }

    @Test(timeout = 120_000)
    public void aKindIsAskedForOnceAndAnObjectTwiceBeforeTheRolloutBegins() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(this::answer);
                ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = deploy(server, connections, manifests(""))) {
            assertNull(deploy.tick(null).result());
            assertTrue(deploy.begun());
            assertEquals(1, count(server, r -> r.path().equals("/api/v1")));
            assertEquals(2L * OBJECTS, count(server, r -> r.path().startsWith(CONFIG_MAPS)));
            long services = count(server, r -> r.method().equals("GET") && r.path().endsWith("/services/m"));
            assertTrue(services + " looks at the Service", services < 5);
        }
    }

    @Test(timeout = 120_000)
    public void whatATickCouldNotApplyIsAppliedByTheNextOne() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(this::answer);
                ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = deploy(server, connections, manifests(""))) {
            Predicate<LoopbackServer.Request> applies =
                    r -> r.method().equals("PATCH") && !String.valueOf(r.query()).contains("dryRun");
            refused = r -> applies.test(r) && r.path().equals(CONFIG_MAPS + "a7");
            while (deploy.state().phase() == Phase.PREPARING) {
                assertNull(deploy.tick(null).result());
            }
            assertTrue(stored.containsKey(CONFIG_MAPS + "a6"));
            assertTrue(!stored.containsKey(CONFIG_MAPS + "a8"));
            refused = r -> false;
            deploy.tick(null);
            assertTrue(stored.containsKey(CONFIG_MAPS + "a" + (OBJECTS - 1)));
            assertTrue(stored.keySet().toString(), stored.containsKey("/api/v1/namespaces/ml/services/m"));
            assertEquals("not again", 1, count(server, r -> applies.test(r) && r.path().equals(CONFIG_MAPS + "a6")));
        }
    }

    @Test(timeout = 60_000)
    public void anAbortEndsTheFirstLookAtOnce() throws Exception {
        asked = new CountDownLatch(1);
        AbortableWork work = new AbortableWork();
        try (LoopbackServer server = LoopbackServer.start(this::answer);
                ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = deploy(server, connections, manifests(""))) {
            Thread aborter = new Thread(() -> {
                try {
                    asked.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                work.abort();
            });
            aborter.start();
            long begun = System.nanoTime();
            assertThrows(InterruptedException.class, () -> work.run(() -> deploy.tick(null)));
            long seconds = (System.nanoTime() - begun) / 1_000_000_000;
            assertTrue(seconds + " s", seconds < 30);
            aborter.join();
        }
    }

    @Test(timeout = 60_000)
    public void podsMayReadSomeHundredConfigMapsAndSecrets() throws Exception {
        StringBuilder volumes = new StringBuilder(", volumes: [");
        for (int i = 0; i <= 200; i++) {
            volumes.append(i == 0 ? "" : ", ").append("{name: v").append(i).append(", secret: {secretName: s").append(i)
                    .append(", optional: true}}");
        }
        try (LoopbackServer server = LoopbackServer.start(this::answer);
                ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = deploy(server, connections, manifests(volumes + "]"))) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> deploy.tick(null));
            assertEquals(
                    "manifests: the pods read more than 200 ConfigMaps and Secrets. Put their data together.",
                    e.getMessage());
        }
    }
}
