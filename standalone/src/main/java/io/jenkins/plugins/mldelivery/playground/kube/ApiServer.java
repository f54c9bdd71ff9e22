package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.playground.Bodies;
import io.jenkins.plugins.mldelivery.playground.ExpectedLogin;
import io.jenkins.plugins.mldelivery.playground.LoopbackServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The API over HTTP on loopback, with bearer-token authentication. */
final class ApiServer implements AutoCloseable {
    private static final String ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final int MAX_BODY = 4 * 1024 * 1024;
    private static final Set<String> OBJECTS = Set.of("application/json", "application/yaml");
    private static final Bodies BODIES = new Bodies(MAX_BODY, Map.of(
            "POST", OBJECTS, "PUT", OBJECTS, "DELETE", OBJECTS,
            "PATCH", Set.of(
                    "application/json-patch+json", "application/merge-patch+json",
                    "application/strategic-merge-patch+json", "application/apply-patch+yaml")));

    private static final long WATCH_SECONDS = 600;

    private final ObjectMapper json = new ObjectMapper();
    private final YAMLMapper yaml = new YAMLMapper();
    private final Discovery discovery = new Discovery();
    private final ObjectStore store;
    private final PodAccess pods;
    private final ExpectedLogin login;
    private final LoopbackServer server;
    private volatile boolean closed;

    ApiServer(ObjectStore store, PodAccess pods, String token, int port, ExecutorService threads) throws IOException {
        this.store = store;
        this.pods = pods;
        this.login = ExpectedLogin.of(new Login(null, SecretText.of(token)));
        server = LoopbackServer.start(port, threads, BODIES, this::handle);
    }

    String url() {
        return server.url();
    }

