package io.jenkins.plugins.mldelivery.playground;

import io.jenkins.plugins.mldelivery.playground.kube.EmbeddedCluster;
import io.jenkins.plugins.mldelivery.playground.model.ModelServer;
import io.jenkins.plugins.mldelivery.playground.registry.EmbeddedRegistry;
import io.jenkins.plugins.mldelivery.playground.traffic.ServiceProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Everything a delivery needs, on loopback in this process: a registry, a cluster, and a proxy for each Service. Several may run side by side. */
public final class Playground implements AutoCloseable {
    private static final int TOKEN_BYTES = 16;

    private final Path folder;
    private final EmbeddedRegistry registry;
    private final EmbeddedCluster cluster;
    private final Map<EmbeddedCluster.ServiceInfo, ServiceProxy> proxies = new ConcurrentHashMap<>();
    private final ScheduledExecutorService loop;

    private Playground(Path folder, EmbeddedRegistry registry, EmbeddedCluster cluster) {
        this.folder = folder;
        this.registry = registry;
        this.cluster = cluster;
        loop = Executors.newSingleThreadScheduledExecutor(r -> {
            Thread thread = new Thread(r, "playground-services");
            thread.setDaemon(true);
            return thread;
        });
        loop.scheduleWithFixedDelay(this::serve, 0, 50, TimeUnit.MILLISECONDS);
    }

    /** Starts on free ports with a random token. */
    public static Playground start() throws IOException {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        return start(0, 0, HexFormat.of().formatHex(token));
    }

    /**
     * Starts.
     *
     * @param apiPort port of the API server, 0 for any
     * @param registryPort port of the registry, 0 for any
     * @param token bearer token of the API server
     */
    public static Playground start(int apiPort, int registryPort, String token) throws IOException {
        Path folder = Files.createTempDirectory("ml-delivery-playground-");
        EmbeddedRegistry registry = EmbeddedRegistry.start(Files.createDirectory(folder.resolve("registry")), registryPort);
        try {
            return new Playground(folder, registry, new EmbeddedCluster(
                    Files.createDirectory(folder.resolve("pods")), apiPort, token, new RegistryPuller(), ModelServer::start));
        } catch (IOException e) {
            registry.close();
            throw e;
        }
    }

    private void serve() {
        for (EmbeddedCluster.ServiceInfo service : cluster.services()) {
            proxies.computeIfAbsent(service, s -> {
                try {
                    ServiceProxy proxy = new ServiceProxy(0, () -> cluster.endpoints(s));
                    cluster.announce(s, proxy.url());
                    return proxy;
                } catch (IOException e) {
                    return null; // Tried again by the next pass.
                }
            });
        }
    }

    /** The registry's host and port. */
    public String registry() {
        return registry.address();
    }

    /** The API server's URL. */
    public String server() {
        return cluster.url();
    }

    /** The text of a kubeconfig. */
    public String kubeconfig() {
        return cluster.kubeconfig();
    }

    /** The URL of a Service's proxy, or null while there is no such Service. */
    public String serviceUrl(String namespace, String name) {
        ServiceProxy proxy = proxies.get(new EmbeddedCluster.ServiceInfo(namespace, name));
        return proxy == null ? null : proxy.url();
    }

    /** Requests that a Service's proxy has sent to a track. */
    public long requests(String namespace, String name, String track) {
        ServiceProxy proxy = proxies.get(new EmbeddedCluster.ServiceInfo(namespace, name));
        return proxy == null ? 0 : proxy.requests(track);
    }

    @Override
    public void close() {
        loop.shutdownNow();
        proxies.values().forEach(ServiceProxy::close);
        cluster.close();
        registry.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        } catch (IOException e) {
            // A temporary folder; the system cleans it up.
        }
    }
}
