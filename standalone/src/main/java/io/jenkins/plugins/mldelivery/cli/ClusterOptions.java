package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How the command line reaches a cluster: as kubectl does. */
final class ClusterOptions {
    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "Kubeconfig; by default the first file of KUBECONFIG, then .kube/config in the home folder.")
    Path kubeconfig;

    @Option(names = "--context", description = "Context of the kubeconfig; by default its current one.")
    String context;

    ClusterAccess access(Main.World world) throws DeliveryException {
        Path file = kubeconfig != null ? world.directory().resolve(kubeconfig) : find(world);
        try {
            return new ClusterAccess(SecretText.of(Files.readString(file)), context, null, null, null, true);
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "kubeconfig", "could not read '" + file + "'",
                    "Give the file with --kubeconfig or in KUBECONFIG; './ml-delivery playground' prints one to try.", e);
        }
    }

    private static Path find(Main.World world) throws DeliveryException {
        String variable = world.variables().get("KUBECONFIG");
        if (variable != null && !variable.isBlank()) {
            return world.directory().resolve(variable.split(java.io.File.pathSeparator)[0]);
        }
        String home = world.variables().getOrDefault("HOME", world.variables().getOrDefault("USERPROFILE", ""));
        Path file = Path.of(home, ".kube", "config");
        if (!Files.exists(file)) {
            throw DeliveryException.invalid(
                    "kubeconfig", "no kubeconfig is given and there is none at '" + file + "'",
                    "Give one with --kubeconfig or in KUBECONFIG; './ml-delivery playground' prints one to try.");
        }
        return file;
    }
}
