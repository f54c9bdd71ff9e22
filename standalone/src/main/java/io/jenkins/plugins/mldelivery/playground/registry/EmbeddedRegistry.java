package io.jenkins.plugins.mldelivery.playground.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.mldelivery.playground.LoopbackServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry after the OCI distribution specification 1.1 (pull, push, tag list; no deletion, no referrers), on loopback, over plain HTTP, without
 * login, for the playground and its demo. Keeps everything in a folder, so a new start on the same folder has the same images.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final int THREADS = 8;
    private static final String NAME_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern REPOSITORY = Pattern.compile(NAME_PART + "(?:/" + NAME_PART + ")*");
    private static final Pattern PATH =
            Pattern.compile("/v2/(?<name>.+)/(?:(?<kind>blobs|manifests)/(?<reference>[^/]+)|blobs/uploads/(?<upload>[^/]*)|(?<tags>tags)/list)");

    private final HttpServer server;
    private final ExecutorService threads;
    private final Blobs blobs;
    private final Manifests manifests;

    private EmbeddedRegistry(HttpServer server, ExecutorService threads, Storage storage) {
        this.server = server;
        this.threads = threads;
        this.blobs = new Blobs(storage);
        this.manifests = new Manifests(storage);
    }

    /**
     * Starts it.
     *
     * @param folder where to keep the images; created if absent
     * @param port the port on 127.0.0.1, 0 for any free one
     */
    public static EmbeddedRegistry start(Path folder, int port) throws IOException {
        Storage storage = new Storage(folder);
        HttpServer server = LoopbackServer.create(port, 0);
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "embedded-registry-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        EmbeddedRegistry registry = new EmbeddedRegistry(server, threads, storage);
        server.createContext("/", registry::handle);
        server.setExecutor(threads);
        server.start();
        return registry;
    }

    /** Host and port, as the first part of image names: <code>127.0.0.1:port</code>. */
    public String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Stops it at once. The folder stays. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    static boolean isRepository(String name) {
        return name.length() <= 255 && REPOSITORY.matcher(name).matches();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Request request = new Request(exchange);
        try (exchange) {
            try {
                request.set("Docker-Distribution-Api-Version", "registry/2.0");
                route(request, exchange.getRequestURI().getPath());
            } catch (RegistryError e) {
                drain(exchange);
                error(request, e);
            }
        }
    }

    private void route(Request request, String path) throws IOException {
        if (path.equals("/v2/") || path.equals("/v2")) {
            request.document(200, "application/json", "{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return;
        }
        Matcher m = PATH.matcher(path);
        if (!m.matches()) {
            throw new RegistryError(404, "UNSUPPORTED", "there is nothing at " + path);
        }
        String name = m.group("name");
        if (!isRepository(name)) {
            throw new RegistryError(400, "NAME_INVALID", "'" + name + "' is no repository name");
        }
        boolean reads = request.isHead() || request.method().equals("GET");
        if (m.group("upload") != null && m.group("upload").isEmpty() && request.method().equals("POST")) {
            blobs.open(request, name);
        } else if (m.group("upload") != null) {
            blobs.upload(request, name, m.group("upload"));
        } else if (m.group("tags") != null && reads) {
            manifests.tags(request, name);
        } else if ("blobs".equals(m.group("kind")) && m.group("reference").equals("uploads") && request.method().equals("POST")) {
            blobs.open(request, name);
        } else if ("blobs".equals(m.group("kind")) && reads) {
            blobs.get(request, name, m.group("reference"));
        } else if ("manifests".equals(m.group("kind")) && reads) {
            manifests.get(request, name, m.group("reference"));
        } else if ("manifests".equals(m.group("kind")) && request.method().equals("PUT")) {
            manifests.put(request, name, m.group("reference"));
        } else {
            throw new RegistryError(405, "UNSUPPORTED", "the method " + request.method() + " is not supported");
        }
    }

    private static void error(Request request, RegistryError e) throws IOException {
        Map<String, Object> document = Map.of("errors", List.of(Map.of("code", e.code(), "message", e.getMessage())));
        request.document(e.status(), "application/json", new ObjectMapper().writeValueAsBytes(document));
    }

    /** Reads what the client still sends, up to a limit, so that it gets the answer instead of a reset. */
    private static void drain(HttpExchange exchange) throws IOException {
        // Not skip(): the JDK's server passes that on to the connection, which then waits for bytes that the request does not have.
        exchange.getRequestBody().readNBytes(1024 * 1024);
    }
}
