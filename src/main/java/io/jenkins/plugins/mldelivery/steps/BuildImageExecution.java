package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import jenkins.MasterToSlaveFileCallable;
import org.jenkinsci.plugins.workflow.FilePathUtils;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A running <code>mlBuildImage</code>: the engine works on the agent, where the model's files are; here its end is looked for. After a restart of the controller it is simply run again, since the
 * same input gives the same image and nothing is sent twice.
 */
final class BuildImageExecution extends TickingExecution {
    private static final long serialVersionUID = 1L;
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final Duration SLOWEST_LOOK = Duration.ofSeconds(1);
    private static final Duration OFFLINE = Duration.ofSeconds(5);

    private final BuildImageStep step;
    private volatile String node;
    private volatile String workspace;

    private transient Future<Map<String, Object>> work;
    private transient Duration wait;
    private transient boolean toldOffline;

    BuildImageExecution(StepContext context, BuildImageStep step) {
        super(context);
        this.step = step;
    }

    @Override
    Duration tick() throws Exception {
        if (stopCause() != null) {
            if (work != null) {
                work.cancel(true);
            }
            fail(stopCause());
            return Duration.ZERO;
        }
        if (work == null) {
            return begin();
        }
        if (!work.isDone()) {
            wait = wait.multipliedBy(2).compareTo(SLOWEST_LOOK) < 0 ? wait.multipliedBy(2) : SLOWEST_LOOK;
            return wait;
        }
        try {
            succeed(work.get());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            fail(cause instanceof AbortException ? cause : new IOException(Messages.BuildImageExecution_AgentFailed(cause.getMessage()), cause));
        }
        return Duration.ZERO;
    }

    private Duration begin() throws IOException, InterruptedException, DeliveryException {
        FilePath folder;
        if (node == null) {
            folder = getContext().get(FilePath.class);
            node = FilePathUtils.getNodeName(folder);
            workspace = folder.getRemote();
            persist();
        } else {
            folder = FilePathUtils.find(node, workspace);
            TaskListener listener = getContext().get(TaskListener.class);
            if (folder == null) {
                if (!toldOffline) {
                    toldOffline = true;
                    listener.getLogger().println(Messages.TickingExecution_AgentOffline(node));
                }
                return OFFLINE;
            }
            listener.getLogger().println(Messages.BuildImageExecution_Again());
        }
        BuildImageRequest request = step.request();
        RunCredentials credentials = new RunCredentials(build());
        Login login = request.credentialsId() == null ? null : credentials.require("credentialsId", request.credentialsId());
        work = folder.actAsync(new Work(request, login, getContext().get(TaskListener.class)));
        wait = FIRST_LOOK;
        return wait;
    }

    @Override
    public String getStatus() {
        return work == null ? "not yet started" : "building on the agent";
    }

    /** The work on the agent. Of a failure only its message comes back: its causes may be of classes that the controller does not take from agents. */
    private static final class Work extends MasterToSlaveFileCallable<Map<String, Object>> {
        private static final long serialVersionUID = 1L;

        private final BuildImageRequest request;
        private final Login login;
        private final TaskListener listener;

        Work(BuildImageRequest request, Login login, TaskListener listener) {
            this.request = request;
            this.login = login;
            this.listener = listener;
        }

        @Override
        public Map<String, Object> invoke(File folder, VirtualChannel channel) throws IOException, InterruptedException {
            Secrets secrets = id -> Optional.ofNullable(login);
            Environment environment =
                    new Environment(NoCommands.INSTANCE, Clock.system(), secrets, new LogEvents(listener));
            try {
                return new BuildImage(folder.toPath(), environment).run(request).toMap();
            } catch (DeliveryException e) {
                throw new AbortException(environment.known().mask(e).getMessage());
            }
        }
    }
}
