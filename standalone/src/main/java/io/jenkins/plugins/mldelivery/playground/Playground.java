package io.jenkins.plugins.mldelivery.playground;

import io.jenkins.plugins.mldelivery.delivery.Scratch;
import io.jenkins.plugins.mldelivery.playground.kube.EmbeddedCluster;
import io.jenkins.plugins.mldelivery.playground.model.ModelServer;
import io.jenkins.plugins.mldelivery.playground.registry.EmbeddedRegistry;
import io.jenkins.plugins.mldelivery.playground.traffic.ServiceProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Everything a delivery needs, on loopback in this process: a registry, a cluster, and a proxy for each Service. Several may run side by side. */
public final class Playground implements AutoCloseable {
    private static final Duration ENDING = Duration.ofSeconds(5);

    private final Scratch scratch;
    private final Logins logins;
    private final EmbeddedRegistry registry;
    private final EmbeddedCluster cluster;
    private final Map<EmbeddedCluster.ServiceInfo, ServiceProxy> proxies = new ConcurrentHashMap<>();
    private final ScheduledExecutorService loop;

    private Playground(Scratch scratch, Logins logins, EmbeddedRegistry registry, EmbeddedCluster cluster) {
        this.scratch = scratch;
        this.logins = logins;
        this.registry = registry;
        this.cluster = cluster;
        loop = Executors.newSingleThreadScheduledExecutor(r -> {
            Thread thread = new Thread(r, "playground-services");
            thread.setDaemon(true);
            return thread;
        });
        loop.scheduleWithFixedDelay(this::serve, 0, 50, TimeUnit.MILLISECONDS);
    }

    /** Starts on free ports. */
    public static Playground start() throws IOException {
        return start(0, 0);
    }

    /**
     * Starts, with logins of its own.
     *
     * @param apiPort port of the API server, 0 for any
     * @param registryPort port of the registry, 0 for any
     * @throws PortException when a port is taken
     * @throws IOException when the temporary folder can't be written; nothing is left then
     */
    public static Playground start(int apiPort, int registryPort) throws IOException {
        Logins logins = Logins.random();
        Scratch scratch = Scratch.create("playground", null);
        EmbeddedRegistry registry = null;
        try {
            Path images = Files.createDirectory(scratch.file("registry"));
            registry = EmbeddedRegistry.start(images, registryPort, logins.registry());
            RegistryPuller puller = new RegistryPuller(registry.address(), logins.registry());
            Path pods = Files.createDirectory(scratch.file("pods"));
            EmbeddedCluster cluster =
                    new EmbeddedCluster(pods, apiPort, logins.token().reveal(), puller, ModelServer::start);
            return new Playground(scratch, logins, registry, cluster);
        } catch (IOException | RuntimeException e) {
            if (registry != null) {
                registry.close();
            }
            scratch.close();
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

    /** The logins of its servers. */
    public Logins logins() {
        return logins;
    }

    @Override
    public void close() {
        loop.shutdownNow();
        try {
            // Or it could start one more proxy behind the next line.
            loop.awaitTermination(ENDING.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        proxies.values().forEach(ServiceProxy::close);
        cluster.close();
        registry.close();
        scratch.close();
    }
}
