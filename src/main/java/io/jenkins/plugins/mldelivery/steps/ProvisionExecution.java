package io.jenkins.plugins.mldelivery.steps;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.mldelivery.config.ClusterGrant;
import io.jenkins.plugins.mldelivery.config.Clusters;
import io.jenkins.plugins.mldelivery.config.NoAnswer;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestProvisioner;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestRun;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformFlow;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A running <code>mlProvision</code>. Terraform's commands run on the agent under durable-task, one by one; what is
 * persisted between them is the engine's small state and the handle of the command under way, so that a restart of the
 * controller in the middle of an apply finds it again. Kubernetes manifests are applied object by object, for a while in
 * each tick; after a restart this begins anew, which does no harm.
 */
final class ProvisionExecution extends AgentExecution {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ProvisionExecution.class.getName());
    private static final String KUBERNETES = "kubernetes";
    /** How long objects are planned or applied, or output is read, before others have the thread. */
    private static final Duration TURN = Duration.ofSeconds(20);
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final Duration SLOWEST_LOOK = Duration.ofSeconds(3);
    /**
     * After the time-out and the time that the tool has to end: an agent that is still away by then is not waited for.
     */
    private static final Duration LAST_LOOK = Duration.ofMinutes(2);

    private final ProvisionStep step;
    private volatile String tool;
    /** JSON form of the engine's state of a Terraform run. */
    private volatile String state;
    /** The command under way, or null. */
    private volatile AgentCommand command;
    /** How the command is ended after an abort or the time-out; null before. */
    private volatile OrderlyEnd ending;
    /** What the step returns, once Terraform is done. */
    private volatile Map<String, Object> outcome;

    private transient ManifestRun manifests;
    /** Whether the manifests, or what the cluster has of them, are too large for the threads that all steps share. */
    private transient volatile boolean large;
    private transient ToolOutput output;
    private transient Environment environment;
    private transient Duration wait;

    ProvisionExecution(StepContext context, ProvisionStep step) {
        super(context);
        this.step = step;
    }

    /** A run of large manifests keeps them, and its thread, as long as its cluster likes: it has a thread of its own. */
    @Override
    TickPool threads() {
        return large ? DeliveryThreads.manifests() : DeliveryThreads.pool();
    }

    @Override
    Duration tick() throws Exception {
        FilePath folder = folder();
        if (folder == null) {
            letGo();
            return offline();
        }
        try {
            if (environment == null) {
                Environment fresh = environment(new RunCredentials(build()));
                EnvVars variables = onAgent(folder, EnvVars.class);
                new ProvisionSecrets(fresh).ofBuild(getContext().get(EnvironmentExpander.class), variables);
                environment = fresh;
            }
            return work(folder);
        } catch (DeliveryException e) {
            end(folder, e);
        } catch (NoAnswer e) {
            LOGGER.log(Level.FINE, "no answer of the agent", e);
            letGo();
            return silent(folder, e);
        } catch (IOException | RequestAbortedException e) {
            if (command != null) {
                // The way to the agent broke, not the tool: nobody else looks after it, so look again.
                LOGGER.log(Level.FINE, "could not look after " + tool, e);
                letGo();
                return silent(folder, e);
            }
            end(folder, e);
        }
        return Duration.ZERO;
    }

    private Duration work(FilePath folder) throws Exception {
        ProvisionRequest request = step.request();
        AgentWorkspace files = new AgentWorkspace(folder, build());
        Provision provision = new Provision(files, environment, DeliveryConnections.manifests(build()));
        if (tool == null) {
            tool = provision.tool(request);
            persist();
        }
        return tool.equals(KUBERNETES) ? manifests(provision, request, folder, files) : terraform(request, folder, files);
    }

    private Duration manifests(
            Provision provision, ProvisionRequest request, FilePath folder, AgentWorkspace files) throws Exception {
        if (stopCause() != null) {
            if (manifests != null) {
                manifests.aborted();
            }
            fail(stopCause());
            return Duration.ZERO;
        }
        if (manifests == null && !large && !ManifestProvisioner.isSmall(files, request.dir())) {
            large = true;
            return Duration.ZERO;
        }
        if (manifests == null) {
            ClusterGrant cluster =
                    Clusters.resolve(step.getCluster(), step.getAccess(), new RunCredentials(build()).on(folder));
            manifests = abortable().run(() -> provision.begin(request, cluster.access(), cluster.namespaces()));
        }
        ProvisionResult result = abortable().run(() -> manifests.advance(TURN));
        large |= manifests.isLarge();
        if (result != null) {
            environment.events().accept(new Event.Finished(
                    environment.clock().now(), Event.Stage.PROVISION, true, Provision.summary(request, result)));
            succeed(result.toMap());
        }
        return Duration.ZERO;
    }

    @Override
    void release() {
        super.release();
        letGo();
        if (manifests != null) {
            ManifestRun over = manifests;
            manifests = null;
            over.close();
        }
    }

    private void letGo() {
        if (output != null) {
            output.letGo(command);
        }
    }

    private Duration terraform(ProvisionRequest request, FilePath folder, AgentWorkspace files) throws Exception {
        if (output == null) {
            output = reopen(request, files);
        }
        Deadline turn = Deadline.in(TURN);
        if (!output.learn(folder, turn, () -> stopCause() != null, late(Duration.ZERO))) {
            return output.pause();
        }
        if (state == null) {
            if (stopCause() != null) {
                fail(stopCause());
                return Duration.ZERO;
            }
            environment
                    .events()
                    .accept(new Event.Started(
                            environment.clock().now(),
                            Event.Stage.PROVISION,
                            tool + " " + request.action() + " of " + request.dir()));
            TerraformState first = TerraformFlow.start(files.absolute(request.dir()), files.createPrivateDirectory());
            state = first.toJson();
            persist();
        }
        TerraformState now = TerraformState.fromJson(state);
        if (command != null) {
            return running(now, folder, turn);
        }
        if (stopCause() != null) {
            end(folder, stopCause());
            return Duration.ZERO;
        }
        if (outcome != null) {
            removePrivate(folder);
            succeed(outcome);
            return Duration.ZERO;
        }
        if (now.stage() == TerraformState.Stage.DONE) {
            done(request, now);
            persist();
            return Duration.ZERO;
        }
        Command next = output.flow().command(now);
        if (next == null) {
            state = output.flow().advance(now, files.sha256(TerraformFlow.planFile(now))).toJson();
            persist();
            return Duration.ZERO;
        }
        Launcher launcher = onAgent(folder, Launcher.class);
        if (!launcher.isUnix()) {
            throw DeliveryException.invalid(
                    "tool",
                    tool + " needs an agent with a Unix shell, and this one is a Windows agent",
                    "Choose a Linux or macOS agent.");
        }
        for (Map.Entry<String, String> file : output.flow().files(now).entrySet()) {
            files.writePrivate(file.getKey(), file.getValue());
        }
        boolean apply = now.stage() == TerraformState.Stage.APPLY;
        EnvVars variables = onAgent(folder, EnvVars.class);
        if (apply) {
            // Last, so that as little as possible comes between.
            output.flow().verify(now, files.sha256(TerraformFlow.planFile(now)));
        }
        command = AgentCommand.start(
                next, now.privateDirectory(), name(now.stage()), apply, folder, variables, launcher, listener());
        wait = null;
        persist();
        return FIRST_LOOK;
    }

    /** The flow, which after a restart has to learn again what is secret. */
    private ToolOutput reopen(ProvisionRequest request, AgentWorkspace files)
            throws DeliveryException, IOException, InterruptedException {
        TerraformFlow fresh =
                new TerraformFlow(request, request.executable() == null ? tool : request.executable(), environment);
        new ProvisionSecrets(environment).ofCode(fresh, new Provision(files, environment), request);
        TerraformState now = state == null ? null : TerraformState.fromJson(state);
        return new ToolOutput(fresh, now, environment, DeliveryConnections.plans(), DeliveryThreads.owner(build()));
    }

    static String name(TerraformState.Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    @SuppressWarnings("unchecked") // Of a map it makes a map.
    private void done(ProvisionRequest request, TerraformState last) {
        ProvisionResult result = output.flow().result(last);
        environment
                .events()
                .accept(new Event.Finished(
                        environment.clock().now(), Event.Stage.PROVISION, true, Provision.summary(request, result)));
        outcome = (Map<String, Object>) environment.known().maskValue(result.toMap());
    }

    private Duration running(TerraformState now, FilePath folder, Deadline turn) throws Exception {
        if (outcome != null || !command.is(name(now.stage()))) {
            // The build was saved by somebody else right before the end of a command was noted.
            forget(folder);
            return Duration.ZERO;
        }
        Launcher launcher = onAgent(folder, Launcher.class);
        Integer exit = command.exitCode(folder, launcher, listener());
        boolean more;
        try {
            more = output.pump(command, now, exit != null, folder, turn::isOver);
        } catch (DeliveryException e) {
            command.kill(folder, launcher);
            forget(folder);
            throw e;
        }
        back();
        if (exit == null) {
            if (stopCause() != null || late(Duration.ZERO)) {
                Duration grace = output.flow().command(now).grace();
                ending = ending == null ? new OrderlyEnd() : ending;
                ending.goOn(command, tool, grace, folder, launcher, listener().getLogger(), this::persist);
            }
            wait = more ? FIRST_LOOK : longer(wait);
            return wait;
        }
        if (more && stopCause() == null) {
            if (late(LAST_LOOK)) {
                over(folder, Messages.ProvisionExecution_Endless(tool));
            }
            return output.pause();
        }
        CommandResult result = command.result(exit, folder);
        output.end();
        if (stopCause() != null) {
            forget(folder);
            end(folder, stopCause());
            return Duration.ZERO;
        }
        TerraformState next;
        try {
            next = after(now, exit, result);
        } catch (DeliveryException e) {
            forget(folder);
            throw e;
        }
        // What Jenkins forgets when it dies here is asked of the command again, which therefore goes last.
        if (next.stage() == TerraformState.Stage.DONE) {
            done(step.request(), next);
        } else {
            state = next.toJson();
        }
        AgentCommand over = command;
        command = null;
        persist();
        over.cleanUp(folder);
        return Duration.ZERO;
    }

    private void forget(FilePath folder) throws InterruptedException {
        AgentCommand over = command;
        command = null;
        over.cleanUp(folder);
    }

    private TerraformState after(TerraformState now, int exit, CommandResult result) throws DeliveryException {
        if (exit == AgentCommand.STARTED_BEFORE && now.stage() == TerraformState.Stage.APPLY) {
            throw ProvisionFailures.lostSight(tool);
        }
        if (ending != null && ending.asked()) {
            throw ProvisionFailures.late(tool, step.getTimeout());
        }
        AgentCommand.checkFound(exit, step.getExecutable() == null ? tool : step.getExecutable());
        return output.flow().advance(now, result);
    }

    private void end(FilePath folder, Throwable cause) throws InterruptedException {
        if (state != null) {
            removePrivate(folder);
        }
        if (environment != null && cause instanceof DeliveryException) {
            environment
                    .events()
                    .accept(new Event.Finished(
                            environment.clock().now(), Event.Stage.PROVISION, false, cause.getMessage()));
        }
        fail(cause);
    }

    private void removePrivate(FilePath folder) throws InterruptedException {
        String directory = TerraformState.privateDirectory(state);
        if (directory == null) {
            return;
        }
        if (command != null) {
            // Of a command that could not be ended: what it writes there may be needed.
            environment.warn(
                    Event.Stage.PROVISION,
                    "left behind on the agent: " + directory + ", since '" + tool + "' may still run there");
            return;
        }
        try {
            new AgentWorkspace(folder).deleteDirectory(directory);
        } catch (IOException | DeliveryException e) {
            LOGGER.log(Level.FINE, "could not remove " + directory, e);
            environment.warn(
                    Event.Stage.PROVISION,
                    "left behind on the agent: " + directory + ", which holds the plan (" + e.getMessage() + ")");
        }
    }

    private static Duration longer(Duration wait) {
        Duration next = wait == null ? FIRST_LOOK : wait.multipliedBy(5).dividedBy(4);
        return next.compareTo(SLOWEST_LOOK) < 0 ? next : SLOWEST_LOOK;
    }

    @Override
    String subject() {
        return step.getDir();
    }

    @Override
    String timeout() {
        return step.getTimeout();
    }

    @Override
    Duration patience() {
        return LAST_LOOK;
    }

    @Override
    void abortedAway(String node) throws IOException, InterruptedException {
        listener().getLogger().println(Messages.ProvisionExecution_AbortedOffline(node));
    }

    @Override
    void gone(FilePath folder) throws InterruptedException {
        DeliveryException late = ProvisionFailures.gone(tool == null ? "mlProvision" : tool, step.getTimeout(), node());
        if (folder == null || environment == null) {
            fail(late);
        } else {
            end(folder, late);
        }
    }

    @Override
    public String getStatus() {
        try {
            return state == null
                    ? "not yet started"
                    : tool + " " + name(TerraformState.fromJson(state).stage());
        } catch (DeliveryException e) {
            return "unreadable state";
        }
    }
}
