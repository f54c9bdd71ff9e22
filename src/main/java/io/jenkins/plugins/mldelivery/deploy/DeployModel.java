package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.AccessSource;
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
    /** What the cluster is asked for in a tick takes so long at most: the lease runs out after a minute. */
    private static final Duration TICK = Duration.ofSeconds(30);
    /** Before there is a rollout, and for a dry run: others wait for the thread. */
    private static final Duration BEGINNING = Duration.ofMinutes(2);
    /** So often, at least, when nothing tells of changes. */
    private static final Duration UNWATCHED_LOOK = Duration.ofSeconds(5);
    /** What a rollout waits for is told by the watch; it looks this often all the same. */
    private static final Duration SAFETY_LOOK = Duration.ofSeconds(4);
    /** Revision of an undone rollout before the cluster was asked for it. */
    private static final String UNKNOWN = "unknown";

    private final DeployModelRequest request;
    private final DeployModelChecks.Checked checked;
    private final RolloutCluster cluster;
    private KubernetesTarget target;
    /** What the actions are done by, {@link #acting}, within the time of a tick. */
    private final TimedTarget timed;
    private final Deployer deployer;
    private final boolean undo;
    private final StateStore store;
    private final Environment environment;
    private final boolean resumed;
    private RolloutState state;
    private RolloutPlan plan;
    /** {@link #target}, or that of a rollout of another request, which is rolled back first. */
    private KubernetesTarget acting;
    /** What that rollout is rolled back by; null when there is none. */
    private DeployModelRequest wayBack;
    /** Why; null when there is none. */
    private Supersession why;
    private RolloutOrigin origin;
    /** Since when nobody has seen the cluster: no process was there, or the cluster was away; null when it was seen the last time. */
    private Instant unseenSince;
    private final RolloutLog log;
    private final RolloutPlans plans;
    private final ClusterTrouble trouble;
    private final UnfinishedAction unfinished;
    private boolean announced;
    private volatile String abortReason;
    private volatile Runnable onChange = () -> {};

    /**
     * Opens a new rollout, or one that was persisted earlier. Nothing is sent to the cluster yet.
     *
     * <p>Only a state of the same request, in the same cluster and namespace, is gone on with: what was judged was that
     * request, by its checks. A rollout of another request is rolled back first, then this one begins.
     *
     * @param connections of the process; this takes a share until it is closed
     * @param cluster how it is reached; asked again when the cluster refuses the login in the middle of the rollout
     * @param state the persisted state, or null for a new rollout
     * @param deployer who does this
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public DeployModel(
            DeployModelRequest request,
            ClusterConnections connections,
            AccessSource cluster,
            RolloutState state,
            Deployer deployer,
            StateStore store,
            Environment environment)
            throws DeliveryException, InterruptedException {
        this(request, connections, cluster, state, deployer, store, environment, false);
    }

    private DeployModel(
            DeployModelRequest request, ClusterConnections connections, AccessSource cluster, RolloutState state,
            Deployer deployer, StateStore store, Environment environment, boolean undo)
            throws DeliveryException, InterruptedException {
        this.request = request;
        this.checked = DeployModelChecks.check(request);
        ModelManifests.of(request).learnSecrets(environment);
        this.deployer = deployer;
        int deadline = (int) Math.max(1, checked.progressDeadline().toSeconds());
        this.cluster = new RolloutCluster(request, connections, cluster, deployer, deadline, environment, undo);
        this.target = this.cluster.target();
        this.acting = target;
        this.timed = new TimedTarget(target, TICK);
        this.undo = undo;
        this.store = store.masking(environment.known());
        this.environment = environment;
        this.log = new RolloutLog(request, undo, timed, environment);
        this.plans = new RolloutPlans(request, checked, undo);
        this.trouble = new ClusterTrouble(request.name(), checked, environment);
        this.unfinished = new UnfinishedAction(timed);
        this.resumed = state != null;
        this.state = state != null ? state : RolloutState.initial(environment.clock().now(), undo ? UNKNOWN : target.revision());
    }

    /**
     * Brings back, in one step, what the stable version ran before the last rollout; otherwise like the constructor. Of the request, only what says where and how long counts.
     */
    public static DeployModel undo(
            DeployModelRequest request, ClusterConnections connections, AccessSource cluster, RolloutState state,
            Deployer deployer, StateStore store, Environment environment)
            throws DeliveryException, InterruptedException {
        return new DeployModel(request, connections, cluster, state, deployer, store, environment, true);
    }

    /**
     * What a rollout would change, object by object and line by line; nothing is changed.
     *
     * @return the differences, empty when there are none
     */
    public String dryRun() throws DeliveryException, InterruptedException {
        try {
            return environment.known().mask(beginning().within(target::diff));
        } catch (Target.TransientException e) {
            throw ClusterTrouble.givenUp(e);
        }
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
            boolean late = Duration.between(state.started(), now).compareTo(plan.timeout()) >= 0;
            if (unfinished.finish(seen, abortReason != null || late, now)) {
                return new Tick(null, null, Duration.ZERO);
            }
            log.told(state.phase(), seen);
            Advance advance = Rollout.advance(plan, state, seen);
            if (superseded() && advance.state().phase().ended()) {
                return rolledBackFirst(advance, seen);
            }
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
                unfinished.act(action, now);
            }
            trouble.over();
            if (state.phase().ended()) {
                return new Tick(log.ended(state, now), null, Duration.ZERO);
            }
            return new Tick(null, advance.asksGate() ? plans.facts(plan, state, subject(), timed) : null, patience(advance));
        } catch (Target.TransientException e) {
            return trouble(e, now);
        } catch (DeliveryException e) {
            return refused(e);
        }
    }

    /** The time in which nobody could look after the rollout is not taken from what its pods have: what they wait for may not even have been asked for. */
    private Observation look(Instant now, Gate.Answer answer) throws DeliveryException, InterruptedException {
        unseenSince = unseenSince == null ? now : unseenSince;
        Observation seen = timed.observe(now, answer, superseded() ? why.reason() : abortReason);
        state = state.withoutWaiting(Duration.between(unseenSince, now));
        unseenSince = null;
        return seen;
    }

    /** A look that is due only because the cluster may have changed has time while changes are told. */
    private Duration patience(Advance advance) {
        log.missing(watch().refused(), acting.believesSelectors());
        if (!watched()) {
            return RolloutLoop.shorter(advance.wakeUp(), UNWATCHED_LOOK);
        }
        // What a router says of the traffic is not watched.
        return advance.polls() && !plan.routed() ? SAFETY_LOOK : advance.wakeUp();
    }

    /** The cluster refused something that waiting does not mend: what was begun is undone, or, when that is what was refused, named. */
    private Tick refused(DeliveryException e) throws DeliveryException {
        if (plan == null || state.phase() == Phase.PREPARING || state.phase().ended()) {
            throw e;
        }
        if (state.phase() == Phase.ROLLING_BACK || abortReason != null) {
            throw log.notUndone(state.reason() != null ? state.reason() : abortReason, e);
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
        return cluster.watched();
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
        return cluster.podMetrics(undo);
    }

    /** Ticks to the end in the calling thread. An interrupt rolls back, within 90 s, before it is passed on. */
    public DeployModelResult run(Gate gate) throws DeliveryException, InterruptedException {
        return new RolloutLoop(this, request, environment).run(gate);
    }

    /** Gives the connection to the cluster back; the rollout stays as it is. */
    @Override
    public void close() {
        cluster.close();
    }

    private void begin(Instant now) throws DeliveryException, InterruptedException {
        if (plan != null) {
            return;
        }
        if (resumed) {
            unseenSince = state.progressSince();
        } else if (!announced) {
            announced = true;
            log.begins(now);
        }
        try {
            if (resumed && !announced) {
                resume(now);
            }
            if (!superseded()) {
                prepare();
            }
        } catch (Target.TransientException e) {
            boolean inTime = Duration.between(state.started(), environment.clock().now()).compareTo(checked.progressDeadline()) < 0;
            if (e.busy() && inTime || state.phase() != Phase.PREPARING) {
                throw e; // Tried again by the next tick: somebody has to look after what is there already.
            }
            throw ClusterTrouble.givenUp(e);
        }
    }

    private ModelWatch watch() {
        return cluster.watch(() -> onChange.run());
    }

    private void prepare() throws DeliveryException, InterruptedException {
        if (state.phase() == Phase.PREPARING) {
            String revision = beginning().within(target::prepare);
            state = state.withRevision(revision, target.configHash());
        } else {
            target.resume(state.revision(), state.configHash());
        }
        state = state.withOrigin(origin());
        plan = plans.of(state.revision(), target);
    }

    private TimeLimit beginning() {
        return new TimeLimit(checked.timeout().compareTo(BEGINNING) < 0 ? checked.timeout() : BEGINNING);
    }

    /** Finds out what becomes of the rollout whose state there is, once. */
    private void resume(Instant now) throws DeliveryException, InterruptedException {
        switch (Resumption.of(state, origin(), target.revisionWith(state.configHash()))) {
            case GO_ON -> log.goesOn(state);
            case ROLL_BACK_FIRST -> {
                why = Supersession.of(state, origin);
                log.old(state, why.fate());
                wayBack = state.origin() == null ? request : state.origin().wayBack(request);
                turn();
                plan = plans.wayBack(state, acting);
            }
            case BEGIN_ANEW -> {
                log.old(state, "was begun by another request, or in a namespace that is gone: what it left is left to this one");
                state = fresh(now);
                log.begins(now);
            }
            case REFUSE -> throw log.elsewhere(state, origin, store);
        }
        announced = true;
    }

    /** Acts by what is meant now, through the present connection. */
    private void turn() throws DeliveryException {
        acting = target;
        if (wayBack != null) {
            // It brings back what was there, and makes nothing new of the present request's values.
            acting = cluster.target(wayBack, true);
            acting.resume(state.revision(), null);
        }
        timed.turnTo(acting);
    }

    /** The cluster refuses the login: it may have been renewed where it comes from. */
    private void renewLogin() throws InterruptedException {
        try {
            if (cluster.renew()) {
                target = cluster.target(request, undo);
                target.resume(state.revision(), state.configHash());
                turn();
            }
        } catch (DeliveryException e) {
            trouble.unrenewed(e);
        }
    }

    /** What this is, and where; asked once, of a new rollout after its rights, whose lack is told with the remedy. */
    private RolloutOrigin origin() throws DeliveryException, InterruptedException {
        origin = origin != null ? origin : plans.origin(deployer, new TimeLimit(TICK).within(target::place), target.image());
        return origin;
    }

    private RolloutState fresh(Instant now) {
        return RolloutState.initial(now, undo ? UNKNOWN : target.revision());
    }

    /** Whether a rollout of another request is being rolled back. */
    private boolean superseded() {
        return wayBack != null;
    }

    /** The rollout of another request has ended: this one begins, unless the end is all that was asked for, or did not come about. */
    private Tick rolledBackFirst(Advance advance, Observation seen) throws DeliveryException, InterruptedException {
        RolloutState ended = advance.state();
        // Whoever has taken the model over looks after it; this rollout waits for its turn.
        boolean over = ended.phase() == Phase.ROLLED_BACK || !seen.leaseHeld();
        RolloutState next = !over ? ended
                : undo && ended.phase() == Phase.ROLLED_BACK ? ended.undone(seen.now()) : fresh(seen.now()).withOrigin(origin);
        store.save(next);
        state = next;
        Target old = acting;
        if (!next.phase().ended()) {
            log.endedFirst(ended);
            log.begins(seen.now());
            wayBack = null;
            turn();
            plan = null;
            unseenSince = null;
        }
        for (Action action : advance.actions()) {
            // The lease is kept: nobody is to come in between.
            if (next.phase().ended() || !(action instanceof Action.ReleaseLease)) {
                timed.within(old).act(action, seen.now());
            }
        }
        trouble.over();
        return new Tick(next.phase().ended() ? log.ended(state, seen.now()) : null, null, Duration.ZERO);
    }

    private Tick trouble(Target.TransientException e, Instant now) throws DeliveryException, InterruptedException {
        if (state.phase() == Phase.PREPARING && plan == null && e.conflict()) {
            return new Tick(null, null, ClusterTrouble.FIRST_BACK_OFF);
        }
        boolean undoing = state.phase() == Phase.ROLLING_BACK || abortReason != null;
        Duration wait = trouble.wait(e, now, state, undoing, superseded());
        if (e.login()) {
            renewLogin();
        }
        return new Tick(null, null, wait);
    }

    /** What the gate is asked about: pods of one template, in one rollout. See {@link RolloutFacts#subject}. */
    public String subject() {
        return state.revision() + " " + state.judged() + " " + state.started();
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
