package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.model.Result;
import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.Phase;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
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

    private static final Duration OFFLINE = Duration.ofSeconds(5);
    private static final Logger LOGGER = Logger.getLogger(DeployModelExecution.class.getName());

    private final DeployModelStep step;
    /** Read at the first tick. */
    private volatile RolloutInputs inputs;
    /** What the checks of <code>verify</code> have seen. */
    private volatile String evidence;
    /** JSON form of the engine's state; null until it first changed. */
    private volatile String state;
    /** The {@link BodyQuestion} that {@link #bodyStarted} and {@link #answer} are about. */
    private volatile String asked = "";
    /** Set on Pipeline's thread when the body has really begun, so that it is in the same saved program as the body. */
    private volatile boolean bodyStarted;
    /** The body's answer to it: null while it runs. */
    private volatile String answer;

    private volatile boolean bodyRunning;
    private volatile Throwable bodyFailure;
    private volatile BodyExecution body;
    /** Who holds the model's lease; null before the first tick, and in a rollout that an earlier release has begun. */
    private volatile String holder;

    private transient DeployModel deploy;
    private transient RolloutOpening opening;
    private transient StepChecks checks;
    private transient RolloutFacts question;
    /** Why the rollout is undone although nobody asked for it: ticks have failed in a way that nobody foresaw. */
    private transient String broken;
    /** Whether a look at the metrics has failed, and none has come to its end since: ticks that only begin one don't count. */
    private transient boolean looksFail;
    private transient boolean toldOffline;
    private transient volatile boolean starting;
    private transient boolean cancelled;
    /** How the rollout ended, while the step waits for its body. */
    private transient DeployModelResult result;

    DeployModelExecution(StepContext context, DeployModelStep step) {
        super(context);
        this.step = step;
    }

    /** Until the model's lease is held there is nothing to renew, and the first looks at a cluster may take long. */
    @Override
    TickPool threads() {
        return state == null ? DeliveryThreads.pool() : DeliveryThreads.rollouts();
    }

    @Override
    Duration tick() throws Exception {
        if (result != null) {
            return end();
        }
        if (inputs == null) {
            inputs = RolloutInputs.read(step, getContext());
            if (step.getVerify() != null) {
                StepChecks.checkAccess(step.getVerify().request(), inputs.request().strategy(), new RunCredentials(build()));
            }
        }
        if (deploy == null) {
            String missing = inputs.missingAgent(build().getParent());
            if (missing != null) {
                return offline(missing);
            }
            if (state == null && stopCause() != null) {
                fail(stopCause());
                return Duration.ZERO;
            }
            opening = opening == null ? new RolloutOpening(this) : opening;
            deploy = opening.open(inputs, holder(), state, this::save);
            if (deploy == null) {
                return OFFLINE;
            }
            deploy.onChange(() -> tickIn(Duration.ZERO));
        }
        if (checks == null) {
            // By itself: nothing is judged without them because this was cut short.
            checks = reopenChecks();
        }
        boolean begins = step.isDryRun() || state == null && !deploy.begun();
        if (begins && stopCause() != null) {
            fail(stopCause());
            return Duration.ZERO;
        }
        if (step.isDryRun()) {
            return dryRun();
        }
        DeployModel.Tick tick;
        if (begins) {
            tick = abortable().run(() -> deploy.tick(null));
        } else {
            if (stopCause() != null) {
                deploy.abort("the build was aborted" + FailureText.by(stopCause()));
            } else if (broken != null) {
                deploy.abort(broken);
            }
            tick = deploy.tick(gateAnswer());
        }
        boolean undone = deploy.state().phase() == Phase.ROLLING_BACK || tick.result() != null;
        if (undone && checks != null) {
            checks.close();
        }
        if (bodyRunning && undone) {
            // The body can't help any more.
            cancelBody();
        }
        if (tick.result() != null) {
            result = tick.result();
            return end();
        }
        question = tick.question();
        if (question != null && (!BodyQuestion.of(question).equals(asked) || !bodyStarted)) {
            if (bodyRunning) {
                // It was asked about something else: other pods, or a rollout that is over.
                cancelBody();
            } else {
                startBody(question);
            }
        }
        return tick.nextTick();
    }

    private Duration offline(String agent) throws DeliveryException, IOException, InterruptedException {
        PrintStream log = getContext().get(TaskListener.class).getLogger();
        if (stopCause() != null) {
            if (PersistedPhase.of(state) != Phase.PREPARING) {
                log.println(PersistedPhase.left(Messages.TickingExecution_AgentOffline(agent), step, state));
            }
            fail(stopCause());
        } else if (!toldOffline) {
            toldOffline = true;
            log.println(Messages.TickingExecution_AgentOffline(agent));
        }
        return OFFLINE;
    }

    private Duration dryRun() throws DeliveryException, IOException, InterruptedException {
        String differences = abortable().run(deploy::dryRun).stripTrailing();
        getContext().get(TaskListener.class).getLogger()
                .println(differences.isEmpty() ? Messages.DeployModelExecution_NothingToChange() : differences);
        succeed(DeployModelResult.dryRun(inputs.request(), deploy.state().revision()).toMap());
        return Duration.ZERO;
    }

    /** The body's end must not outlive the step's. */
    private Duration end() throws IOException, InterruptedException {
        if (!bodyRunning) {
            finish();
        }
        return WATCH;
    }

    private StepChecks reopenChecks() throws DeliveryException, IOException, InterruptedException {
        if (step.getVerify() == null) {
            return null;
        }
        return new StepChecks(
                step.getVerify().request(), deploy.podMetrics(), environment(new RunCredentials(build())),
                DeliveryConnections.reads(build()), DeliveryThreads.looks(DeliveryThreads.owner(build())), evidence,
                () -> tickIn(Duration.ZERO));
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

    /**
     * The same for the same step of the same build, so that it finds its own lease after a restart, and different for
     * any other, also of another controller with a job of the same name. A rollout that was begun without the
     * controller in it goes on so.
     */
    private String holder() throws IOException, InterruptedException {
        if (holder == null) {
            String node = getContext().get(FlowNode.class).getId();
            holder = RolloutInputs.holder("Jenkins build " + build().getExternalizableId() + " step " + node, state != null);
        }
        return holder;
    }

    private Gate.Answer gateAnswer() throws InterruptedException {
        Phase phase = deploy.state().phase();
        boolean waits = phase == Phase.ANALYSING || phase == Phase.PAUSED;
        if (question == null || !waits || !BodyQuestion.of(deploy.state().step(), phase == Phase.PAUSED, deploy.subject()).equals(asked)) {
            // An answer belongs to its own question alone.
            return null;
        }
        if (bodyFailure != null) {
            return Gate.Answer.of(Verdict.FAIL, FailureText.ofBody(bodyFailure, question.paused()));
        }
        Gate.Answer seen = checks == null || question.paused() ? null : look(question);
        if (seen != null && seen.verdict() != null && seen.verdict() != Verdict.PASS) {
            return seen;
        }
        if (answer == null) {
            return bodyRunning ? Gate.Answer.pending("the body is running", deploy.watched() ? WATCHED : WATCH) : null;
        }
        if (seen == null) {
            return Gate.Answer.of(Verdict.PASS, answer);
        }
        return seen.verdict() == null ? seen : Gate.Answer.of(Verdict.PASS, answer + "; " + seen.reason());
    }

    private Gate.Answer look(RolloutFacts facts) throws InterruptedException {
        boolean failedBefore = looksFail;
        looksFail = true; // When this throws.
        Gate.Answer seen = checks.answer(facts);
        looksFail = failedBefore && !checks.isAnswered();
        if (!Objects.equals(evidence, checks.evidence())) {
            evidence = checks.evidence();
            try {
                persist();
            } catch (IOException e) {
                // It is in memory, and saved with the next look or state.
                LOGGER.log(Level.FINE, "the evidence could not be saved", e);
            }
        }
        return seen;
    }

    private void startBody(RolloutFacts facts) throws IOException, InterruptedException {
        if (starting) {
            return;
        }
        starting = true;
        cancelled = false;
        asked = BodyQuestion.of(facts);
        bodyStarted = false;
        answer = null;
        RolloutContext rollout = new RolloutContext(inputs, facts);
        boolean begun = false;
        try {
            body = rollout.body(getContext()).withCallback(new Callback(this, asked, facts.paused(), rollout)).start();
            begun = true;
        } finally {
            if (!begun) {
                starting = false;
            }
        }
    }

    private void cancelBody() {
        BodyExecution running = body;
        if (running != null && !cancelled) {
            // Once: what the body does to clean up is not to be cut short as well.
            cancelled = true;
            running.cancel(new FlowInterruptedException(Result.FAILURE, false, new RolledBack()));
        }
    }

    private void finish() throws IOException, InterruptedException {
        if (stopCause() != null) {
            fail(stopCause());
        } else if (bodyFailure != null) {
            // The user's own failure, whole: what kind it is decides how the build ends.
            fail(bodyFailure);
        } else if (result.ok()) {
            if (checks != null && checks.unstable() != null) {
                unstable(Messages.VerifyMetricsExecution_Inconclusive(checks.unstable()));
            }
            succeed(result.toMap());
        } else {
            fail(new AbortException(FailureText.of(step.getName(), result)));
        }
    }

    @Override
    String subject() {
        return step.getName();
    }

    @Override
    void release() {
        if (checks != null) {
            checks.close();
            // What they have seen is asked for at the end.
            checks = result == null ? null : checks;
        }
        question = null;
        if (deploy != null) {
            DeployModel over = deploy;
            deploy = null;
            over.close();
        }
    }

    @Override
    boolean isSound() {
        return !looksFail;
    }

    @Override
    boolean isWaitedOut(Throwable failure) {
        boolean foreseen = failure instanceof DeliveryException || failure instanceof AbortException;
        return super.isWaitedOut(failure) || !foreseen && PersistedPhase.isUnderWay(state);
    }

    /** What was begun is undone, as when the cluster refuses something; when that fails as well, it is named. */
    @Override
    Duration givenUp(Throwable failure) throws IOException, InterruptedException {
        if (!PersistedPhase.isUnderWay(state)) {
            return super.givenUp(failure);
        }
        if (broken == null) {
            broken = Messages.DeployModelExecution_Broken(text(failure));
            looksFail = false;
            return Duration.ZERO;
        }
        String left = PersistedPhase.left(Messages.DeployModelExecution_NotUndone(text(failure)), step, state);
        if (stopCause() != null) {
            getContext().get(TaskListener.class).getLogger().println(left);
        }
        fail(stopCause() != null ? stopCause() : new AbortException(left));
        return Duration.ZERO;
    }

    @Override
    public String getStatus() {
        return PersistedPhase.words(state);
    }

    private void bodyBegan(String of) {
        if (of.equals(asked)) {
            bodyStarted = true;
            bodyRunning = true;
        }
        starting = false;
    }

    private void bodyEnded(String of, boolean paused, Throwable failure, RolloutContext rollout) {
        bodyRunning = false;
        if (of.equals(asked)) {
            if (failure == null) {
                String passed = Messages.DeployModelExecution_BodyPassed();
                // A body that an earlier version began has none.
                passed = rollout == null ? passed : rollout.passed(passed);
                answer = paused ? Messages.DeployModelExecution_Agreed() : passed;
            } else if (!RolledBack.isCauseOf(failure)) {
                bodyFailure = failure;
            }
        }
        tickIn(Duration.ZERO);
    }

    /** Tells the execution what became of the body. Persisted with the running body. */
    private static final class Callback extends BodyExecutionCallback {
        private static final long serialVersionUID = 1L;

        private final DeployModelExecution execution;
        private final String question;
        private final boolean paused;
        private final RolloutContext rollout;

        Callback(DeployModelExecution execution, String question, boolean paused, RolloutContext rollout) {
            this.execution = execution;
            this.question = question;
            this.paused = paused;
            this.rollout = rollout;
        }

        @Override
        public void onStart(StepContext context) {
            execution.bodyBegan(question);
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            execution.bodyEnded(question, paused, null, rollout);
        }

        @Override
        public void onFailure(StepContext context, Throwable failure) {
            execution.bodyEnded(question, paused, failure, rollout);
        }
    }
}
