package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/** Stands in front of an API server and can answer in its place, or drop connections, as a sick one does. */
public final class FaultProxy implements AutoCloseable {
    /** What a rule answers for "hand it on". */
    public static final int NONE = 0;

    /** What a rule answers for "close the connection without an answer". */
    public static final int DROP = -1;

    /** What a rule answers for "say that it is done, and do not do it". */
    public static final int IGNORE = -2;

    /** What a rule answers for "answer 200 and a page in HTML", as a portal does. */
    public static final int PAGE = -3;

    /** What a rule answers for "answer 200 and null". */
    public static final int NULL = -4;

    /** What a rule answers for "answer 404 in plain text", as a balancer does that knows no backend. */
    public static final int NO_BACKEND = -5;

    /** What a rule answers for "answer 403 and a page in HTML". */
    public static final int BLOCKED = -6;

    /** What a rule answers for "redirect to a login". */
    public static final int LOGIN_PAGE = -7;

    /** What a rule answers for "answer 200 and nothing". */
    public static final int EMPTY = -8;

    /** What a rule answers for "answer 200 and JSON of something else". */
    public static final int OTHER_JSON = -9;

    /** What something between answers in the API server's place. */
    private static final Map<Integer, Foreign> FOREIGN = Map.of(
            PAGE, new Foreign(200, "<html><body>Sign in</body></html>"),
            NULL, new Foreign(200, "null"),
            NO_BACKEND, new Foreign(404, "404 page not found\n"),
            BLOCKED, new Foreign(403, "<html>Request blocked</html>"),
            LOGIN_PAGE, new Foreign(302, ""),
            EMPTY, new Foreign(200, ""),
            OTHER_JSON, new Foreign(200, "{\"message\":\"maintenance\"}"));

    private record Foreign(int status, String body) {}

    private final String upstream;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Set<InputStream> watches = ConcurrentHashMap.newKeySet();
    private volatile ToIntFunction<String> rule = request -> NONE;
    private volatile UnaryOperator<String> bodies = UnaryOperator.identity();
    /** The one that is taken, and the one that the API server knows; null while every token is handed on. */
    private volatile String login;
    private volatile String known;

    /** @param upstream URL of the API server */
    public FaultProxy(String upstream) throws IOException {
        this.upstream = upstream;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Its URL. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on: method and path with query to a status, or to one of the constants here. */
    public void faults(ToIntFunction<String> faults) {
        rule = faults;
    }

    /**
     * From now on only this token is taken, as when a login was renewed.
     *
     * @param token null for what the API server takes itself
     * @param itself what that is
     */
    public void login(String token, String itself) {
        known = itself;
        login = token;
    }

    /** From now on: the bodies of the API server's own answers, watches apart, to what is handed on. */
    public void bodies(UnaryOperator<String> change) {
        bodies = change;
    }

    /** All requests so far, as method and path with query. */
    public List<String> requests() {
        return requests;
    }

    /** Those that change something other than leases. */
    public List<String> writes() {
        return requests.stream().filter(r -> !r.startsWith("GET ") && !r.contains("dryRun=All") && !r.contains("/leases") && !r.endsWith("/selfsubjectaccessreviews")).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            byte[] body = exchange.getRequestBody().readAllBytes();
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            int fault = login != null && !("Bearer " + login).equals(token) ? 401 : rule.applyAsInt(request);
            requests.add(request);
            if (fault == NONE && request.endsWith("/selfsubjectaccessreviews") && refuses(new ObjectMapper().readTree(body).at("/spec/resourceAttributes"))) {
                answer(exchange, 201, "{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/v1\",\"status\":{\"allowed\":false}}".getBytes(StandardCharsets.UTF_8));
                return;
            }
            if (fault == DROP) {
                return;
            }
            if (FOREIGN.containsKey(fault)) {
                Foreign foreign = FOREIGN.get(fault);
                exchange.getResponseHeaders().set("Content-Type", "text/html");
                exchange.getResponseHeaders().set("Location", "/login");
                answer(exchange, foreign.status(), foreign.body().getBytes(StandardCharsets.UTF_8));
                return;
            }
            if (fault != NONE && fault != IGNORE) {
                String reason = fault == 401 ? "Unauthorized" : fault == 403 ? "Forbidden" : fault == 409 ? "Conflict" : "InternalError";
                String message = fault == 401 ? "Unauthorized" : fault == 403 ? "the user may not do that here" : fault == 409 ? "the object has been modified; please apply your changes to the latest version and try again" : "etcdserver: request timed out";
                answer(exchange, fault, ("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + fault + ",\"reason\":\"" + reason + "\",\"message\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8));
                return;
            }
            String tried = fault != IGNORE ? "" : (request.contains("?") ? "&" : "?") + "dryRun=All";
            HttpRequest.Builder next = HttpRequest.newBuilder(URI.create(upstream + exchange.getRequestURI() + tried))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            for (String header : List.of("Authorization", "Content-Type", "Accept", "User-Agent")) {
                String value = header.equals("Authorization") && login != null ? "Bearer " + known
                        : exchange.getRequestHeaders().getFirst(header);
                if (value != null) {
                    next.header(header, value);
                }
            }
            if (request.contains("watch=true")) {
                stream(exchange, next.build());
                return;
            }
            HttpResponse<byte[]> response = http.send(next.build(), HttpResponse.BodyHandlers.ofByteArray());
            exchange.getResponseHeaders().set("Content-Type", response.headers().firstValue("Content-Type").orElse("application/json"));
            String said = new String(response.body(), StandardCharsets.UTF_8);
            answer(exchange, response.statusCode(), bodies.apply(said).getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands a watch on as it comes, until either side ends it. */
    private void stream(HttpExchange exchange, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            watches.add(in);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(response.statusCode(), 0);
            exchange.getResponseBody().flush();
            byte[] part = new byte[8192];
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                exchange.getResponseBody().write(part, 0, read);
                exchange.getResponseBody().flush();
            }
        } finally {
            watches.remove(response.body());
        }
    }

    /** Breaks all watches that are under way off; how many there were. */
    public int breakWatches() throws IOException {
        List<InputStream> all = List.copyOf(watches);
        for (InputStream watch : all) {
            watch.close();
        }
        return all.size();
    }

    /** Whether what a review asks about would be answered with 403. */
    private boolean refuses(JsonNode asked) {
        String verb = asked.path("verb").asText();
        String method = Map.of("create", "POST", "update", "PUT", "patch", "PATCH", "delete", "DELETE").getOrDefault(verb, "GET");
        String group = asked.path("group").asText("");
        String name = verb.equals("create") || verb.equals("list") ? "" : "/" + asked.path("name").asText("");
        String sub = asked.path("subresource").asText("");
        return rule.applyAsInt(method + (group.isEmpty() ? " /api" : " /apis/" + group) + "/v1/namespaces/" + asked.path("namespace").asText()
                + "/" + asked.path("resource").asText() + name + (sub.isEmpty() ? "" : "/" + sub)) == 403;
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().putIfAbsent("Content-Type", List.of("application/json"));
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
