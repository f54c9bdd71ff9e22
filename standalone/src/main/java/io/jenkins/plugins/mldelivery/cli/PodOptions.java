package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestFiles;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What the pods of a model and their surroundings are like: the parameters of {@link PodSettings} and {@link ModelSettings}. */
final class PodOptions {
    @Option(names = "--runtime", defaultValue = PodSettings.DEFAULT_RUNTIME, description = "Model server in the image, which gives ports and paths. Default: ${DEFAULT-VALUE}")
    String runtime;

    @Option(names = "--port", description = "Port of the container. Default: the runtime's.")
    Integer port;

    @Option(names = "--ready-path", description = "Path of the readiness probe. Default: the runtime's.")
    String readyPath;

    @Option(names = "--live-path", description = "Path of the liveness probe. Default: the runtime's.")
    String livePath;

    @Option(names = "--metrics-port", description = "Port of the metrics page. Default: the runtime's.")
    Integer metricsPort;

    @Option(names = "--metrics-path", description = "Path of the metrics page. Default: the runtime's.")
    String metricsPath;

    @Option(names = "--env", paramLabel = "KEY=VALUE", description = "Environment variable of the container; may be repeated.")
    Map<String, String> env = Map.of();

    @Option(names = "--config-maps", split = ",", paramLabel = "NAME", description = "ConfigMaps whose entries are environment variables of the container.")
    List<String> configMaps = List.of();

    @Option(names = "--secrets", split = ",", paramLabel = "NAME", description = "Secrets whose entries are environment variables of the container.")
    List<String> secrets = List.of();

    @Option(names = "--cpu", description = "Requested CPU, such as 500m.")
    String cpu;

    @Option(names = "--memory", description = "Requested memory and its limit, such as 1Gi.")
    String memory;

    @Option(names = "--gpu", defaultValue = "0", description = "GPUs of a pod. Default: ${DEFAULT-VALUE}")
    int gpu;

    @Option(names = "--node-selector", paramLabel = "LABEL=VALUE", description = "Label of the nodes that the pods may run on; may be repeated.")
    Map<String, String> nodeSelector = Map.of();

    @Option(names = "--tolerations", split = ",", paramLabel = "TAINT", description = "Taints that the pods tolerate: key=value:Effect, key:Effect or key.")
    List<String> tolerations = List.of();

    @Option(names = "--replicas", defaultValue = "" + ModelSettings.DEFAULT_REPLICAS, description = "Pods of the stable version. Default: ${DEFAULT-VALUE}")
    int replicas;

    @Option(names = "--autoscale", paramLabel = "SETTINGS", description = "How the stable version scales by itself, such as 'min: 2, max: 10, cpu: 70'.")
    String autoscale;

    @Option(names = "--disruption-budget", defaultValue = ModelSettings.DEFAULT_DISRUPTION_BUDGET, description = "Pods that an eviction may take at a time, or none. Default: ${DEFAULT-VALUE}")
    String disruptionBudget;

    @Option(names = "--allow-from", split = ",", paramLabel = "WHO", description = "Who may reach the pods: namespace, label=value, namespace/label=value or an address range.")
    List<String> allowFrom = List.of();

    @Option(names = "--service-account", paramLabel = "NAME", description = "The pods' ServiceAccount.")
    String serviceAccount;

    @Option(names = "--identity", paramLabel = "KEY=VALUE", description = "Annotation of the ServiceAccount for a cloud identity; may be repeated.")
    Map<String, String> identity = Map.of();

    @Option(names = "--manifests", paramLabel = "PATH", description = "Your own manifests: a YAML file, or a folder of them.")
    String manifests;

    PodSettings pods() {
        return new PodSettings(runtime, port, readyPath, livePath, metricsPort, metricsPath, env, configMaps, secrets, cpu, memory, gpu, nodeSelector, tolerations);
    }

    ModelSettings model(Path directory) throws DeliveryException {
        return new ModelSettings(
                replicas, autoscale == null ? null : AutoscaleOption.parse(autoscale), disruptionBudget, allowFrom, serviceAccount, identity, manifests == null ? null : ManifestFiles.read(WorkspaceBorder.anywhere(directory), manifests));
    }
}
