package io.jenkins.plugins.mldelivery.steps;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.TaskListener;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.mldelivery.config.ClusterGrant;
import io.jenkins.plugins.mldelivery.config.Clusters;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformFlow;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.FilePathUtils;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A running <code>mlProvision</code>. Terraform's commands run on the agent under durable-task, one by one; what is persisted between them is the engine's small state and the handle of
 * the command under way, so that a restart of the controller in the middle of an apply finds it again. Kubernetes manifests are applied in one go, which may be repeated.
 */
final class ProvisionExecution extends TickingExecution {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ProvisionExecution.class.getName());
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final Duration SLOWEST_LOOK = Duration.ofSeconds(3);
    private static final Duration OFFLINE = Duration.ofSeconds(5);
    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;

    private final ProvisionStep step;
    private volatile String node;
    private volatile String workspace;
    private volatile String tool;
    /** JSON form of the engine's state of a Terraform run. */
    private volatile String state;
    /** The command under way, or null. */
    private volatile AgentCommand command;
    /** Milliseconds since the epoch. */
    private volatile long started;
    /** When the command was asked to end, in milliseconds since the epoch, or 0. */
    private volatile long signalled;

    private volatile boolean killed;
    /** What the step returns, once Terraform is done. */
    private volatile Map<String, Object> outcome;

    private transient TerraformFlow flow;
    private transient Consumer<String> lines;
    private transient Environment environment;
    private transient Duration wait;
    private transient boolean toldOffline;

    ProvisionExecution(StepContext context, ProvisionStep step) {
        super(context);
        this.step = step;
    }

    @Override
    Duration tick() throws Exception {
        FilePath folder = folder();
        if (folder == null) {
            return offline();
        }
        if (environment == null) {
            environment = environment(new RunCredentials(build()));
        }
        try {
            return work(folder);
        } catch (DeliveryException e) {
            end(folder, e);
        } catch (IOException | RequestAbortedException e) {
            if (command != null) {
                // The way to the agent broke, not the tool: nobody else looks after it, so look again.
                LOGGER.log(Level.FINE, "could not look after " + tool, e);
                return offline();
            }
            end(folder, e);
        }
        return Duration.ZERO;
    }

    private Duration work(FilePath folder) throws Exception {
        ProvisionRequest request = step.request();
        AgentWorkspace files = new AgentWorkspace(folder);
        Provision provision = new Provision(files, environment);
        if (tool == null) {
            started = System.currentTimeMillis();
            tool = provision.tool(request);
            persist();
        }
        if (tool.equals("kubernetes")) {
            if (stopCause() != null) {
                fail(stopCause());
            } else {
                ClusterGrant cluster = Clusters.resolve(step.getCluster(), step.getAccess(), new RunCredentials(build()));
                succeed(provision.run(request, cluster.access(), cluster.namespaces()).toMap());
            }
            return Duration.ZERO;
        }
        return terraform(request, folder, files);
    }

    private Duration terraform(ProvisionRequest request, FilePath folder, AgentWorkspace files) throws Exception {
        if (flow == null) {
            flow = new TerraformFlow(request, request.executable() == null ? tool : request.executable(), environment);
        }
        if (state == null) {
            if (stopCause() != null) {
                fail(stopCause());
                return Duration.ZERO;
            }
            environment.events().accept(new Event.Started(
                    environment.clock().now(), Event.Stage.PROVISION, tool + " " + request.action() + " of " + request.dir()));
            TerraformState first = TerraformFlow.start(files.absolute(request.dir()), files.createPrivateDirectory());
            state = first.toJson();
            persist();
        }
        TerraformState now = TerraformState.fromJson(state);
        if (command != null) {
            return running(now, folder);
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
        Command next = flow.command(now);
        if (next == null) {
            state = flow.advance(now, files.sha256(TerraformFlow.planFile(now))).toJson();
            persist();
            return Duration.ZERO;
        }
        if (!getContext().get(Launcher.class).isUnix()) {
            throw DeliveryException.invalid("tool", tool + " needs an agent with a Unix shell, and this one is a Windows agent", "Choose a Linux or macOS agent.");
        }
        if (now.stage() == TerraformState.Stage.PLAN) {
            files.writePrivate(TerraformFlow.variablesFile(now), flow.variables());
        }
        lines = flow.lines(now);
        command = AgentCommand.start(
                next, now.privateDirectory(), name(now), now.stage() == TerraformState.Stage.APPLY, folder, getContext().get(EnvVars.class), launcher(),
                listener());
        wait = null;
        persist();
        return FIRST_LOOK;
    }

    private static String name(TerraformState state) {
        return state.stage().name().toLowerCase(Locale.ROOT);
    }

    private void done(ProvisionRequest request, TerraformState last) {
        ProvisionResult result = flow.result(last);
        environment.events().accept(
                new Event.Finished(environment.clock().now(), Event.Stage.PROVISION, true, Provision.summary(request, result)));
        outcome = result.toMap();
    }

    private Duration running(TerraformState now, FilePath folder) throws Exception {
        if (outcome != null || !command.is(name(now))) {
            // The build was saved by somebody else right before the end of a command was noted.
            forget(folder);
            return Duration.ZERO;
        }
        Integer exit = command.exitCode(folder, launcher(), listener());
        toldOffline = false;
        if (lines != null) {
            command.pump(folder, lines);
        }
        if (exit == null) {
            endIfAsked(now, folder);
            wait = longer(wait);
            return wait;
        }
        CommandResult result = command.result(exit, folder);
        lines = null;
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
        cleanUp(over, folder);
        return Duration.ZERO;
    }

    private void forget(FilePath folder) throws InterruptedException {
        AgentCommand over = command;
        command = null;
        cleanUp(over, folder);
    }

    private static void cleanUp(AgentCommand over, FilePath folder) throws InterruptedException {
        try {
            over.cleanUp(folder);
        } catch (IOException | RequestAbortedException e) {
            LOGGER.log(Level.FINE, "could not remove what durable-task keeps", e);
        }
    }

    private TerraformState after(TerraformState now, int exit, CommandResult result) throws DeliveryException {
        if (exit == AgentCommand.STARTED_BEFORE && now.stage() == TerraformState.Stage.APPLY) {
            throw DeliveryException.failed(
                    "dir", "'" + tool + " apply' was started right before Jenkins ended, and Jenkins lost sight of it, so it was not started again",
                    "See on the agent whether it still runs, and run the step again when it is over.", null);
        }
        if (signalled != 0) {
            throw new DeliveryException(
                    DeliveryException.Kind.TIMEOUT, "timeout", "'" + tool + "' was not done within " + step.getTimeout() + " and was stopped",
                    "Give it more time, or find out what it waits for in the log above.", null);
        }
        if (exit == NOT_FOUND || exit == NOT_EXECUTABLE) {
            String name = step.getExecutable() == null ? tool : step.getExecutable();
            throw DeliveryException.unreachable(
                    "executable", "'" + name + (exit == NOT_FOUND ? "' was not found on the agent" : "' can't be run on the agent"),
                    "Install it there, or name another one with 'executable'.", null);
        }
        return flow.advance(now, result);
    }

    /** An abort or the time-out: one signal to the tool itself, then time to save its state and free its lock, and only then a kill. */
    private void endIfAsked(TerraformState now, FilePath folder) throws Exception {
        boolean late = Duration.ofMillis(System.currentTimeMillis() - started).compareTo(Durations.parse("timeout", step.getTimeout())) >= 0;
        if (stopCause() == null && !late) {
            return;
        }
        long millis = System.currentTimeMillis();
        if (signalled == 0) {
            if (!command.hasBegun(folder)) {
                return;
            }
            signalled = millis;
            listener().getLogger().println(Messages.ProvisionExecution_Interrupting(tool));
            persist();
            command.signal(folder, launcher());
        } else if (!killed && Instant.ofEpochMilli(signalled).plus(flow.command(now).grace()).isBefore(Instant.ofEpochMilli(millis))) {
            killed = true;
            listener().getLogger().println(Messages.ProvisionExecution_Killing(tool));
            command.kill(folder, launcher());
        }
    }

    private void end(FilePath folder, Throwable cause) throws InterruptedException {
        if (state != null) {
            removePrivate(folder);
        }
        if (environment != null && cause instanceof DeliveryException) {
            environment.events().accept(new Event.Finished(environment.clock().now(), Event.Stage.PROVISION, false, cause.getMessage()));
        }
        fail(cause);
    }

    private void removePrivate(FilePath folder) throws InterruptedException {
        String directory = "?";
        try {
            directory = TerraformState.fromJson(state).privateDirectory();
            new AgentWorkspace(folder).deleteDirectory(directory);
        } catch (IOException | RequestAbortedException | DeliveryException e) {
            LOGGER.log(Level.FINE, "could not remove " + directory, e);
            environment.warn(Event.Stage.PROVISION, "left behind on the agent: " + directory + ", which holds the plan (" + e.getMessage() + ")");
        }
    }

    private static Duration longer(Duration wait) {
        if (wait == null) {
            return FIRST_LOOK;
        }
        Duration next = wait.multipliedBy(5).dividedBy(4);
        return next.compareTo(SLOWEST_LOOK) < 0 ? next : SLOWEST_LOOK;
    }

    private FilePath folder() throws IOException, InterruptedException {
        if (node == null) {
            FilePath folder = getContext().get(FilePath.class);
            node = FilePathUtils.getNodeName(folder);
            workspace = folder.getRemote();
            return folder;
        }
        return FilePathUtils.find(node, workspace);
    }

    private Duration offline() throws IOException, InterruptedException {
        if (stopCause() != null) {
            listener().getLogger().println(Messages.ProvisionExecution_AbortedOffline(node));
            fail(stopCause());
            return Duration.ZERO;
        }
        if (!toldOffline) {
            toldOffline = true;
            listener().getLogger().println(Messages.TickingExecution_AgentOffline(node));
        }
        return OFFLINE;
    }

    private Launcher launcher() throws IOException, InterruptedException {
        return getContext().get(Launcher.class);
    }

    private TaskListener listener() throws IOException, InterruptedException {
        return getContext().get(TaskListener.class);
    }

    @Override
    public String getStatus() {
        try {
            return state == null ? "not yet started" : tool + " " + TerraformState.fromJson(state).stage().name().toLowerCase(Locale.ROOT);
        } catch (DeliveryException e) {
            return "unreadable state";
        }
    }
}
