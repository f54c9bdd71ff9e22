package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.config.AgentWork;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.config.NoAnswer;
import io.jenkins.plugins.mldelivery.config.NotAsked;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.AnsweredResult;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A running <code>mlBuildImage</code>: the engine works on the agent, where the model's files are; here its end is looked for, and its answer is checked. After a restart of the
 * controller it is simply run again, since the same input gives the same image and nothing is sent twice.
 */
final class BuildImageExecution extends AgentExecution {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(BuildImageExecution.class.getName());
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final Duration SLOWEST_LOOK = Duration.ofSeconds(1);
    /** For the way to the agent and back, and for its own clean-up. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final BuildImageStep step;
    /** Whether the agent was asked before: it is told when it is asked again. */
    private volatile boolean begun;

    /** Its value is what the agent sent, which may be of another type. */
    private transient Future<?> work;
    private transient FilePath place;
    private transient Instant end;
    private transient Duration wait;

    BuildImageExecution(StepContext context, BuildImageStep step) {
        super(context);
        this.step = step;
    }

    @Override
    Duration tick() throws Exception {
        if (stopCause() != null) {
            if (work != null) {
                cancel();
            }
            fail(stopCause());
            return Duration.ZERO;
        }
        try {
            return work == null ? begin() : look();
        } catch (NotAsked e) {
            // An answer that is there is taken later.
            LOGGER.log(Level.FINE, "the agent could not be asked", e);
            return silent(null, e);
        } catch (NoAnswer e) {
            // Its work ends with its connection, so that there is nothing to find again: it is done anew.
            LOGGER.log(Level.FINE, "no answer of the agent", e);
            work = null;
            return silent(null, e);
        } catch (IOException e) {
            fail(new AbortException(Messages.BuildImageExecution_AgentFailed(e.getMessage())));
            return Duration.ZERO;
        }
    }

    private Duration look() throws IOException, InterruptedException, DeliveryException {
        if (!work.isDone()) {
            if (Instant.now().isAfter(end)) {
                cancel();
                throw new DeliveryException(
                        DeliveryException.Kind.TIMEOUT, "timeout", "the agent " + node() + " did not answer within " + step.getTimeout() + " and a minute more",
                        "Check the agent.", null);
            }
            wait = wait.multipliedBy(2).compareTo(SLOWEST_LOOK) < 0 ? wait.multipliedBy(2) : SLOWEST_LOOK;
            return wait;
        }
        List<String> answer = AgentCalls.texts(place, work, AnsweredResult.MAX_TEXTS, AnsweredResult.MAX_BYTES);
        succeed(AnsweredResult.of(answer, step.request()).toMap());
        return Duration.ZERO;
    }

    private Duration begin() throws IOException, InterruptedException, DeliveryException {
        FilePath folder = folder();
        if (folder == null) {
            return offline();
        }
        BuildImageRequest request = step.request();
        RunCredentials credentials = new RunCredentials(build());
        Login login = request.credentialsId() == null ? null : credentials.require("credentialsId", request.credentialsId());
        FilePath temporary = WorkspaceList.tempDir(folder);
        Duration left = left();
        end = Instant.now().plus(left).plus(GRACE);
        // An agent stands where its own author put it; the built-in node is the controller.
        HostRules hosts = onController() ? MlDeliveryConfiguration.get().hostRules() : HostRules.standard();
        // A user name that is marked as secret was learned with its password, which the agent learns by itself.
        boolean secretUser =
                login != null && !login.isToken() && !login.username().equals(credentials.mask(login.username()));
        Work task = new Work(request, left, login, secretUser, hosts, temporary == null ? null : temporary.getRemote(), listener(), label(), DeliveryThreads.owner(build()));
        boolean again = begun;
        if (!again) {
            begun = true;
            persist();
        }
        place = folder;
        // Sending alone would block on an agent that hangs.
        work = AgentCalls.within(folder, AgentCalls.LIMIT, () -> folder.actAsync(task));
        boolean back = back();
        if (again) {
            listener().getLogger().println(back ? Messages.BuildImageExecution_Back(node()) : Messages.BuildImageExecution_Again());
        }
        wait = FIRST_LOOK;
        return wait;
    }

    @Override
    String subject() {
        return step.getImage();
    }

    @Override
    String timeout() {
        return step.getTimeout();
    }

    @Override
    Duration patience() {
        return GRACE;
    }

    @Override
    void abortedAway(String node) {
        // What it did has ended with its connection.
    }

    @Override
    void gone(FilePath folder) {
        fail(new DeliveryException(
                DeliveryException.Kind.TIMEOUT, "timeout", "the image was not built within " + step.getTimeout() + ", since the agent " + node() + " could not be asked",
                "Check the agent.", null));
    }

    /** Asks the agent to stop, without waiting for one that hangs. */
    private void cancel() throws InterruptedException {
        try {
            AgentCalls.within(place, AgentCalls.LIMIT, () -> work.cancel(true));
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the agent could not be asked to stop", e);
        }
    }

    @Override
    public String getStatus() {
        return work == null ? "not yet started" : "building on the agent";
    }

    /** The work on the agent. */
    private static final class Work extends AgentWork {
        private static final long serialVersionUID = 1L;

        private final BuildImageRequest request;
        private final Duration time;
        private final Login login;
        private final boolean secretUser;
        private final HostRules hosts;
        private final String temporary;
        private final TaskListener listener;
        private final String subject;
        private final Owner owner;

        /**
         * @param time what is left of the step's time
         * @param secretUser whether the login's user name is masked as well
         * @param temporary the workspace's folder of temporary files, or null when it has none
         * @param subject see {@link LogEvents}
         * @param owner whose the names are that are looked up
         */
        Work(BuildImageRequest request, Duration time, Login login, boolean secretUser, HostRules hosts, String temporary, TaskListener listener, String subject, Owner owner) {
            this.request = request;
            this.time = time;
            this.login = login;
            this.secretUser = secretUser;
            this.hosts = hosts;
            this.temporary = temporary;
            this.listener = listener;
            this.subject = subject;
            this.owner = owner;
        }

        @Override
        protected List<String> work(File folder) throws DeliveryException, InterruptedException {
            Secrets secrets = id -> Optional.ofNullable(login);
            KnownSecrets known = new KnownSecrets();
            known.learn(secretUser ? SecretText.of(login.username()) : null);
            Environment environment =
                    new Environment(NoCommands.INSTANCE, Clock.system(), secrets, new LogEvents(listener, subject),
                            known, hosts, NodeReads.of(owner).resolvers());
            Path spool = temporary == null ? null : Path.of(temporary);
            try {
                return AnsweredResult.pack(new BuildImage(WorkspaceBorder.inside(folder.toPath()), spool, environment).run(request, time));
            } catch (DeliveryException e) {
                throw environment.known().mask(e);
            } finally {
                // Pipeline buffers an agent's log; without this its lines come after those of later steps, or never.
                listener.getLogger().flush();
            }
        }
    }
}
