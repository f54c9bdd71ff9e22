package io.jenkins.plugins.mldelivery.playground.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.playground.Bodies;
import io.jenkins.plugins.mldelivery.playground.ExpectedLogin;
import io.jenkins.plugins.mldelivery.playground.LoopbackServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A registry after the OCI distribution specification 1.1 (pull, push, tag list; no deletion, no referrers), on
 * loopback, over plain HTTP, with one login, for the playground and its demo. Keeps everything in a folder, so a new
 * start on the same folder has the same images.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final String NAME_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern REPOSITORY = Pattern.compile(NAME_PART + "(?:/" + NAME_PART + ")*");
    private static final Pattern PATH =
            Pattern.compile("/v2/(?<name>.+)/(?:(?<kind>blobs|manifests)/(?<reference>[^/]+)|blobs/uploads/(?<upload>[^/]*)|(?<tags>tags)/list)");

    private static final long MAX_BLOB = 32L * 1024 * 1024 * 1024;
    private static final Set<String> MANIFEST_TYPES = Set.of(
            "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json");
    private static final Set<String> BLOB_TYPES = Set.of("application/octet-stream");
    private static final Bodies BODIES = new Bodies(MAX_BLOB, Map.of(
            "POST", BLOB_TYPES, "PATCH", BLOB_TYPES,
            "PUT", Stream.concat(BLOB_TYPES.stream(), MANIFEST_TYPES.stream()).collect(Collectors.toSet())));

    private final LoopbackServer server;
    private final ExecutorService threads;
    private final ExpectedLogin login;
    private final Blobs blobs;
    private final Manifests manifests;

    private EmbeddedRegistry(Storage storage, int port, Login login) throws IOException {
        this.login = ExpectedLogin.of(login);
        this.blobs = new Blobs(storage);
        this.manifests = new Manifests(storage);
        this.threads = LoopbackServer.threads("embedded-registry");
        this.server = LoopbackServer.start(port, threads, BODIES, this::handle);
    }

    /**
     * Starts it.
     *
     * @param folder where to keep the images; created if absent
     * @param port the port on 127.0.0.1, 0 for any free one
     * @param login user name and password that clients must send
     */
    public static EmbeddedRegistry start(Path folder, int port, Login login) throws IOException {
        return new EmbeddedRegistry(new Storage(folder), port, login);
    }

    /** Host and port, as the first part of image names: <code>127.0.0.1:port</code>. */
    public String address() {
        return server.address();
    }

    /** Stops it at once. The folder stays. */
    @Override
    public void close() {
        server.close();
        threads.shutdownNow();
    }

    static boolean isRepository(String name) {
        return name.length() <= 255 && REPOSITORY.matcher(name).matches();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Request request = new Request(exchange);
        try {
            request.set("Docker-Distribution-Api-Version", "registry/2.0");
            if (!login.isIn(exchange)) {
                request.set("WWW-Authenticate", "Basic realm=\"playground\"");
                throw new RegistryError(401, "UNAUTHORIZED", "authentication required");
            }
            route(request, exchange.getRequestURI().getPath());
        } catch (RegistryError e) {
            error(request, e);
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
            throw new RegistryError(400, "NAME_INVALID", "'" + name + "' is not a valid repository name");
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
}
