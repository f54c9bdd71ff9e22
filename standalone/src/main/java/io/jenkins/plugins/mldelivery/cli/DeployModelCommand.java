package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.BackgroundGate;
import io.jenkins.plugins.mldelivery.delivery.CanonicalText;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.AccessSource;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.delivery.report.DeliveryRecord;
import io.jenkins.plugins.mldelivery.delivery.report.HtmlReport;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.Deployer;
import io.jenkins.plugins.mldelivery.deploy.ImagePin;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.image.TagDigests;
import io.jenkins.plugins.mldelivery.verify.MetricsGate;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** <code>deploy-model</code>: the step <code>mlDeployModel</code>. */
@Command(name = "deploy-model", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Rolls a model out on Kubernetes, and promotes it or rolls it back.",
        footer = {"", "Killed and started again with the same --state and the same request, it goes on where it was;",
                "with another request, what it had begun is rolled back first."})
final class DeployModelCommand implements Callable<Integer> {
    /** Stands for the image in a request that brings one back. */
    private static final String NO_IMAGE = "undone";
    private static final int ID_DIGITS = 8;
    /** The rollout is looked after so often while its metrics are being read. */
    private static final Duration WHILE_READING = Duration.ofSeconds(1);

    private final Main.World world;

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private VerifyOptions verify;

    @Mixin
    private PodOptions pods;

    @Mixin
    private StrategyOptions strategy;

    @Option(names = "--name", required = true, description = "Name of the model.")
    String name;

    @Option(names = "--image", description = "Image to roll out; needed unless --undo is given.")
    String image;

    @Option(names = "--namespace", defaultValue = DeployModelRequest.DEFAULT_NAMESPACE, description = "Namespace, which must exist. Default: ${DEFAULT-VALUE}")
    String namespace;

    @Option(names = "--pause", defaultValue = DeployModelRequest.DEFAULT_PAUSE, description = "When you are asked: none, promotion or steps. Default: ${DEFAULT-VALUE}")
    String pause;

    @Option(names = "--on-concurrent", defaultValue = DeployModelRequest.DEFAULT_ON_CONCURRENT, description = "While another rollout is under way: wait, fail or takeOver. Default: ${DEFAULT-VALUE}")
    String onConcurrent;

    @Option(names = "--dry-run", description = "Only show the differences.")
    boolean dryRun;

    @Option(names = "--undo", description = "Bring back what the stable version was before the last rollout, in one step.")
    boolean undo;

    @Option(names = "--require-digest", description = "Refuse an image without a digest.")
    boolean requireDigest;

    @Option(names = "--resolve-tag", negatable = true, defaultValue = "true", fallbackValue = "true", description = "Roll an image without a digest out by the digest that its tag names at the registry now (default).")
    boolean resolveTag;

