package io.jenkins.plugins.mldelivery.playground;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server on 127.0.0.1 for programs of this machine. What a web page could make a browser send it never reaches
 * the handler: see {@link RequestGuard}. A client that takes longer than two minutes to send a request, or sends a
 * header of more than 64 KiB, is cut off.
 */
public final class LoopbackServer implements AutoCloseable {
    /**
     * Settings of the JDK's server, which it reads once, when the first one is made. One that was given on Java's
     * command line stays.
     *
     * <p>Without {@code nodelay}, head and body of an answer go apart, and each waits 40 ms for the other side's
     * acknowledgement (Nagle's algorithm).
     */
    private static final Map<String, String> SETTINGS = Map.of(
            "sun.net.httpserver.nodelay", "true",
            "sun.net.httpserver.maxReqTime", "120",
            "sun.net.httpserver.maxReqHeaderSize", Integer.toString(64 * 1024),
            "sun.net.httpserver.maxReqHeaders", "100",
            "jdk.httpserver.maxConnections", "4096");

    private static final int BACKLOG = 256;
    private static final int MAX_THREADS = 256;
    private static final long DRAINED = 8L * 1024 * 1024;

    private final HttpServer server;
    private final RequestGuard guard;
    private final HttpHandler handler;

    private LoopbackServer(HttpServer server, Bodies bodies, HttpHandler handler) {
        this.server = server;
        this.guard = new RequestGuard(server.getAddress().getPort(), bodies);
        this.handler = handler;
    }

    /**
     * Starts a server.
     *
     * @param port 0 for any
     * @param threads run the handler; they stay the caller's
     * @param bodies what requests may carry
     * @param handler answers; the exchange is closed behind it
     * @throws PortException when the port can't be had
     */
    public static LoopbackServer start(int port, Executor threads, Bodies bodies, HttpHandler handler)
            throws IOException {
        SETTINGS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        // Not getLoopbackAddress(), which is ::1 on a machine that prefers IPv6, while what is printed says 127.0.0.1.
        InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = listening(address, port);
        LoopbackServer loopback = new LoopbackServer(server, bodies, handler);
        loopback.server.setExecutor(threads);
        loopback.server.createContext("/", loopback::handle);
        loopback.server.start();
        return loopback;
    }

    private static HttpServer listening(InetAddress address, int port) throws IOException {
        try {
            return HttpServer.create(new InetSocketAddress(address, port), BACKLOG);
        } catch (BindException e) {
            throw new PortException(port, e);
        }
    }

    /**
     * Threads for a server. There are many, so that those that wait for slow clients keep nobody else waiting; a
     * connection that finds none is closed.
     *
     * @param name of the threads
     */
    public static ExecutorService threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(0, MAX_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
            try {
                RequestGuard.Refusal refusal = guard.check(exchange);
                if (refusal != null) {
                    refuse(exchange, refusal);
                    return;
                }
                exchange.setStreams(new LimitedBody(exchange.getRequestBody(), guard.largest()), null);
                handler.handle(exchange);
            } catch (LimitedBody.TooLarge e) {
                refuse(exchange, guard.tooLarge());
            }
        }
    }

    private static void refuse(HttpExchange exchange, RequestGuard.Refusal refusal) throws IOException {
        byte[] text = (refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(refusal.status(), head ? -1 : text.length);
        if (!head) {
            exchange.getResponseBody().write(text);
            exchange.getResponseBody().flush();
        }
        drain(exchange.getRequestBody());
    }

    /** Reads what the client still sends, up to a limit: closed before, the connection is reset and the answer lost. */
    private static void drain(InputStream body) {
        byte[] buffer = new byte[8192];
        try {
            long drained = 0;
            for (int read = body.read(buffer); read >= 0 && drained < DRAINED; read = body.read(buffer)) {
                drained += read;
            }
        } catch (IOException e) {
            // The client is gone, or what it sends is longer still: it is cut off.
        }
    }

    /** Its port. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** Its URL, without a slash at the end. */
    public String url() {
        return "http://" + address();
    }

    /** Stops at once. */
    @Override
    public void close() {
        server.stop(0);
    }
}
