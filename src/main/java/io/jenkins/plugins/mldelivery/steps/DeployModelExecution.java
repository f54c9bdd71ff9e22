package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.mldelivery.config.Clusters;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.Phase;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import io.jenkins.plugins.mldelivery.deploy.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A running <code>mlDeployModel</code>: drives the engine's state machine and lets the body answer its gate. The engine's state is persisted, as its JSON form, before the actions that
 * it calls for; the body is Pipeline's own and survives a restart by itself.
 */
final class DeployModelExecution extends TickingExecution {
    private static final long serialVersionUID = 1L;
    /** While the body runs the rollout is still watched, and its lease renewed, this often. */
    private static final Duration WATCH = Duration.ofSeconds(2);
    /** So often when changes are told: the lease alone needs it. */
    private static final Duration WATCHED = Duration.ofSeconds(15);

    private final DeployModelStep step;
    /** JSON form of the engine's state; null until it first changed. */
    private volatile String state;
    /** Index of the traffic step that {@link #bodyStarted} and {@link #answer} are about. */
    private volatile int asked = -1;
    /** Set on Pipeline's thread when the body has really begun, so that it is in the same saved program as the body. */
    private volatile boolean bodyStarted;
    /** The body's answer for the step asked: null while it runs. */
    private volatile String answer;

    private volatile boolean bodyRunning;
    private volatile Throwable bodyFailure;
    private volatile BodyExecution body;

    private transient DeployModel deploy;
    private transient volatile boolean starting;
    private transient boolean cancelled;
    /** How the rollout ended, while the step waits for its body. */
    private transient DeployModelResult result;

    DeployModelExecution(StepContext context, DeployModelStep step) {
        super(context);
        this.step = step;
    }

    @Override
    ScheduledExecutorService threads() {
        return DeliveryThreads.rollouts();
    }

    @Override
    Duration tick() throws Exception {
        if (result != null) {
            return end();
        }
        if (deploy == null) {
            deploy = reopen();
            deploy.onChange(() -> tickIn(Duration.ZERO));
        }
        if (stopCause() != null) {
            deploy.abort("the build was aborted" + by(stopCause()));
        }
        DeployModel.Tick tick = deploy.tick(gateAnswer());
        boolean undone = deploy.state().phase() == Phase.ROLLING_BACK || tick.result() != null;
        if (bodyRunning && undone) {
            // The body can't help any more.
            cancelBody();
        }
        if (tick.result() != null) {
            result = tick.result();
            return end();
        }
        if (tick.question() != null && (tick.question().step() != asked || !bodyStarted)) {
            startBody(tick.question());
        }
        return tick.nextTick();
    }

    /** The body's end must not outlive the step's. */
    private Duration end() {
        if (!bodyRunning) {
            finish();
        }
        return WATCH;
    }

