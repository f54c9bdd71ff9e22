package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.delivery.report.DeliveryRecord;
import io.jenkins.plugins.mldelivery.delivery.report.HtmlReport;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.verify.MetricsGate;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** <code>deploy-model</code>: the step <code>mlDeployModel</code>. */
@Command(name = "deploy-model", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Rolls a model out on Kubernetes as a canary, and promotes it or rolls it back.",
        footer = {"", "Killed and started again with the same --state, it goes on where it was."})
final class DeployModelCommand implements Callable<Integer> {
    private final Main.World world;

    @Mixin
    private OutputOptions output;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private VerifyOptions verify;

    @Option(names = "--name", required = true, description = "Name of the model.")
    String name;

    @Option(names = "--image", required = true, description = "Image to roll out.")
    String image;

    @Option(names = "--namespace", defaultValue = DeployModelRequest.DEFAULT_NAMESPACE, description = "Namespace, which must exist. Default: ${DEFAULT-VALUE}")
    String namespace;

    @Option(names = "--replicas", defaultValue = "" + ModelSettings.DEFAULT_REPLICAS, description = "Pods of the stable version. Default: ${DEFAULT-VALUE}")
    int replicas;

    @Option(names = "--port", description = "Port of the container. Default: the runtime's.")
    Integer port;

    @Option(names = "--ready-path", description = "Path of the readiness probe. Default: the runtime's.")
    String readyPath;

    @Option(names = "--metrics-path", description = "Path of the metrics page. Default: the runtime's.")
    String metricsPath;

    @Option(names = "--env", paramLabel = "KEY=VALUE", description = "Environment variable of the container; may be repeated.")
    Map<String, String> env = Map.of();

    @Option(names = "--cpu", description = "Requested CPU, such as 500m.")
    String cpu;

    @Option(names = "--memory", description = "Requested memory and its limit, such as 1Gi.")
    String memory;

    @Option(names = "--steps", split = ",", paramLabel = "PERCENT", description = "The canary's shares of traffic, rising. Default: 10,50")
    List<Integer> steps = Strategy.Canary.DEFAULT_STEPS;

    @Option(names = "--hold", defaultValue = Strategy.Canary.DEFAULT_HOLD, description = "How long a step lasts at least. Default: ${DEFAULT-VALUE}")
    String hold;

    @Option(names = "--require-digest", description = "Refuse an image without a digest.")
    boolean requireDigest;

    @Option(names = "--progress-deadline", defaultValue = DeployModelRequest.DEFAULT_PROGRESS_DEADLINE, description = "How long pods may take to get ready. Default: ${DEFAULT-VALUE}")
    String progressDeadline;

    @Option(names = "--timeout", defaultValue = DeployModelRequest.DEFAULT_TIMEOUT, description = "For the whole rollout. Default: ${DEFAULT-VALUE}")
    String timeout;

    @Option(names = "--verify-timeout", defaultValue = VerifyMetricsRequest.DEFAULT_TIMEOUT, description = "After which a check without a verdict is inconclusive, at each step. Default: ${DEFAULT-VALUE}")
    String verifyTimeout;

    @Option(names = "--state", paramLabel = "FILE", description = "File of the rollout's state. Default: .ml-delivery/NAMESPACE-NAME.json")
    Path state;

    @Option(names = "--report", paramLabel = "FILE", description = "Write an HTML report with charts.")
    Path report;

    DeployModelCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        DeployModelRequest request = request();
        Durations.parse("verifyTimeout", verifyTimeout); // The check of the gate's request would name --timeout, which is the rollout's.
        VerifyMetricsRequest metrics = verify.request(verifyTimeout);
        DeliveryRecord record = new DeliveryRecord(name + " " + image);
        Environment environment = output.environment(world, record);
        Path file = state != null ? state : Path.of(".ml-delivery", namespace + "-" + name + ".json");
        DeployModelResult result;
        try (StateFile store = new StateFile(world.directory().resolve(file), holder(file))) {
            store.lock(() -> environment.info(Event.Stage.DEPLOY, "waiting: another process is rolling out with the state file " + file));
            result = rollOut(request, metrics, store, environment);
        } catch (DeliveryException | InterruptedException e) {
            try {
                write(record);
            } catch (DeliveryException second) {
                e.addSuppressed(second); // Why the rollout ended counts more.
            }
            throw e;
        }
        write(record);
        return result.ok() ? 0 : DeliveryException.Kind.ROLLED_BACK.exitCode();
    }

    private DeployModelResult rollOut(DeployModelRequest request, VerifyMetricsRequest metrics, StateFile store, Environment environment)
            throws DeliveryException, InterruptedException {
        RolloutState begun = store.load();
        try (ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = new DeployModel(request, connections, cluster.access(world), begun, store.holder(), store, environment)) {
            Gate gate = verify.checks.isEmpty() ? Gate.open() : new MetricsGate(metrics, deploy.podMetrics(), environment);
            DeployModelResult result = deploy.run(gate);
            output.result(world, result.toMap());
            return result;
        }
    }

    private void write(DeliveryRecord record) throws DeliveryException {
        if (report == null) {
            return;
        }
        Path target = world.directory().resolve(report);
        try {
            Files.writeString(target, HtmlReport.render("Delivery of " + name, image, List.of(record)));
            world.err().println("report: " + target);
        } catch (IOException e) {
            throw DeliveryException.failed("report", "could not write '" + target + "' (" + e + ")", "The rollout itself has ended; give another file.", e);
        }
    }

    /** The same for the same state file, so that a restarted command line finds its own lease, and different for any other, as that of another machine. */
    private String holder(Path file) {
        return "ml-delivery command line of " + world.variables().getOrDefault("USER", "unknown") + " on " + host() + ", state file "
                + world.directory().resolve(file).normalize();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unknown host";
        }
    }

    DeployModelRequest request() {
        PodSettings d = PodSettings.defaults();
        PodSettings pods = new PodSettings(
                d.runtime(), port, readyPath, d.livePath(), d.metricsPort(), metricsPath, env, d.configMaps(), d.secrets(), cpu, memory, d.gpu(), d.nodeSelector(), d.tolerations());
        return DeployModelRequest.of(name, image)
                .withNamespace(namespace)
                .withPods(pods)
                .withModel(ModelSettings.defaults().withReplicas(replicas))
                .withStrategy(new Strategy.Canary(steps, hold, null), new TrafficKind.ReplicaRatio())
                .withRequireDigest(requireDigest)
                .withTimes(progressDeadline, timeout);
    }
}