    @Option(names = "--registry-credentials-id", description = "Login for --resolve-tag: ID_USERNAME and ID_PASSWORD, or ID_TOKEN, of the environment.")
    String registryCredentialsId;

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
        refuseIdleOptions();
        DeployModelRequest request = request();
        request.check();
        SafePath.check("report", world.directory(), report);
        Durations.limit("verifyTimeout", verifyTimeout); // The check of the gate's request would name --timeout, which is the rollout's.
        VerifyMetricsRequest metrics = verify.request(verifyTimeout, world.directory());
        if (request.strategy() instanceof Strategy.Rolling) {
            metrics.checkAlone();
        }
        if (!verify.checks.isEmpty()) {
            MetricsGate.check(metrics);
        }
        metrics.checkAccess(new VariableSecrets(world.variables(), world.directory()));
        DeliveryRecord record = new DeliveryRecord(name + " " + version());
        Environment environment = output.environment(world, record);
        Path file = state != null ? state : Path.of(".ml-delivery", namespace + "-" + name + ".json");
        KeyFile key = KeyFile.of(world.variables(), note -> environment.info(Event.Stage.DEPLOY, note));
        if (dryRun) {
            AccessSource access = new EarlyAccess(() -> cluster.access(world, timeout));
            return showDifferences(pinned(request, null, environment), access, deployer(holder(file), key, metrics), environment);
        }
        int code;
        SafePath place = SafePath.resolve("state", world.directory(), file);
        try (StateFile store = new StateFile(place, holder(file), key)) {
            store.lock(
                    Durations.parse("timeout", timeout),
                    () -> environment.info(
                            Event.Stage.DEPLOY,
                            "waiting: another process is rolling out with the state file " + file));
            code = rollOut(request, metrics, store, key, environment);
        } catch (DeliveryException | InterruptedException e) {
            try {
                write(record);
            } catch (DeliveryException second) {
                e.addSuppressed(second); // Why the rollout ended counts more.
            }
            throw e;
        }
        write(record);
        return code;
    }

    /** @return the exit code */
    private int rollOut(
            DeployModelRequest request, VerifyMetricsRequest metrics, StateFile store, KeyFile key, Environment environment)
            throws DeliveryException, InterruptedException {
        RolloutState begun = store.load();
        if (begun != null) {
            output.console(world).resumed(Event.Stage.DEPLOY, begun.started());
        }
        AccessSource access = new EarlyAccess(() -> cluster.access(world, timeout));
        DeployModelRequest pinned = undo ? request : pinned(request, begun, environment);
        Deployer deployer = deployer(store.holder(), key, metrics);
        try (ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = undo
                        ? DeployModel.undo(request, connections, access, begun, deployer, store, environment)
                        : new DeployModel(pinned, connections, access, begun, deployer, store, environment)) {
            if (verify.checks.isEmpty()) {
                return end(deploy.run(new Person(Gate.open(), world, output)), false);
            }
            MetricsGate gate = new MetricsGate(metrics, deploy.podMetrics(), environment);
            DeployModelResult result = judged(deploy, gate);
            return end(result, gate.unstable() != null);
        }
    }

    /** With the digest of the image, where it can be found out. */
    private DeployModelRequest pinned(DeployModelRequest request, RolloutState begun, Environment environment)
            throws DeliveryException, InterruptedException {
        TagDigests registry = TagDigests.asked(resolveTag, registryCredentialsId, environment);
        return ImagePin.now(request, begun, registry, environment);
    }

    /** A look may take minutes, and the lease runs out after one: the rollout goes on to tick meanwhile. */
    private DeployModelResult judged(DeployModel deploy, MetricsGate gate) throws DeliveryException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread looks = new Thread(task, "ml-delivery looks");
            looks.setDaemon(true);
            return looks;
        });
        try (BackgroundGate looks = new BackgroundGate(gate, thread, () -> {}, WHILE_READING)) {
            return deploy.run(new Person(looks, world, output));
        } finally {
            thread.shutdownNow();
        }
    }

    private int end(DeployModelResult result, boolean unstable) {
        output.result(world, result.toMap());
        return !result.ok() ? DeliveryException.Kind.ROLLED_BACK.exitCode() : unstable ? DeliveryException.Kind.INCONCLUSIVE.exitCode() : 0;
    }

    private int showDifferences(
            DeployModelRequest request, AccessSource access, Deployer deployer, Environment environment)
            throws DeliveryException, InterruptedException {
        try (ClusterConnections connections = new ClusterConnections();
                DeployModel deploy =
                        new DeployModel(request, connections, access, null,
                        deployer, StateStore.none(), environment)) {
            String differences = deploy.dryRun().stripTrailing();
            (output.json ? world.err() : world.out()).println(differences.isEmpty() ? "nothing to change" : differences);
            output.result(world, DeployModelResult.dryRun(request, deploy.state().revision()).toMap());
            return 0;
        }
    }

    private String version() {
        return undo ? "undone" : image;
    }

    private void write(DeliveryRecord record) throws DeliveryException {
        if (report == null) {
            return;
        }
        String html = HtmlReport.render("Delivery of " + name, intro(record), List.of(record));
        String remedy = "The rollout itself has ended; give another file.";
        Path written = OutputFile.write("report", world.directory(), report, html, remedy);
        world.err().println("report: " + Printable.line(written.toString()));
    }

    /** With the whole image, where the rollout has said which. */
    private String intro(DeliveryRecord record) {
        return record.events(Event.Started.class).stream()
                .filter(began -> began.stage() == Event.Stage.DEPLOY).map(Event.Started::title).findFirst().orElseGet(this::version);
    }

    private Deployer deployer(String holder, KeyFile key, VerifyMetricsRequest metrics) {
        return new Deployer(holder, key, verify.checks.isEmpty() ? "" : CanonicalText.of(metrics));
    }

    /**
     * Different for every rollout that begins: host and file can be the same on two machines, as in containers. It is
     * kept in the state file, so that a command line that goes on finds its own lease.
     */
    String holder(Path file) {
        return "ml-delivery command line of " + world.variables().getOrDefault("USER", System.getProperty("user.name")) + " on " + host() + ", state file "
                + world.directory().resolve(file).normalize() + ", rollout " + UUID.randomUUID().toString()
                        .substring(0, ID_DIGITS);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unknown host";
        }
    }

    private void refuseIdleOptions() throws DeliveryException {
        IdleOptions ofGate = new IdleOptions(spec).mixin("verify").options("--verify-timeout");
        if (undo) {
            // Of strategy and traffic it takes what divides the requests.
            ofGate.mixin("pods").options("--steps", "--hold", "--max-surge", "--scale-down-delay", "--percent", "--pause", "--require-digest", "--resolve-tag", "--registry-credentials-id")
                    .refuse("it has no effect with --undo", "Leave it out.");
        } else if (verify.checks.isEmpty()) {
            ofGate.refuse("nothing is judged without --checks", "Give --checks, or leave it out.");
        }
    }

    DeployModelRequest request() throws DeliveryException {
        if (image == null && !undo) {
            throw DeliveryException.invalid("image", "no image is given", "Give the image to roll out, or --undo.");
        }
        if (image != null && undo) {
            throw DeliveryException.invalid("undo", "it brings back an image and takes none", "Leave --image out.");
        }
        if (undo && dryRun) {
            throw DeliveryException.invalid("undo", "it can't be shown beforehand", "Leave --dry-run out.");
        }
        return new DeployModelRequest(
                name, namespace, undo ? NO_IMAGE : image, pods.pods(), pods.model(world.directory()), undo ? strategy.unheld() : strategy.strategy(), strategy.traffic(), pause, onConcurrent, dryRun, requireDigest,
                progressDeadline, timeout);
    }
}
