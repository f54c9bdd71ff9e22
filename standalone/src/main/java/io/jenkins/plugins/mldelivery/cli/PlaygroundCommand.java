package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.playground.PenguinRequests;
import io.jenkins.plugins.mldelivery.playground.Playground;
import io.jenkins.plugins.mldelivery.playground.traffic.LoadGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** <code>playground</code>: keeps the embedded cluster up. */
@Command(name = "playground", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Keeps the embedded cluster and registry up until it is interrupted, and prints how to reach them.")
final class PlaygroundCommand implements Callable<Integer> {
    private static final String SERVICE_PATH = "/v2/models/penguins/infer";

    private final Main.World world;

    @Option(names = "--port", defaultValue = "6443", description = "Port of the API server, 0 for any. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(names = "--registry-port", defaultValue = "5001", description = "Port of the registry, 0 for any. Default: ${DEFAULT-VALUE}")
    int registryPort;

    @Option(names = "--token", defaultValue = "playground", description = "Bearer token of the API server. Default: ${DEFAULT-VALUE}")
    String token;

    @Option(names = "--kubeconfig", paramLabel = "FILE", defaultValue = "playground.kubeconfig", description = "File to write the kubeconfig to. Default: ${DEFAULT-VALUE}")
    Path kubeconfig;

    @Option(names = "--load", paramLabel = "PER_SECOND", defaultValue = "200", description = "Requests a second to the Service ml/penguins as soon as it is there, 0 for none. Default: ${DEFAULT-VALUE}")
    int load;

    PlaygroundCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        Path file = world.directory().resolve(kubeconfig);
        try (Playground playground = Playground.start(port, registryPort, token)) {
            Files.writeString(file, playground.kubeconfig());
            world.out().println("Kubernetes API  " + playground.server());
            world.out().println("kubeconfig      " + file);
            world.out().println("registry        " + playground.registry());
            world.out().println("Stop it with Ctrl+C.");
            try (AutoCloseable ignored = load > 0
                    ? new LoadGenerator(() -> target(playground), PenguinRequests.bodies(), load)
                    : () -> {}) {
                new CountDownLatch(1).await();
            }
            return 0;
        } catch (IOException e) {
            throw DeliveryException.failed("port", "the playground could not start (" + e.getMessage() + ")", "Choose free ports with --port and --registry-port, 0 for any.", e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static String target(Playground playground) {
        String url = playground.serviceUrl("ml", "penguins");
        return url == null ? null : url + SERVICE_PATH;
    }
}
