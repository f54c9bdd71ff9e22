package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ModelWatch;
import io.jenkins.plugins.mldelivery.deploy.targets.KubernetesTarget;
import io.jenkins.plugins.mldelivery.deploy.targets.ModelManifests;
import java.time.Duration;
import java.time.Instant;

/**
 * A rollout, driven tick by tick. Each tick observes the cluster, lets the pure state machine ({@link Rollout#advance}) decide, persists the new state, and only
 * then does the actions, all of which may be repeated. An adapter holds no thread between ticks; {@link #run} ticks in the calling thread.
 *
 * <p>One thread at a time ticks; {@link #abort} may come from another.
 */
public final class DeployModel implements AutoCloseable {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(15);
    /** What the cluster is asked for in a tick takes so long at most: the lease runs out after a minute. */
    private static final Duration TICK = Duration.ofSeconds(30);
    /** So often, at least, when nothing tells of changes. */
    private static final Duration UNWATCHED_LOOK = Duration.ofSeconds(5);
    /** What a rollout waits for is told by the watch; it looks this often all the same. */
    private static final Duration SAFETY_LOOK = Duration.ofSeconds(4);
    /** Revision of an undone rollout before the cluster was asked for it. */
    private static final String UNKNOWN = "unknown";

    private final DeployModelRequest request;
    private final DeployModelChecks.Checked checked;
    private final ClusterConnection connection;
    private final KubernetesTarget target;
    /** The same, for what a tick does. */
    private final TimedTarget timed;
    private final Deployer deployer;
    /** Of the Deployments, in seconds. */
    private final int deadline;
    private final boolean undo;
    private final StateStore store;
    private final Environment environment;
    private final boolean resumed;
    private RolloutState state;
    private RolloutPlan plan;
    private Duration backOff = FIRST_BACK_OFF;
    private Instant troubleSince;
    /** Since when nobody has seen the cluster: no process was there, or the cluster was away; null when it was seen the last time. */
    private Instant unseenSince;
    private final RolloutLog log;
    /** An action of a tick that has not come to its end, or null. */
    private Action unfinished;
    private boolean announced;
    private volatile String abortReason;
    private volatile Runnable onChange = () -> {};
    private ModelWatch watch;
    private boolean toldPolling;

    /**
     * Opens a new rollout, or one that was persisted earlier. Nothing is sent to the cluster yet.
     *
     * @param connections of the process; this takes a share until it is closed
     * @param state the persisted state, or null for a new rollout
     * @param deployer who does this
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public DeployModel(
            DeployModelRequest request,
            ClusterConnections connections,
            ClusterAccess cluster,
            RolloutState state,
            Deployer deployer,
            StateStore store,
            Environment environment)
            throws DeliveryException {
        this(request, connections, cluster, state, deployer, store, environment, false);
    }

    private DeployModel(
            DeployModelRequest request, ClusterConnections connections, ClusterAccess cluster, RolloutState state,
            Deployer deployer, StateStore store, Environment environment, boolean undo)
            throws DeliveryException {
        this.request = request;
        this.checked = DeployModelChecks.check(request);
        ModelManifests.of(request).learnSecrets(environment);
        this.connection = connections.connect(cluster, environment);
        this.deployer = deployer;
        this.deadline = (int) Math.max(1, checked.progressDeadline().toSeconds());
        this.target = new KubernetesTarget(request, connection.client(), deployer, deadline, undo);
        this.timed = new TimedTarget(target, TICK);
        this.undo = undo;
        this.store = store;
        this.environment = environment;
        this.log = new RolloutLog(request, timed, environment);
        this.resumed = state != null;
        this.state = state != null ? state : RolloutState.initial(environment.clock().now(), undo ? UNKNOWN : target.revision());
    }

    /**
     * Brings back, in one step, what the stable version ran before the last rollout; otherwise like the constructor. Of the request, only what says where and how long counts.
     */
    public static DeployModel undo(
            DeployModelRequest request, ClusterConnections connections, ClusterAccess cluster, RolloutState state,
            Deployer deployer, StateStore store, Environment environment)
            throws DeliveryException {
        return new DeployModel(request, connections, cluster, state, deployer, store, environment, true);
    }