    @Override
    public void close() {
        closed = true;
        server.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            if (!login.isIn(exchange)) {
                throw new ApiError(401, "Unauthorized", "Unauthorized");
            }
            route(exchange);
        } catch (ApiError e) {
            send(exchange, e.code(), e.status());
        } catch (JsonProcessingException e) {
            String problem = "the body can't be decoded: " + e.getOriginalMessage();
            send(exchange, 400, new ApiError(400, "BadRequest", problem).status());
        } catch (RuntimeException e) {
            send(exchange, 500, new ApiError(500, "InternalError", e.toString()).status());
        }
    }

    private void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/healthz") || path.equals("/readyz") || path.equals("/livez")) {
            raw(exchange, 200, "text/plain", "ok".getBytes(StandardCharsets.UTF_8));
            return;
        }
        ObjectNode found = discovery.answer(path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
        if (found != null) {
            send(exchange, 200, found);
            return;
        }
        if (path.equals(ACCESS_REVIEWS) && exchange.getRequestMethod().equals("POST")) {
            ObjectNode review = body(exchange);
            review.putObject("status").put("allowed", true).put("reason", "whoever has the playground's token may do everything");
            send(exchange, 201, review);
            return;
        }
        ApiPath p = ApiPath.parse(path);
        if (p == null) {
            throw new ApiError(404, "NotFound", "the server could not find the requested resource");
        }
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        if (p.subresource() != null && (p.subresource().equals("log") || p.subresource().equals("proxy"))) {
            podAccess(exchange, p, query);
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "GET" -> get(exchange, p, query);
            case "POST" -> send(exchange, 201, store.create(p.type(), p.namespace(), body(exchange), manager(exchange, query), dryRun(query)));
            case "PUT" -> send(exchange, 200, put(exchange, p, query));
            case "PATCH" -> send(exchange, 200, patch(exchange, p, query));
            case "DELETE" -> delete(exchange, p, query);
            default -> throw new ApiError(405, "MethodNotAllowed", "method not allowed");
        }
    }

    private void get(HttpExchange exchange, ApiPath p, Map<String, String> query) throws IOException {
        if (p.name() != null) {
            ObjectNode object = store.get(p.type(), p.namespace(), p.name());
            if (object == null) {
                throw ApiError.notFound(p.type(), p.name());
            }
            send(exchange, 200, "scale".equals(p.subresource()) ? Scale.of(object) : object);
        } else if (query.containsKey("watch") && !query.get("watch").equals("false") && !query.get("watch").equals("0")) {
            watch(exchange, p, query);
        } else {
            ObjectNode list = json.createObjectNode().put("kind", p.type().kind() + "List").put("apiVersion", p.type().apiVersion());
            list.putObject("metadata").put("resourceVersion", Long.toString(store.version()));
            ArrayNode items = list.putArray("items");
            for (ObjectNode object : store.list(p.type(), p.namespace())) {
                if (Labels.match(object, query.get("labelSelector"), query.get("fieldSelector"))) {
                    items.add(object);
                }
            }
            send(exchange, 200, list);
        }
    }

    private void watch(HttpExchange exchange, ApiPath p, Map<String, String> query) throws IOException {
        if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
            // A stream that never ends would leave a client waiting that asked for a WebSocket; after 503 it takes the plain one.
            throw new ApiError(503, "ServiceUnavailable", "the playground has no WebSockets");
        }
        BlockingQueue<ObjectStore.Change> changes = new LinkedBlockingQueue<>();
        long after = Long.parseLong(query.getOrDefault("resourceVersion", "0").isEmpty() ? "0" : query.getOrDefault("resourceVersion", "0"));
        long seconds = Math.min(WATCH_SECONDS, Long.parseLong(query.getOrDefault("timeoutSeconds", Long.toString(WATCH_SECONDS))));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (AutoCloseable ignored = store.watch(after, changes::add)) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            if (after == 0) {
                for (ObjectNode object : store.list(p.type(), p.namespace())) {
                    event(out, p, query, new ObjectStore.Change(0, "ADDED", p.type(), object));
                }
            }
            out.flush();
            while (!closed && System.nanoTime() < end) {
                ObjectStore.Change change = changes.poll(200, TimeUnit.MILLISECONDS);
                if (change != null) {
                    event(out, p, query, change);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ApiError e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void event(OutputStream out, ApiPath p, Map<String, String> query, ObjectStore.Change change) throws IOException {
        boolean mine = change.resource() == p.type()
                && (p.namespace() == null || p.namespace().equals(change.object().at("/metadata/namespace").asText(null)))
                && Labels.match(change.object(), query.get("labelSelector"), query.get("fieldSelector"));
        if (mine) {
            ObjectNode event = json.createObjectNode().put("type", change.type());
            event.set("object", change.object());
            out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private ObjectNode put(HttpExchange exchange, ApiPath p, Map<String, String> query) throws IOException {
        ObjectNode given = body(exchange);
        if ("scale".equals(p.subresource())) {
            return scale(p, given, manager(exchange, query));
        }
        return store.update(p.type(), p.namespace(), p.name(), manager(exchange, query), "status".equals(p.subresource()), dryRun(query), before -> given);
    }

    private ObjectNode scale(ApiPath p, ObjectNode scale, String manager) {
        int replicas = scale.at("/spec/replicas").asInt();
        return Scale.of(store.update(p.type(), p.namespace(), p.name(), manager + ObjectStore.BY_SCALE, false, false, before -> {
            before.withObjectProperty("spec").put("replicas", replicas);
            return before;
        }));
    }

    private ObjectNode patch(HttpExchange exchange, ApiPath p, Map<String, String> query) throws IOException {
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        String manager = manager(exchange, query);
        byte[] bytes = bytes(exchange);
        if (type.startsWith("application/apply-patch")) {
            JsonNode applied = yaml.readTree(bytes);
            if (!(applied instanceof ObjectNode object)) {
                throw new ApiError(400, "BadRequest", "the body is no object");
            }
            return store.apply(p.type(), p.namespace(), p.name(), object, query.getOrDefault("fieldManager", "unknown"), "true".equals(query.get("force")), dryRun(query));
        }
        JsonNode patch = json.readTree(bytes);
        if ("scale".equals(p.subresource())) {
            return scale(p, (ObjectNode) patch, manager);
        }
        boolean status = "status".equals(p.subresource());
        return store.update(p.type(), p.namespace(), p.name(), manager, status, dryRun(query), before -> {
            if (type.startsWith("application/json-patch")) {
                return JsonPatch.apply(before, patch);
            }
            Fields.merge(before, patch, type.startsWith("application/strategic"));
            return before;
        });
    }

    private void delete(HttpExchange exchange, ApiPath p, Map<String, String> query) throws IOException {
        byte[] options = bytes(exchange);
        if (p.name() != null) {
            JsonNode preconditions = options.length == 0 ? json.createObjectNode() : json.readTree(options)
                    .path("preconditions");
            send(exchange, 200, store.delete(p.type(), p.namespace(), p.name(), preconditions));
            return;
        }
        for (ObjectNode object : store.list(p.type(), p.namespace())) {
            if (Labels.match(object, query.get("labelSelector"), query.get("fieldSelector"))) {
                store.delete(p.type(), object.at("/metadata/namespace").asText(null), object.at("/metadata/name").asText(), false);
            }
        }
        send(exchange, 200, json.createObjectNode().put("kind", "Status").put("apiVersion", "v1").put("status", "Success"));
    }

    private void podAccess(HttpExchange exchange, ApiPath p, Map<String, String> query) throws IOException {
        if (p.type() != ResourceType.PODS) {
            throw new ApiError(404, "NotFound", "only pods have " + p.subresource() + " in the playground");
        }
        String name = p.name().replaceAll(":.*", "");
        if (p.subresource().equals("log")) {
            List<String> lines = pods.log(p.namespace(), name);
            int tail = Integer.parseInt(query.getOrDefault("tailLines", "1000"));
            List<String> last = lines.subList(Math.max(0, lines.size() - tail), lines.size());
            raw(exchange, 200, "text/plain", (String.join("\n", last) + "\n").getBytes(StandardCharsets.UTF_8));
            return;
        }
        PodAccess.Answer answer = pods.get(p.namespace(), name, p.rest());
        raw(exchange, answer.status(), answer.contentType(), answer.body());
    }

    private static boolean dryRun(Map<String, String> query) {
        return "All".equals(query.get("dryRun"));
    }

    private static String manager(HttpExchange exchange, Map<String, String> query) {
        String agent = exchange.getRequestHeaders().getFirst("User-Agent");
        return query.getOrDefault("fieldManager", agent == null ? "unknown" : agent.replaceAll("[/ ].*", ""));
    }

    private static byte[] bytes(HttpExchange exchange) throws IOException {
        return exchange.getRequestBody().readAllBytes();
    }

    private ObjectNode body(HttpExchange exchange) throws IOException {
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        JsonNode node = (type.contains("yaml") ? yaml : json).readTree(bytes(exchange));
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ApiError(400, "BadRequest", "the body is no object");
    }

    private void send(HttpExchange exchange, int code, JsonNode node) throws IOException {
        raw(exchange, code, "application/json", json.writeValueAsBytes(node));
    }

    private static void raw(HttpExchange exchange, int code, String type, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> map = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                int equals = pair.indexOf('=');
                String key = equals < 0 ? pair : pair.substring(0, equals);
                map.put(URLDecoder.decode(key, StandardCharsets.UTF_8), equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return map;
    }
}
