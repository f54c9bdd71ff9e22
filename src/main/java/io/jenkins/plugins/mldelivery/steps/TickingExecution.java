package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.config.AgentThreads;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.AbortableWork;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A step that takes long: it is ticked on the plugin's own pool ({@link DeliveryThreads}), one tick at a time, and holds no thread in between. Subclasses keep what they must know
 * after a restart of the controller in serialisable fields (small facts, no handles) and everything else in transient ones, which they rebuild when they find them empty.
 *
 * <p>Life: {@link #start()} (on Pipeline's thread: schedules only) → {@link #tick()} … → {@link #succeed} or {@link #fail}, once; {@link #onResume()} after a restart → ticks again;
 * {@link #stop} records the cause and ticks at once, so that the subclass can end the remote work in an orderly way before it fails with that cause.
 */
abstract class TickingExecution extends StepExecution {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(TickingExecution.class.getName());
    private static final int SAVE_SECONDS = 60;
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);
    /** After which the step asks again for a thread when its job, or its folder, has all that one gets. */
    private static final Duration SHARE = Duration.ofMillis(500);

    /** Why the build was aborted, or null. Persisted: an abort survives a restart. */
    private volatile Throwable stopCause;

    /** Not persisted, as Pipeline does not persist the outcome before it has handled it: a step that is read again has not ended. */
    private transient volatile boolean ended;
    private transient Future<?> next;
    private transient boolean running;
    private transient boolean again;
    /** Made when it is asked for, also after a restart. Guarded by this. */
    private transient AbortableWork abortable;

    TickingExecution(StepContext context) {
        super(context);
    }

    /**
     * One tick, on a pool thread. Ends the step with {@link #succeed} or {@link #fail}, or says when to tick again.
     *
     * @return after how long to tick again; ignored when the step has ended
     * @throws Exception fails the step; of a {@link DeliveryException} the user sees the message alone
     */
    abstract Duration tick() throws Exception;

    /** The pool on which this is ticked. */
    TickPool threads() {
        return DeliveryThreads.pool();
    }

    /** Gives back what the transient fields hold. Called once, on a pool thread, after the last tick. */
    void release() {}

    @Override
    public boolean start() {
        tickIn(Duration.ZERO);
        return false;
    }

    @Override
    public void onResume() {
        tickIn(Duration.ZERO);
    }

    @Override
    public void stop(Throwable cause) {
        stopCause = cause;
        abortable().abort();
        tickIn(Duration.ZERO);
    }

    /** For what takes long within a tick and may be cut short: an abort of the build ends it at once. */
    final synchronized AbortableWork abortable() {
        if (abortable == null) {
            abortable = new AbortableWork();
        }
        return abortable;
    }

    /** The cause of the abort, or null. */
    final Throwable stopCause() {
        return stopCause;
    }

    /** Ticks after this time, or right after the tick that is under way. */
    final synchronized void tickIn(Duration delay) {
        if (ended) {
            return;
        }
        if (running) {
            again = true;
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        try {
            next = threads().threads().schedule(this::run, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Jenkins is shutting down; the step goes on after the restart", e);
        }
    }

    private void run() {
        synchronized (this) {
            if (ended || running) {
                return;
            }
            running = true;
            again = false;
        }
        Owner owner = owner();
        OwnerShares shares = threads().shares();
        if (owner != null && !shares.enter(owner)) {
            synchronized (this) {
                running = false;
                tickIn(SHARE);
            }
            return;
        }
        try {
            AgentThreads.get().begin(owner);
            tickOnce(() -> {
                if (owner != null) {
                    shares.leave(owner);
                }
            });
        } finally {
            AgentThreads.get().begin(null);
        }
    }

    /**
     * The tick itself.
     *
     * @param leave called before the next one is scheduled
     */
    private void tickOnce(Runnable leave) {
        Duration wait = Duration.ZERO;
        try {
            wait = tick();
        } catch (InterruptedException e) {
            // By the shutdown of Jenkins, after which the pool takes no tick any more, or by an agent that ends.
            wait = AFTER_INTERRUPT;
            LOGGER.log(Level.FINE, "a tick was interrupted", e);
        } catch (Exception | Error e) {
            fail(e);
        } finally {
            leave.run();
            boolean over;
            // In one go, or this would put off a wake-up that comes in between.
            synchronized (this) {
                running = false;
                over = ended;
                tickIn(again ? Duration.ZERO : wait);
            }
            if (over) {
                release();
            }
        }
    }

    /** Null of a build that is gone. */
    private Owner owner() {
        try {
            Run<?, ?> run = build();
            return run == null ? null : DeliveryThreads.owner(run);
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, "the build is gone", e);
            return null;
        }
    }

    /** Ends the step with its result, in which the secrets are masked that the run has used: Pipeline keeps it on disk, and scripts print it. */
    final void succeed(Object result) {
        if (end()) {
            getContext().onSuccess(known().maskValue(result));
        }
    }

    /** Ends the step with a failure, of which an exception of the engine is shown as its message alone. No text of it holds a secret that the run has used, or a character that the log would act on. */
    final void fail(Throwable cause) {
        if (end()) {
            getContext().onFailure(cause == stopCause ? cause : printable(cause));
        }
    }

    private Throwable printable(Throwable cause) {
        KnownSecrets known = known();
        if (cause instanceof AbortException || cause instanceof DeliveryException) {
            return new AbortException(Printable.line(known.mask(cause.getMessage())));
        }
        return known.mask(cause);
    }

    /** All secrets that the run has used. Of a build that is gone there are none: nobody prints anything for it. */
    final KnownSecrets known() {
        try {
            Run<?, ?> run = build();
            return run == null ? new KnownSecrets() : new RunCredentials(run).known();
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, "the build is gone", e);
            return new KnownSecrets();
        }
    }

    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    /** Marks the build as unstable, and the step as what made it so. */
    final void unstable(String why) throws IOException, InterruptedException {
        getContext().get(FlowNode.class).addOrReplaceAction(new WarningAction(Result.UNSTABLE).withMessage(Printable.line(known().mask(why))));
        build().setResult(Result.UNSTABLE);
    }

    /** Whether the step has ended. */
    final boolean ended() {
        return ended;
    }

    /**
     * Persists the step's fields and waits until they are on disk (as far as the build's durability setting asks for that).
     *
     * @throws IOException when they could not be persisted
     */
    final void persist() throws IOException, InterruptedException {
        try {
            getContext().saveState().get(SAVE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the build's state could not be saved: " + e, e);
        }
    }

    /** The ports of the engine for a step that runs no programs. */
    final Environment environment(RunCredentials credentials)
            throws IOException, InterruptedException, DeliveryException {
        TaskListener listener = getContext().get(TaskListener.class);
        return new Environment(NoCommands.INSTANCE, Clock.system(), credentials, new LogEvents(listener, label()),
                credentials.known(), MlDeliveryConfiguration.get().hostRules(),
                DeliveryConnections.reads(build()).resolvers());
    }

    /** What the step is about, as the log shall name it; null for nothing. */
    String subject() throws IOException, InterruptedException {
        return null;
    }

    /** What is put before the lines of the log; null where nobody else writes to it at the same time. */
    final String label() throws IOException, InterruptedException {
        String subject = inParallel() ? subject() : null;
        return subject == null ? null : known().mask(subject);
    }

    private boolean inParallel() throws IOException, InterruptedException {
        FlowNode node = getContext().get(FlowNode.class);
        if (node != null) {
            for (BlockStartNode block : node.iterateEnclosingBlocks()) {
                if (block.getAction(ThreadNameAction.class) != null) {
                    return true;
                }
            }
        }
        return false;
    }

    final Run<?, ?> build() throws IOException, InterruptedException {
        return getContext().get(Run.class);
    }
}