    private DeployModel reopen() throws DeliveryException, IOException, InterruptedException {
        RolloutState from = state == null ? null : RolloutState.fromJson(state);
        try {
            return open(this, step, holder(), from, this::save);
        } catch (DeliveryException e) {
            if (from == null || from.phase() == Phase.PREPARING || from.phase().ended()) {
                throw e;
            }
            throw new AbortException(Messages.DeployModelExecution_Left(e.getMessage(), step.getNamespace() + "/" + step.getName(), word(from.phase())));
        }
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * Opens the engine for a step.
     *
     * @param on the execution that it works for
     * @param rollout the persisted state, or null
     */
    static DeployModel open(TickingExecution on, DeployModelStep step, String holder, RolloutState rollout, StateStore store)
            throws DeliveryException, IOException, InterruptedException {
        RunCredentials credentials = new RunCredentials(on.build());
        return new DeployModel(
                step.request(), DeliveryConnections.get(), Clusters.resolve(step.getCluster(), step.getAccess(), credentials), rollout, holder, store, on.environment(credentials));
    }

    private void save(RolloutState next) throws InterruptedException {
        String before = state;
        state = next.toJson();
        try {
            persist();
        } catch (IOException e) {
            state = before;
            throw new Target.TransientException("the build's state could not be saved, so nothing was done", e);
        }
    }

    /** The same for the same step of the same build, so that it finds its own lease after a restart, and different for any other. */
    private String holder() throws IOException, InterruptedException {
        return "Jenkins build " + build().getExternalizableId() + " step " + getContext().get(FlowNode.class).getId();
    }

    private Gate.Answer gateAnswer() {
        if (deploy.state().phase() != Phase.ANALYSING || deploy.state().step() != asked) {
            // An answer belongs to its own traffic step alone.
            return null;
        }
        if (bodyFailure != null) {
            return Gate.Answer.of(Verdict.FAIL, reason(bodyFailure));
        }
        if (answer != null) {
            return Gate.Answer.of(Verdict.PASS, answer);
        }
        return bodyRunning ? Gate.Answer.pending("the body is running", deploy.watched() ? WATCHED : WATCH) : null;
    }

    private void startBody(RolloutFacts facts) throws IOException, InterruptedException {
        if (starting) {
            return;
        }
        starting = true;
        cancelled = false;
        asked = facts.step();
        bodyStarted = false;
        answer = null;
        RolloutContext rollout = new RolloutContext(step, facts);
        body = getContext()
                .newBodyInvoker()
                .withContext(rollout)
                .withContext(EnvironmentExpander.merge(
                        getContext().get(EnvironmentExpander.class), EnvironmentExpander.constant(rollout.variables())))
                .withDisplayName(Messages.DeployModelExecution_Body(facts.weight()))
                .withCallback(new Callback(this, facts.step()))
                .start();
    }

    private void cancelBody() {
        BodyExecution running = body;
        if (running != null && !cancelled) {
            // Once: what the body does to clean up is not to be cut short as well.
            cancelled = true;
            running.cancel(new FlowInterruptedException(Result.FAILURE, false, new RolledBack()));
        }
    }

    private void finish() {
        if (stopCause() != null) {
            fail(stopCause());
        } else if (bodyFailure != null) {
            // The user's own failure, whole: what kind it is decides how the build ends.
            fail(bodyFailure);
        } else if (result.ok()) {
            succeed(result.toMap());
        } else {
            fail(new AbortException(Messages.DeployModelExecution_RolledBack(step.getName(), result.reason())));
        }
    }

    @Override
    void release() {
        if (deploy != null) {
            deploy.close();
            deploy = null;
        }
    }

    @Override
    public String getStatus() {
        try {
            return state == null ? "preparing" : word(RolloutState.fromJson(state).phase());
        } catch (DeliveryException e) {
            return "unreadable state";
        }
    }

    private void bodyBegan(int of) {
        if (of == asked) {
            bodyStarted = true;
            bodyRunning = true;
        }
        starting = false;
    }

    private void bodyEnded(int of, Throwable failure) {
        bodyRunning = false;
        if (of == asked) {
            if (failure == null) {
                answer = Messages.DeployModelExecution_BodyPassed();
            } else if (!cutShort(failure)) {
                bodyFailure = failure;
            }
        }
        tickIn(Duration.ZERO);
    }

    private static boolean cutShort(Throwable failure) {
        return failure instanceof FlowInterruptedException interrupted && interrupted.getCauses().stream().anyMatch(RolledBack.class::isInstance);
    }

    private static String by(Throwable cause) {
        return cause instanceof FlowInterruptedException interrupted && !interrupted.getCauses().isEmpty() ? ": " + causes(interrupted) : "";
    }

    private static String reason(Throwable failure) {
        String said = failure instanceof FlowInterruptedException interrupted ? causes(interrupted) : failure.getMessage();
        String text = said == null || said.isBlank() ? failure.getClass().getSimpleName() : said.strip();
        return Messages.DeployModelExecution_BodyFailed(text.endsWith(".") ? text.substring(0, text.length() - 1) : text);
    }

    private static String causes(FlowInterruptedException interrupted) {
        return interrupted.getCauses().stream().map(CauseOfInterruption::getShortDescription).collect(Collectors.joining(", "));
    }

    /** Why a body was cut short. */
    static final class RolledBack extends CauseOfInterruption {
        private static final long serialVersionUID = 1L;

        @Override
        public String getShortDescription() {
            return Messages.DeployModelExecution_BodyCancelled();
        }
    }

    /** Tells the execution what became of the body. Persisted with the running body. */
    private static final class Callback extends BodyExecutionCallback {
        private static final long serialVersionUID = 1L;

        private final DeployModelExecution execution;
        private final int trafficStep;

        Callback(DeployModelExecution execution, int trafficStep) {
            this.execution = execution;
            this.trafficStep = trafficStep;
        }

        @Override
        public void onStart(StepContext context) {
            execution.bodyBegan(trafficStep);
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            execution.bodyEnded(trafficStep, null);
        }

        @Override
        public void onFailure(StepContext context, Throwable failure) {
            execution.bodyEnded(trafficStep, failure);
        }
    }
}
