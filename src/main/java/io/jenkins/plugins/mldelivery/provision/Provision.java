package io.jenkins.plugins.mldelivery.provision;

import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestProvisioner;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestRun;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestTurns;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformFlow;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plans, guards and applies infrastructure as code, from beginning to end in the calling thread (command line,
 * freestyle).
 */
public final class Provision {
    private static final Set<String> TOOLS = Set.of("auto", "terraform", "tofu", "kubernetes");
    private static final Set<String> ACTIONS = Set.of("apply", "plan", "destroy");
    private static final long MAX_CODE = 4L * 1024 * 1024;
    /**
     * What is said when {@link #learnDeclared} fails, which is no reason to fail: the tool tells what is wrong with its
     * code.
     */
    public static final String UNDECLARED =
            "could not find out which variables are declared as sensitive, so their values are not masked";

    private final Workspace workspace;
    private final Environment environment;
    private final ManifestTurns turns;

    /** Of a process that has no other run. */
    public Provision(Workspace workspace, Environment environment) {
        this(workspace, environment, new ManifestTurns());
    }

    /** @param turns shared by all runs of the process */
    public Provision(Workspace workspace, Environment environment, ManifestTurns turns) {
        this.workspace = workspace;
        this.environment = environment;
        this.turns = turns;
    }

    /**
     * Runs the request.
     *
     * @param cluster for the tool <code>kubernetes</code>; null otherwise
     */
    public ProvisionResult run(ProvisionRequest request, ClusterAccess cluster)
            throws DeliveryException, InterruptedException {
        return run(request, cluster, NamespaceRules.any());
    }

    /**
     * Runs the request where only some namespaces may be used.
     *
     * @param cluster for the tool <code>kubernetes</code>; null otherwise
     * @param namespaces of the cluster that objects may be in
     */
    public ProvisionResult run(ProvisionRequest request, ClusterAccess cluster, NamespaceRules namespaces)
            throws DeliveryException, InterruptedException {
        String tool = tool(request);
        if (tool.equals("kubernetes")) {
            ManifestProvisioner.check(request);
        }
        Instant start = environment.clock().now();
        environment
                .events()
                .accept(new Event.Started(
                        start, Event.Stage.PROVISION, tool + " " + request.action() + " of " + request.dir()));
        try {
            ProvisionResult result =
                    tool.equals("kubernetes") ? manifests(request, cluster, namespaces) : terraform(request, tool);
            environment
                    .events()
                    .accept(new Event.Finished(
                            environment.clock().now(), Event.Stage.PROVISION, true, summary(request, result)));
            return result;
        } catch (DeliveryException e) {
            environment
                    .events()
                    .accept(new Event.Finished(
                            environment.clock().now(), Event.Stage.PROVISION, false, e.getMessage()));
            throw e;
        }
    }

    /** One sentence about a result. */
    public static String summary(ProvisionRequest request, ProvisionResult result) {
        if (!result.changed()) {
            return "nothing to change";
        }
        String counts = result.add() + " added, " + result.change() + " changed, " + result.destroy() + " destroyed";
        return request.action().equals("plan")
                ? "planned: " + result.add() + " to add, " + result.change() + " to change, " + result.destroy()
                        + " to destroy"
                : counts;
    }

    /** Checks what can be checked of a request without the workspace. */
    public static void check(ProvisionRequest request) throws DeliveryException {
        oneOf("tool", request.tool(), TOOLS);
        oneOf("action", request.action(), ACTIONS);
        Durations.limit("timeout", request.timeout());
        Durations.parse("lockTimeout", request.lockTimeout());
        Names.dnsLabel("namespace", request.namespace(), Names.LONGEST_LABEL);
        TerraformFlow.check(request);
    }

