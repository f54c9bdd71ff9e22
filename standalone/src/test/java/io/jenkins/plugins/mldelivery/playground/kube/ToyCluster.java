package io.jenkins.plugins.mldelivery.playground.kube;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * An embedded cluster whose images are their own description, and whose pods stop being ready when somebody gets their path <code>/fade</code>: a name with <code>missing</code> can't be pulled, one with <code>crash</code> crashes (after many lines when <code>chatty</code>), one with <code>unready</code> never gets ready, and every other one
 * serves.
 */
public final class ToyCluster implements AutoCloseable {
    private static final String TOKEN = "toy-token";

    private final EmbeddedCluster cluster;
    private final FaultProxy proxy;
    private final KubernetesClient client;
    private final ClusterConnections connections = new ClusterConnections();

    /** Starts it, with the namespace <code>ml</code>. */
    public ToyCluster(Path folder) throws Exception {
        cluster = new EmbeddedCluster(folder, 0, TOKEN, ToyCluster::pull, ToyCluster::start);
        proxy = new FaultProxy(cluster.url());
        client = TestEnvironment.open(ClusterAccess.kubeconfig(SecretText.of(cluster.kubeconfig()), null));
        client.resource(new NamespaceBuilder().withNewMetadata().withName("ml").endMetadata().build()).create();
    }

    /** The cluster itself. */
    public EmbeddedCluster cluster() {
        return cluster;
    }

    /** What the engine's calls go through. */
    public FaultProxy proxy() {
        return proxy;
    }

    /** A client that does not go through the proxy. */
    public KubernetesClient client() {
        return client;
    }

    /** The engine's connections. */
    public ClusterConnections connections() {
        return connections;
    }

    /** The engine's access, through the proxy. */
    public ClusterAccess access() {
        return ClusterAccess.server(proxy.url(), null, SecretText.of(TOKEN));
    }

    /** From now on what goes through the proxy needs this token; null for the first one again. */
    public void renewLogin(String token) {
        proxy.login(token, TOKEN);
    }

    private static String pull(String image, Path root) throws IOException {
        if (image.contains("missing")) {
            throw new IOException("manifest unknown: " + image);
        }
        Files.writeString(root.resolve("image"), image);
        return image.contains("@") ? image : image + "@" + Digests.of(image);
    }

    private static Container start(Path root, Map<String, String> env, Consumer<String> log) throws IOException {
        String image = Files.readString(root.resolve("image"));
        log.accept("starting " + image);
        if (image.contains("chatty")) {
            IntStream.rangeClosed(1, 30).forEach(i -> log.accept(i == 29 ? "x".repeat(9_000) : "line " + i));
        }
        if (image.contains("crash")) {
            throw new IOException("the weights have 3 layers, the code wants 4");
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        AtomicBoolean faded = new AtomicBoolean();
        server.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestURI().getPath().equals("/fade")) {
                    faded.set(true);
                }
                boolean ready = !faded.get() && !image.contains("unready") || exchange.getRequestURI().getPath().equals("/metrics");
                byte[] body = ("http_requests_total{code=\"200\"} 7\n# " + image + "\n").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(ready ? 200 : 503, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return new Container() {
            @Override
            public int port() {
                return server.getAddress().getPort();
            }

            @Override
            public void close() {
                server.stop(0);
            }
        };
    }

    @Override
    public void close() {
        client.close();
        connections.close();
        proxy.close();
        cluster.close();
    }
}
