package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How the command line reaches a cluster: as kubectl does, but that the files of KUBECONFIG are not merged. */
final class ClusterOptions {
    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Kubeconfig; by default the first file of KUBECONFIG that is there, or .kube/config in the home folder.")
    Path kubeconfig;

    @Option(names = "--context", description = "Context of the kubeconfig; by default its current one.")
    String context;

    /** The kubeconfig that {@link #access} has read; null before. */
    private Path read;

    /** Where the address comes from, for an error of a cluster that can't be reached; empty when no kubeconfig was read. */
    String origin() {
        return read == null ? "" : " It is the cluster of '" + Printable.line(read.toString()) + "'.";
    }

    /** @param timeout of the whole command, in which a program for the login, or a pipe, must have given something */
    ClusterAccess access(Main.World world, String timeout) throws DeliveryException {
        Duration left = Durations.limit("timeout", timeout);
        Path file = kubeconfig != null ? world.directory().resolve(kubeconfig) : find(world);
        byte[] bytes = new NamedFile(
                        "kubeconfig",
                        left,
                        "Give the file that kubectl uses, with --kubeconfig or in KUBECONFIG; './ml-delivery"
                                + " playground' writes one to try.")
                .read(world.directory(), file.toString());
        read = file;
        Path folder = file.toAbsolutePath().getParent();
        return new ClusterAccess.Own(
                SecretText.of(new String(bytes, StandardCharsets.UTF_8)),
                context,
                folder == null ? "/" : folder.toString(),
                proxies(world.variables()),
                left);
    }

    /** As kubectl, and curl, read them: in upper or in lower case. */
    private static Map<String, String> proxies(Map<String, String> variables) {
        Map<String, String> proxies = new HashMap<>();
        for (String name : List.of("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")) {
            String value = variables.getOrDefault(name, variables.get(name.toLowerCase(Locale.ROOT)));
            if (value != null) {
                proxies.put(name, value);
            }
        }
        return proxies;
    }

    private static Path find(Main.World world) throws DeliveryException {
        List<Path> files = Stream.of(world.variables().getOrDefault("KUBECONFIG", "").split(File.pathSeparator))
                .filter(name -> !name.isBlank())
                .map(world.directory()::resolve)
                .toList();
        if (!files.isEmpty()) {
            return files.stream().filter(Files::exists).findFirst().orElse(files.get(0));
        }
        Path home = HomeFolder.of(world.variables());
        // Not that of the working folder, which somebody else may have filled: a kubeconfig may start programs.
        Path file = home == null ? null : home.resolve(".kube").resolve("config");
        if (file == null || !Files.exists(file)) {
            throw DeliveryException.invalid(
                    "kubeconfig",
                    "no kubeconfig is given and there is " + (file == null ? "no home folder to look for one" : "none at '" + file + "'"),
                    "Give one with --kubeconfig or in KUBECONFIG; './ml-delivery playground' writes one to try.");
        }
        return file;
    }
}