    /**
     * Checks the request and tells which tool it means: <code>terraform</code>, <code>tofu</code> or <code>kubernetes
     * </code>.
     */
    public String tool(ProvisionRequest request) throws DeliveryException, InterruptedException {
        check(request);
        try {
            workspace.check("dir", null, request.dir());
            for (String file : request.varFiles()) {
                workspace.check("varFiles", request.dir(), file);
            }
            if (!workspace.isDirectory(request.dir())) {
                throw DeliveryException.invalid(
                        "dir",
                        "there is no folder '" + request.dir() + "'",
                        "Give the folder of the infrastructure code in the `workspace`.");
            }
            List<String> files = workspace.list(request.dir());
            boolean terraform =
                    files.stream().anyMatch(f -> f.endsWith(".tf") || f.endsWith(".tf.json") || f.endsWith(".tofu"));
            boolean manifests = !ManifestProvisioner.names(files).isEmpty();
            if (request.tool().equals("auto")) {
                if (!terraform && !manifests) {
                    throw DeliveryException.invalid(
                            "dir",
                            "the folder '" + request.dir() + "' has neither *.tf files nor *.yaml manifests",
                            "Give another folder.");
                }
                return terraform
                        ? (workspace.canRun("terraform") || !workspace.canRun("tofu") ? "terraform" : "tofu")
                        : "kubernetes";
            }
            if (request.tool().equals("kubernetes") ? !manifests : !terraform) {
                throw DeliveryException.invalid(
                        "dir",
                        "the folder '" + request.dir() + "' has no "
                                + (request.tool().equals("kubernetes") ? "*.yaml manifests" : "*.tf files"),
                        "Give another folder or another tool.");
            }
            return request.tool();
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT,
                    "dir",
                    "could not read '" + request.dir() + "' (" + e.getMessage() + ")",
                    "Grant the user of the `build` read access.",
                    e);
        }
    }

    private static void oneOf(String parameter, String value, Set<String> allowed) throws DeliveryException {
        if (!allowed.contains(value)) {
            throw DeliveryException.invalid(
                    parameter,
                    "'" + Excerpt.of(value) + "' is none of " + String.join(", ", new java.util.TreeSet<>(allowed)),
                    NearestName.hint(value, allowed) + "Give one of these.");
        }
    }

    private ProvisionResult terraform(ProvisionRequest request, String tool)
            throws DeliveryException, InterruptedException {
        String privateDirectory = null;
        try {
            privateDirectory = workspace.createPrivateDirectory();
            TerraformFlow flow =
                    new TerraformFlow(request, request.executable() == null ? tool : request.executable(), environment);
            try {
                learnDeclared(flow, request);
            } catch (DeliveryException | IOException e) {
                environment.warn(Event.Stage.PROVISION, UNDECLARED + " (" + e.getMessage() + ")");
            }
            TerraformState state = TerraformFlow.start(workspace.absolute(request.dir()), privateDirectory);
            Instant end = environment.clock().now().plus(Durations.parse("timeout", request.timeout()));
            while (state.stage() != TerraformState.Stage.DONE) {
                state = next(flow, state, end);
            }
            return flow.result(state);
        } catch (IOException e) {
            throw DeliveryException.failed(
                    "dir",
                    "could not prepare the run (" + e.getMessage() + ")",
                    "Check the `agent`'s temporary folder.",
                    e);
        } finally {
            remove(privateDirectory);
        }
    }

    /**
     * Has the values of variables masked that the code declares as sensitive.
     *
     * @throws IOException when the code can't be read
     */
    public void learnDeclared(TerraformFlow flow, ProvisionRequest request)
            throws DeliveryException, IOException, InterruptedException {
        flow.declared(workspace.read(request.dir(), TerraformFlow.codeFiles(workspace.list(request.dir())), MAX_CODE));
    }

    private TerraformState next(TerraformFlow flow, TerraformState state, Instant end)
            throws DeliveryException, IOException, InterruptedException {
        Command command = flow.command(state);
        if (command == null) {
            return flow.advance(state, workspace.sha256(TerraformFlow.planFile(state)));
        }
        for (Map.Entry<String, String> file : flow.files(state).entrySet()) {
            workspace.writePrivate(file.getKey(), file.getValue());
        }
        Duration left = Duration.between(environment.clock().now(), end);
        Command bounded = new Command(
                command.argv(),
                command.directory(),
                command.environment(),
                left.isNegative() ? Duration.ZERO : left,
                command.grace());
        if (state.stage() == TerraformState.Stage.APPLY) {
            // Last, so that as little as possible comes between.
            flow.verify(state, workspace.sha256(TerraformFlow.planFile(state)));
        }
        return flow.advance(state, environment.commands().run(bounded, flow.output(state)));
    }

    private void remove(String privateDirectory) throws InterruptedException {
        if (privateDirectory == null) {
            return;
        }
        try {
            workspace.deleteDirectory(privateDirectory);
        } catch (DeliveryException | IOException e) {
            environment.warn(
                    Event.Stage.PROVISION,
                    "left behind: " + privateDirectory + ", which holds the plan (" + e.getMessage() + ")");
        }
    }

    private ProvisionResult manifests(ProvisionRequest request, ClusterAccess cluster, NamespaceRules namespaces)
            throws DeliveryException, InterruptedException {
        return read(() -> new ManifestProvisioner(environment, turns, request.timeout())
                .run(request, workspace, cluster, namespaces));
    }

    /**
     * Begins a run of manifests: reads them, and sends nothing. For whoever shares threads with others.
     *
     * @param cluster that they are for
     * @param namespaces of the cluster that objects may be in
     * @return is advanced until it has a result, and closed
     */
    public ManifestRun begin(ProvisionRequest request, ClusterAccess cluster, NamespaceRules namespaces)
            throws DeliveryException, InterruptedException {
        ManifestProvisioner.check(request);
        environment
                .events()
                .accept(new Event.Started(
                        environment.clock().now(),
                        Event.Stage.PROVISION,
                        "kubernetes " + request.action() + " of " + request.dir()));
        return read(() -> new ManifestProvisioner(environment, turns, request.timeout())
                .begin(request, workspace, cluster, namespaces));
    }

    /** What reads manifests. */
    private interface Reading<T> {
        T run() throws DeliveryException, IOException, InterruptedException;
    }

    private static <T> T read(Reading<T> reading) throws DeliveryException, InterruptedException {
        try {
            return reading.run();
        } catch (ClosedByInterruptException e) {
            // An abort in the middle of reading a file closes it, and is no fault of the file.
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException e) {
            throw DeliveryException.failed(
                    "dir",
                    "could not read the manifests (" + e.getMessage() + ")",
                    "Grant the user of the `build` read access; 8 MiB in all are allowed.",
                    e);
        }
    }
}