    private RolloutPlan planOf(String revision) {
        RolloutPlan.Kind kind = undo
                ? RolloutPlan.Kind.UNDO
                : request.strategy() instanceof Strategy.Rolling
                        ? RolloutPlan.Kind.DIRECT
                        : request.strategy() instanceof Strategy.BlueGreen ? RolloutPlan.Kind.FULL : RolloutPlan.Kind.CANARY;
        return new RolloutPlan(
                revision, target.replicas(), request.model().autoscale() != null || undo, checked.steps(), checked.maxSurge(), target.routed(), kind, checked.onConcurrent(),
                checked.progressDeadline(), checked.timeout());
    }

    /**
     * What a rollout would change, object by object and line by line; nothing is changed.
     *
     * @return the differences, empty when there are none
     */
    public String dryRun() throws DeliveryException, InterruptedException {
        try {
            return environment.known().mask(new TimeLimit(checked.timeout()).within(target::diff));
        } catch (Target.TransientException e) {
            throw unreachable(e);
        }
    }

    private static DeliveryException unreachable(Target.TransientException e) {
        return DeliveryException.unreachable("cluster", e.getMessage(), "Check the kubeconfig's server address, and that the cluster is up.", e);
    }

    /**
     * One tick. Transient cluster errors are waited out (told once, with back-off in <code>nextTick</code>) up to the time-out.
     *
     * @param answer the gate's answer to the question of the last tick, or null when there is none
     */
    public Tick tick(Gate.Answer answer) throws DeliveryException, InterruptedException {
        Instant now = environment.clock().now();
        try {
            begin(now);
            timed.begin();
            Observation seen = look(now, answer);
            if (finishAction(seen, now)) {
                return new Tick(null, null, Duration.ZERO);
            }
            log.told(state.phase(), seen);
            Advance advance = Rollout.advance(plan, state, seen);
            boolean moved = !advance.state().equals(state);
            if (moved) {
                store.save(advance.state());
            }
            Phase before = state.phase();
            state = advance.state();
            if (advance.news() != null) {
                environment.info(Event.Stage.DEPLOY, advance.news());
            }
            if (moved && before != state.phase() && state.phase() == Phase.SCALING_CANARY) {
                log.step(plan, state);
            }
            if (moved) {
                advance.actions().forEach(action -> log.confirmed(action, now));
            }
            for (Action action : advance.actions()) {
                act(action, now);
            }
            recovered();
            if (state.phase().ended()) {
                return new Tick(finish(now), null, Duration.ZERO);
            }
            return new Tick(null, advance.asksGate() ? facts() : null, patience(advance));
        } catch (Target.TransientException e) {
            return trouble(e, now);
        } catch (DeliveryException e) {
            return refused(e);
        }
    }

    /** The time in which nobody could look after the rollout is not taken from what its pods have: what they wait for may not even have been asked for. */
    private Observation look(Instant now, Gate.Answer answer) throws DeliveryException, InterruptedException {
        unseenSince = unseenSince == null ? now : unseenSince;
        Observation seen = timed.observe(now, answer, abortReason);
        state = state.withoutWaiting(Duration.between(unseenSince, now));
        unseenSince = null;
        return seen;
    }

    private void act(Action action, Instant now) throws DeliveryException, InterruptedException {
        // Those of many objects are asked for once, and may take more than a tick.
        unfinished = action instanceof Action.ApplyObjects || action instanceof Action.PruneObjects || action instanceof Action.DeleteStable ? action : null;
        timed.act(action, now);
        unfinished = null;
    }

