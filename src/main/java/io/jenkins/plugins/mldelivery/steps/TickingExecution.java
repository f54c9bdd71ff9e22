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
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.deploy.UnexpectedFailures;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
 * That is also how they go on after a tick that failed in a way which nobody foresaw.
 *
 * <p>Life: {@link #start()} (on Pipeline's thread: schedules only) → {@link #tick()} … → {@link #succeed} or {@link #fail}, once; {@link #onResume()} after a restart → ticks again;
 * {@link #stop} records the cause and ticks at once, so that the subclass can end the remote work in an orderly way before it fails with that cause.
 */
abstract class TickingExecution extends StepExecution {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(TickingExecution.class.getName());
    private static final int SAVE_SECONDS = 60;
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);
    /** After which the step tries again to get a thread when Java could make none. */
    private static final Duration NO_THREAD = Duration.ofSeconds(2);

    /** Why the build was aborted, or null. Persisted: an abort survives a restart. */
    private volatile Throwable stopCause;

    /** Not persisted, as Pipeline does not persist the outcome before it has handled it: a step that is read again has not ended. */
    private transient volatile boolean ended;
    private transient Future<?> next;
    /** Whether a tick is due, and waits for its owner's turn. */
    private transient boolean waiting;
    private transient boolean running;
    private transient boolean again;
    /** Made when it is asked for, also after a restart. Guarded by this. */
    private transient AbortableWork abortable;
    /** Null before the first tick, and of a build that is gone. */
    private transient Owner owner;
    /** Null while there was none. */
    private transient volatile UnexpectedFailures failures;

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

    /**
     * Gives back what the transient fields hold, and empties those that a tick may have left half done. Called on a pool
     * thread after the last tick, and after one that failed in a way which nobody foresaw.
     */
    void release() {}

    /** Whether a tick that has succeeded shows that what failed before works again. */
    boolean isSound() {
        return true;
    }

    /** Whether a failure of a tick is none of the step's work, so that the tick is made again some times. */
    boolean isWaitedOut(Throwable failure) {
        return failure instanceof RuntimeException || failure instanceof Error;
    }

    /**
     * Ticks have failed too often in a row.
     *
     * @param failure the last one
     * @return after how long to tick again; ignored when the step has ended
     */
    Duration givenUp(Throwable failure) throws IOException, InterruptedException {
        fail(failure);
        return Duration.ZERO;
    }

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

    /** Ticks after this time, or right after the tick that is under way; one that waits for its turn comes with that. */
    final synchronized void tickIn(Duration delay) {
        if (ended || waiting) {
            return;
        }
        if (running) {
            again = true;
            return;
        }
        Future<?> before = next;
        try {
            next = threads().timer().schedule(this::due, Math.max(delay.toNanos(), failures().pause()), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Jenkins is shutting down; the step goes on after the restart", e);
        }
        // Last: should memory be short, the tick that is due already is not lost.
        if (before != null) {
            before.cancel(false);
        }
    }

    /** On the timer's thread: gets in line for a thread, without waiting for it. */
    private void due() {
        synchronized (this) {
            if (ended || running || waiting) {
                return;
            }
            waiting = true;
        }
        try {
            owner = owner == null ? owner() : owner;
            threads().threads().of(owner == null ? Owner.only() : owner).execute(this::turn);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Jenkins is shutting down; the step goes on after the restart", e);
        } catch (RuntimeException | Error e) {
            quietly(() -> report("a tick has no thread", e));
            goOn(NO_THREAD);
        }
    }

    private void turn() {
        synchronized (this) {
            waiting = false;
            if (ended) {
                return;
            }
            running = true;
            again = false;
        }
        Duration wait = AFTER_INTERRUPT;
        try {
            wait = tickOnce();
        } finally {
            goOn(wait);
        }
    }

    private Duration tickOnce() {
        try {
            AgentThreads.get().begin(owner);
            try {
                Duration wait = tick();
                if (isSound()) {
                    failures().over();
                }
                return wait;
            } finally {
                AgentThreads.get().begin(null);
            }
        } catch (InterruptedException e) {
            // By the shutdown of Jenkins, after which the pool takes no tick any more, or by an agent that ends.
            LOGGER.log(Level.FINE, "a tick was interrupted", e);
            return AFTER_INTERRUPT;
        } catch (Exception | Error e) {
            if (isWaitedOut(e)) {
                return unexpected(e);
            }
            fail(e);
            return Duration.ZERO;
        }
    }

    /** Nothing here may throw: there would be no further tick, and nobody to look after what the step has begun. */
    private Duration unexpected(Throwable failure) {
        try {
            Duration wait = failures().next();
            quietly(() -> report("a tick failed", failure));
            quietly(this::release);
            return ended ? Duration.ZERO : wait == null ? givenUp(failure) : wait;
        } catch (Exception | Error e) {
            return NO_THREAD;
        }
    }

    /** Once of each kind: to the build's log, and with where it comes from to that of Jenkins. */
    private void report(String what, Throwable failure) {
        if (!failures().isNews(failure)) {
            return;
        }
        KnownSecrets known = known();
        LOGGER.log(Level.WARNING, known.mask(failure), () -> what + "; it is made again");
        try {
            TaskListener listener = getContext().get(TaskListener.class);
            if (listener != null && !ended) {
                listener.getLogger().println(Messages.TickingExecution_Unexpected(text(failure)));
            }
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, "the build is gone", e);
        }
    }

    /** What a failure is that nobody foresaw, on one line and without secrets. */
    final String text(Throwable failure) {
        return Printable.line(known().mask(failure.toString()));
    }

    private synchronized UnexpectedFailures failures() {
        failures = failures == null ? new UnexpectedFailures() : failures;
        return failures;
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // The failure that it is about is what counts.
        }
    }

    /** No tick is under way any more. */
    private void goOn(Duration wait) {
        boolean scheduled = false;
        while (!scheduled) {
            try {
                // In one go, or this would put off a wake-up that comes in between.
                synchronized (this) {
                    waiting = false;
                    running = false;
                    tickIn(again ? Duration.ZERO : wait);
                }
                scheduled = true;
            } catch (OutOfMemoryError e) {
                // Nobody else makes the next tick.
                LockSupport.parkNanos(NO_THREAD.toNanos());
            }
        }
        if (ended) {
            release();
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
        Object masked = known().maskValue(result);
        if (end()) {
            getContext().onSuccess(masked);
        }
    }

    /** Ends the step with a failure, of which an exception of the engine is shown as its message alone. No text of it holds a secret that the run has used, or a character that the log would act on. */
    final void fail(Throwable cause) {
        Throwable said = cause == stopCause ? cause : printable(cause);
        if (end()) {
            getContext().onFailure(said);
        }
    }

    private Throwable printable(Throwable cause) {
        try {
            KnownSecrets known = known();
            if (cause instanceof AbortException || cause instanceof DeliveryException) {
                return new AbortException(Printable.line(known.mask(cause.getMessage())));
            }
            return known.mask(cause);
        } catch (RuntimeException | Error e) {
            // What can't be masked is not told, but the step must end.
            return new AbortException(cause.getClass().getName());
        }
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
