package io.jenkins.plugins.mldelivery.playground.traffic;

import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.mldelivery.playground.Bodies;
import io.jenkins.plugins.mldelivery.playground.LoopbackServer;
import io.jenkins.plugins.mldelivery.playground.kube.EmbeddedCluster;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** The proxy of a Service: each request goes to one of its ready pods, chosen at random, as kube-proxy does with connections. */
public final class ServiceProxy implements AutoCloseable {
    private static final Bodies BODIES = Bodies.json(1024 * 1024);

    private final Supplier<List<EmbeddedCluster.Endpoint>> endpoints;
    private final LoopbackServer server;
    private final ExecutorService threads;
    private final HttpClient client;
    private final Map<String, LongAdder> perTrack = new ConcurrentHashMap<>();

    /**
     * Starts a proxy on loopback.
     *
     * @param port 0 for any
     */
    public ServiceProxy(int port, Supplier<List<EmbeddedCluster.Endpoint>> endpoints) throws IOException {
        this.endpoints = endpoints;
        threads = LoopbackServer.threads("service-proxy");
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();
        server = LoopbackServer.start(port, threads, BODIES, this::handle);
    }

    /** The proxy's URL. */
    public String url() {
        return server.url();
    }

    /** Requests sent to a track so far. */
    public long requests(String track) {
        LongAdder adder = perTrack.get(track);
        return adder == null ? 0 : adder.sum();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        List<EmbeddedCluster.Endpoint> ready = new ArrayList<>(endpoints.get());
        Collections.shuffle(ready);
        for (EmbeddedCluster.Endpoint endpoint : ready) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + exchange.getRequestURI()))
                        .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(10))
                        .build();
                HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                perTrack.computeIfAbsent(endpoint.track(), t -> new LongAdder()).increment();
                send(exchange, response.statusCode(), response.body());
                return;
            } catch (ConnectException e) {
                // This pod has just gone; the next one takes the request, which was not sent.
            } catch (IOException e) {
                send(exchange, 502, "bad gateway".getBytes(StandardCharsets.UTF_8));
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        send(exchange, 503, "no ready pod".getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.close();
        threads.shutdownNow();
    }
}
