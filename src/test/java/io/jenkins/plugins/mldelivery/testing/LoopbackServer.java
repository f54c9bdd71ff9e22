package io.jenkins.plugins.mldelivery.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A small HTTP server on a free port of loopback, which keeps what it was asked. */
public final class LoopbackServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What was asked; <code>authorization</code> is null when that header was not there. */
    public record Request(String method, String path, String authorization, String body, String query, Map<String, List<String>> headers) {
        /** The first value of a header, or null. */
        public String header(String name) {
            return headers.entrySet().stream().filter(e -> e.getKey().equalsIgnoreCase(name)).map(e -> e.getValue().get(0)).findFirst().orElse(null);
        }
    }

    /** What to answer; a null body stalls: the headers are sent, and then nothing until the server is closed. */
    public record Answer(int status, String body, Map<String, String> headers) {
        /** Without headers of its own. */
        public Answer(int status, String body) {
            this(status, body, Map.of());
        }
    }

    /** A header by whose value an answer's length is declared longer than its body is, so that it breaks off. */
    public static final String MISSING = "X-Missing";

    private LoopbackServer(HttpServer server) {
        this.server = server;
    }

    /** Starts one. */
    public static LoopbackServer start(Function<Request, Answer> answers) throws IOException {
        LoopbackServer started = new LoopbackServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50));
        started.server.setExecutor(started.threads);
        started.server.createContext("/", exchange -> started.answer(exchange, answers));
        started.server.start();
        return started;
    }

    /** The same with TLS. */
    public static LoopbackServer startTls(SSLContext context, boolean needsClient, Function<Request, Answer> answers) throws IOException {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        https.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters own = context.getDefaultSSLParameters();
                own.setNeedClientAuth(needsClient);
                parameters.setSSLParameters(own);
            }
        });
        LoopbackServer started = new LoopbackServer(https);
        https.setExecutor(started.threads);
        https.createContext("/", exchange -> started.answer(exchange, answers));
        https.start();
        return started;
    }

    /** A port of loopback on which nobody listens. */
    public static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it was asked so far. */
    public List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange, Function<Request, Answer> answers) throws IOException {
        Request request = new Request(
                exchange.getRequestMethod(), exchange.getRequestURI().getPath(), exchange.getRequestHeaders().getFirst("Authorization"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8), exchange.getRequestURI().getRawQuery(),
                Map.copyOf(exchange.getRequestHeaders()));
        requests.add(request);
        Answer answer = answers.apply(request);
        if (answer.body() == null) {
            exchange.sendResponseHeaders(answer.status(), 100);
            exchange.getResponseBody().flush();
            return;
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        int missing = Integer.parseInt(answer.headers().getOrDefault(MISSING, "0"));
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length + missing);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