    /**
     * Does what the last tick has not done to its end, unless somebody else looks after the model now.
     *
     * @return whether there was something, so that the cluster has to be looked at again
     */
    private boolean finishAction(Observation seen, Instant now) throws DeliveryException, InterruptedException {
        boolean inVain = unfinished instanceof Action.ApplyObjects
                && (abortReason != null || Duration.between(state.started(), now).compareTo(plan.timeout()) >= 0);
        if (inVain) {
            unfinished = null;
        }
        if (unfinished == null || !seen.leaseHeld()) {
            return false;
        }
        timed.act(new Action.HoldLease(), now);
        act(unfinished, now);
        return true;
    }

    /** A look that is due only because the cluster may have changed has time while changes are told. */
    private Duration patience(Advance advance) {
        if (watch.refused() && !toldPolling) {
            toldPolling = true;
            environment.info(Event.Stage.DEPLOY, "watching is not permitted, so the cluster is polled");
        }
        if (!watch.connected()) {
            return RolloutLoop.shorter(advance.wakeUp(), UNWATCHED_LOOK);
        }
        // What a router says of the traffic is not watched.
        return advance.polls() && !plan.routed() ? SAFETY_LOOK : advance.wakeUp();
    }

    /** The cluster refused something that waiting does not mend: what was begun is undone, or, when that is what was refused, named. */
    private Tick refused(DeliveryException e) throws DeliveryException {
        if (state.phase() == Phase.PREPARING || state.phase().ended()) {
            throw e;
        }
        if (state.phase() == Phase.ROLLING_BACK || abortReason != null) {
            String reason = state.reason() != null ? state.reason() : abortReason;
            throw new DeliveryException(
                    e.kind(), null,
                    reason.replaceAll("\\.$", "") + "; the rollout of " + request.namespace() + "/" + request.name()
                            + " could not be undone: " + e.getMessage().replaceAll("\\.$", ""),
                    "Run the same deployment again when this is mended: it takes the rollout over.", e);
        }
        abort(e.getMessage().replaceAll("\\.$", ""));
        return new Tick(null, null, Duration.ZERO);
    }

    /** Asks for the rollout to be undone: the next ticks return the traffic to stable first, and end with <code>rolledBack</code> and this reason. */
    public void abort(String reason) {
        abortReason = reason;
    }

    /** Has this called, quickly and on a foreign thread, when the next tick should not wait any longer because something has changed in the cluster. */
    public void onChange(Runnable tickSoon) {
        onChange = tickSoon;
    }

    /** Whether the cluster's changes are told by {@link #onChange} now, so that looking now and then is enough. */
    public boolean watched() {
        return watch != null && watch.connected();
    }

    /** Whether the cluster was found fit for the rollout, in this process. Before that nothing was touched that the rollout changes. */
    public boolean begun() {
        return plan != null;
    }

    /** The state as it is now. */
    public RolloutState state() {
        return state;
    }

    /**
     * Reads the metrics of the pods of this rollout through the Kubernetes API. It shares nothing with the ticks but the
     * connection, so another thread may use it while they go on.
     */
    public TrackMetrics podMetrics() throws DeliveryException {
        return new KubernetesTarget(request, connection.client(), deployer, deadline, undo);
    }

    /** Ticks to the end in the calling thread. An interrupt rolls back, within 90 s, before it is passed on. */
    public DeployModelResult run(Gate gate) throws DeliveryException, InterruptedException {
        return new RolloutLoop(this, request, environment).run(gate);
    }

