package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.playground.Logins;
import io.jenkins.plugins.mldelivery.playground.PenguinRequests;
import io.jenkins.plugins.mldelivery.playground.Playground;
import io.jenkins.plugins.mldelivery.playground.PortException;
import io.jenkins.plugins.mldelivery.playground.traffic.LoadGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** <code>playground</code>: keeps the embedded cluster up. */
@Command(name = "playground", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Keeps the embedded cluster and registry up until it is interrupted, and writes files with their"
                + " logins, which end with it.")
final class PlaygroundCommand implements Callable<Integer> {
    private static final String SERVICE_PATH = "/v2/models/penguins/infer";

    private static final int MAX_PORT = 65_535;
    /** What is more is a load test, for which this is not made. */
    private static final int MAX_LOAD = 2_000;

    private final Main.World world;

    @Option(names = "--port", defaultValue = "6443", description = "Port of the API server, 0 for any. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(names = "--registry-port", defaultValue = "5001", description = "Port of the registry, 0 for any. Default: ${DEFAULT-VALUE}")
    int registryPort;

    @Option(names = "--kubeconfig", paramLabel = "FILE", defaultValue = "playground.kubeconfig",
            description = "File to write the kubeconfig to; it must not exist, or be empty. Default: ${DEFAULT-VALUE}")
    Path kubeconfig;

    @Option(names = "--env-file", paramLabel = "FILE", defaultValue = "playground.env",
            description = "File to write the logins to, as variables of a shell; it must not exist, or be empty."
                    + " Default: ${DEFAULT-VALUE}")
    Path envFile;

    @Option(names = "--load", paramLabel = "PER_SECOND", defaultValue = "200", description = "Requests a second to the Service ml/penguins as soon as it is there, 0 for none, at most 2000. Default: ${DEFAULT-VALUE}")
    int load;

    PlaygroundCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        check("port", port, MAX_PORT, "Give 0 for any free one.");
        check("registry-port", registryPort, MAX_PORT, "Give 0 for any free one.");
        if (port != 0 && port == registryPort) {
            throw DeliveryException.invalid("registry-port", port + " is the port of the API server already", "Give another, or 0 for any free one.");
        }
        check("load", load, MAX_LOAD, "Give requests a second, such as 200, or 0 for none.");
        Path directory = world.directory();
        try (Playground playground = start();
                OwnFile config = OwnFile.create("kubeconfig", directory, kubeconfig, playground.kubeconfig());
                OwnFile variables = OwnFile.create(
                        "env-file", directory, envFile, variables(config.path(), playground.logins()))) {
            print(playground, config, variables);
            try (AutoCloseable ignored = load > 0
                    ? new LoadGenerator(() -> target(playground), PenguinRequests.bodies(), load)
                    : () -> {}) {
                new CountDownLatch(1).await();
            }
            return 0;
        }
    }

    private static void check(String parameter, int value, int most, String remedy) throws DeliveryException {
        if (value < 0 || value > most) {
            throw DeliveryException.invalid(parameter, "it must be from 0 to " + most + ", not " + value, remedy);
        }
    }

    private Playground start() throws DeliveryException, InterruptedException {
        try {
            return Playground.start(port, registryPort);
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw Aborts.raised(e);
            }
            if (e instanceof PortException taken) {
                throw DeliveryException.failed(
                        taken.port() == registryPort ? "registry-port" : "port",
                        "the playground can't listen at port " + taken.port() + " (" + FileProblems.text(e) + ")", "Choose a free one, or 0 for any.", e);
            }
            throw DeliveryException.failed(null, "the playground could not start (" + FileProblems.text(e) + ")", "Check the free space of the folder for temporary files.", e);
        }
    }

    private void print(Playground playground, OwnFile config, OwnFile variables) {
        PrintStream out = world.out();
        out.println("Kubernetes API  " + playground.server());
        out.println("registry        " + playground.registry());
        out.println("kubeconfig      " + Printable.line(config.path().toString()));
        String file = Printable.line(variables.path().toString());
        out.println("logins          " + file + ", for a shell: . " + quote(file));
        out.println("Stop it with Ctrl+C.");
    }

    /** As a script for a shell. */
    private static String variables(Path config, Logins logins) {
        return "# The logins of ./ml-delivery playground, which end with it.\n"
                + "export KUBECONFIG=" + quote(config.toString()) + "\n"
                + "export PLAYGROUND_TOKEN=" + quote(logins.token().reveal()) + "\n"
                + "export PLAYGROUND_REGISTRY_USERNAME=" + quote(logins.registry().username()) + "\n"
                + "export PLAYGROUND_REGISTRY_PASSWORD=" + quote(logins.registry().secret().reveal()) + "\n";
    }

    /** One word for a shell, whatever is in it. */
    private static String quote(String text) {
        return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static String target(Playground playground) {
        String url = playground.serviceUrl("ml", "penguins");
        return url == null ? null : url + SERVICE_PATH;
    }
}