    /** Gives the connection to the cluster back; the rollout stays as it is. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        connection.close();
    }

    private void begin(Instant now) throws DeliveryException, InterruptedException {
        if (plan != null) {
            return;
        }
        String title = request.name() + " in namespace " + request.namespace() + ": " + (undo ? "back to the version before" : request.image());
        if (resumed) {
            unseenSince = state.progressSince();
            environment.info(Event.Stage.DEPLOY, "going on with the rollout of " + title + ", which was in the phase " + state.phase().words());
        } else if (!announced) {
            announced = true;
            environment.events().accept(new Event.Started(now, Event.Stage.DEPLOY, title));
        }
        try {
            if (state.phase() == Phase.PREPARING) {
                String revision = new TimeLimit(checked.timeout()).within(target::prepare);
                state = state.withRevision(revision, target.configHash());
            } else {
                target.resume(state.revision(), state.configHash());
            }
            plan = planOf(state.revision());
        } catch (Target.TransientException e) {
            if (e.conflict() && Duration.between(state.started(), environment.clock().now()).compareTo(checked.progressDeadline()) < 0) {
                throw e; // Tried again by the next tick.
            }
            throw unreachable(e);
        }
        watch = connection.watch(request.namespace(), request.name(), () -> onChange.run());
    }

    private Tick trouble(Target.TransientException e, Instant now) throws DeliveryException, InterruptedException {
        if (plan == null) {
            return new Tick(null, null, FIRST_BACK_OFF);
        }
        if (troubleSince == null) {
            troubleSince = now;
            environment.warn(Event.Stage.DEPLOY, e.getMessage() + "; trying again until it works or the time is over");
        }
        Duration allowed = state.phase() == Phase.ROLLING_BACK || abortReason != null
                ? plan.timeout().plus(plan.progressDeadline().multipliedBy(2))
                : plan.timeout().plus(plan.progressDeadline());
        if (Duration.between(state.started(), now).compareTo(allowed) >= 0) {
            throw new DeliveryException(
                    DeliveryException.Kind.TIMEOUT, "timeout",
                    "the cluster could not be used since " + troubleSince + " (" + e.getMessage() + "); the rollout of "
                            + request.name() + " was left in the phase " + state.phase().words(),
                    "Run the same deployment again when the cluster is back: it takes the rollout over.", e);
        }
        Duration wait = backOff;
        Duration next = backOff.multipliedBy(2);
        backOff = next.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : next;
        return new Tick(null, null, wait);
    }

    private void recovered() {
        if (troubleSince != null) {
            environment.info(Event.Stage.DEPLOY, "the cluster answers again");
            troubleSince = null;
            backOff = FIRST_BACK_OFF;
        }
    }

    private RolloutFacts facts() throws DeliveryException, InterruptedException {
        TrafficStep step = plan.steps().get(state.step());
        String fresh = timed.selectorOfPresent(plan.direct() ? Track.STABLE : Track.CANARY);
        return new RolloutFacts(
                request.name(), request.namespace(), state.revision(), state.step(), plan.steps().size(), step.split().weight(), step.split().mirror(), state.phase() == Phase.PAUSED,
                state.onset(), fresh, plan.direct() ? fresh : target.selector(Track.STABLE));
    }

    private DeployModelResult finish(Instant now) {
        DeployModelResult result = new DeployModelResult(
                state.outcome(), state.phase() == Phase.COMPLETED ? state.revision() : state.stableRevision(),
                state.weightHistory(), target.url(), Duration.between(state.started(), now).toSeconds(), state.reason());
        if (state.phase() != Phase.FAILED && !"unchanged".equals(state.outcome())) {
            environment.events().accept(new Event.Decided(now, request.name(), result.ok(), state.reason()));
        }
        environment.events().accept(new Event.Finished(now, Event.Stage.DEPLOY, result.ok(), request.name() + ": " + words(state.outcome()) + ", " + state.reason()));
        return result;
    }

    private static String words(String outcome) {
        return "rolledBack".equals(outcome) ? "rolled back" : outcome;
    }

    /**
     * What a tick gave.
     *
     * @param result null while the rollout goes on
     * @param question the gate's question when the rollout waits for an answer, else null
     * @param nextTick after how long to tick again
     */
    public record Tick(DeployModelResult result, RolloutFacts question, Duration nextTick) {}
}
