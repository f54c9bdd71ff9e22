package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Ticks the state machine against a {@link SimulatedCluster} as an adapter does, with crashes, lost actions and whatever the gate and the user say; every tick's state goes through its JSON. */
final class RolloutDrive {
    static final int MOST_TICKS = 20_000;

    final SimulatedCluster cluster;
    final RolloutPlan plan;
    final String me;
    final List<Integer> passedSteps = new ArrayList<>();
    final Set<String> transitions = new TreeSet<>();
    RolloutState state;
    private final Random random;
    private double faults;
    private double aborts;
    private double[] gate = {1, 0, 0};
    private Gate.Answer answer;
    private String abort;
    private boolean stableServed;
    private final boolean servedBefore;
    private int zeroes;
    private int most = Integer.MAX_VALUE;
    private int fewest;
    private boolean dark;
    private double edits;
    private RolloutOrigin origin;
    /** The plan of a rollout of another request, while it is rolled back. */
    private RolloutPlan earlier;
    /** Passes of the gate: by rollout and step, those that the revision itself has got. */
    private Set<String> passes = new TreeSet<>();

    RolloutDrive(SimulatedCluster cluster, RolloutPlan plan, String me, Random random) {
        this.cluster = cluster;
        this.plan = plan;
        this.me = me;
        this.random = random;
        this.state = RolloutState.initial(cluster.now(), plan.revision());
        this.stableServed = cluster.ready(false) > 0;
        this.servedBefore = stableServed;
    }

    /** The chance, per tick, that the process dies between persisting and acting, or that an action fails. */
    RolloutDrive faults(double chance) {
        faults = chance;
        return this;
    }

    /** The chance, per tick, that the user aborts. */
    RolloutDrive aborts(double chance) {
        aborts = chance;
        return this;
    }

    /** The chance, at any moment, that somebody edits the template of the track that is judged, or takes that back. */
    RolloutDrive edits(double chance) {
        edits = chance;
        dark |= chance > 0; // Somebody who replaces pods in use asks nobody.
        return this;
    }

    /**
     * As a new process that finds a state, or null.
     *
     * @param request what is asked for, for {@link Resumption}
     * @param earlierPlan what the state's rollout was begun with
     * @param shared passes of all processes
     */
    RolloutDrive goesOn(RolloutState found, RolloutOrigin request, RolloutPlan earlierPlan, Set<String> shared) {
        origin = request;
        passes = shared;
        state = state.withOrigin(request);
        if (found != null) {
            switch (Resumption.of(found, request, plan.revision())) {
                case GO_ON -> state = found.withOrigin(request);
                case ROLL_BACK_FIRST -> {
                    state = found;
                    earlier = earlierPlan;
                }
                case BEGIN_ANEW -> { }
                default -> throw new AssertionError("there is one cluster only");
            }
        }
        return this;
    }

    /** The chances of pass, fail and inconclusive at each question; what is left is pending. */
    RolloutDrive gate(double pass, double fail, double inconclusive) {
        gate = new double[] {pass, fail, inconclusive};
        return this;
    }

    /** There may never be more pods than this, nor (while nobody rolls back) fewer ready ones. */
    RolloutDrive pods(int atMost, int atLeastReady) {
        most = atMost;
        fewest = atLeastReady;
        return this;
    }

    void abort() {
        abort = "aborted by the user";
    }

    /** Ticks until the machine has ended, or so many times. */
    RolloutDrive run(int ticks) throws Exception {
        cluster.rollsOut(plan.revision());
        for (int i = 0; i < ticks && !state.phase().ended(); i++) {
            tick();
        }
        return this;
    }

    private void tick() throws Exception {
        if (abort == null && random.nextDouble() < aborts) {
            abort();
        }
        edit();
        RolloutPlan driven = earlier != null ? earlier : plan;
        Observation seen = cluster.observe(me, answer, earlier != null ? "another request" : abort);
        Advance advance = Rollout.advance(driven, state, seen);
        edit();
        answer = null;
        if (earlier != null && advance.state().phase().ended()) {
            boolean over = advance.state().phase() == Phase.ROLLED_BACK || !seen.leaseHeld();
            earlier = null;
            state = over ? RolloutState.initial(cluster.now(), plan.revision()).withOrigin(origin) : advance.state();
            return;
        }
        RolloutState read = RolloutState.fromJson(advance.state().toJson());
        assertEquals(advance.state(), read);
        if (edits == 0 && !advance.state().weightHistory().equals(state.weightHistory())) {
            splitIsInForce(driven, advance);
        }
        if (read.phase() != state.phase()) {
            transitions.add(state.phase() + " --> " + read.phase());
        }
        state = read;
        boolean died = random.nextDouble() < faults;
        for (Action action : advance.actions()) {
            if (died) {
                break;
            }
            String before = cluster.revision(false);
            if (!cluster.act(action, me)) {
                break; // The rest of the tick is not done.
            }
            if (action instanceof Action.PromoteStable && before != null && !before.equals(cluster.revision(false))) {
                wasJudged();
            }
            served();
            died = random.nextDouble() < faults;
        }
        if (died && random.nextBoolean()) {
            // A new process, which no longer knows what the user said, and which may come late.
            abort = null;
            cluster.pass(Duration.ofMillis(random.nextInt(20_000)));
        }
        if (advance.asksGate()) {
            ask();
        }
        zeroes = advance.wakeUp().isZero() && !state.phase().ended() ? zeroes + 1 : 0;
        assertTrue("the machine spins in " + state.phase(), zeroes < 40 || faults > 0);
        for (long rest = advance.wakeUp().toMillis() + 20; rest > 0; rest -= 500) {
            cluster.pass(Duration.ofMillis(Math.min(rest, 500)));
            served();
        }
    }

    private void edit() {
        if (edits > 0 && random.nextDouble() < edits) {
            cluster.edit(!plan.direct());
            if (random.nextBoolean()) {
                cluster.edit(!plan.direct()); // Taken back before anybody looks.
            }
        }
    }

    /** The stable version gets what the canary has: all steps were passed by just that. */
    private void wasJudged() {
        if (plan.direct() || state.judged() == null) {
            assertTrue("traffic, but no judgement: " + state, plan.direct() || state.weightHistory().isEmpty());
            return;
        }
        for (int step = 0; step < plan.steps().size(); step++) {
            assertTrue("step " + step + " was not passed by " + plan.revision() + ": " + state, passes.contains(pass(step)));
        }
    }

    private String pass(int step) {
        return state.started() + " " + plan.revision() + " step " + step;
    }

    private void ask() {
        edit();
        boolean beside = !plan.of(state).direct();
        boolean itself = plan.revision().equals(cluster.revision(beside));
        assertTrue("the gate judges " + cluster.revision(beside), itself || edits > 0);
        double dice = random.nextDouble();
        if (dice < gate[0]) {
            answer = Gate.Answer.of(Verdict.PASS, "fine");
            passedSteps.add(state.step());
            if (itself) {
                passes.add(pass(state.step()));
            }
        } else if (dice < gate[0] + gate[1]) {
            answer = Gate.Answer.of(Verdict.FAIL, "errors");
        } else if (dice < gate[0] + gate[1] + gate[2]) {
            answer = Gate.Answer.of(Verdict.INCONCLUSIVE, "too few requests");
        } else {
            answer = Gate.Answer.pending("watching", Duration.ofSeconds(random.nextInt(90)));
        }
    }

    /** What is told and noted is what the requests do, not what was asked for. */
    private void splitIsInForce(RolloutPlan driven, Advance advance) {
        RolloutState confirmed = advance.state();
        List<Action.ConfirmTraffic> told = advance.actions().stream()
                .filter(Action.ConfirmTraffic.class::isInstance).map(Action.ConfirmTraffic.class::cast).toList();
        assertEquals(told.toString(), 1, told.size());
        assertEquals(confirmed.weight(), Reach.percent(told.get(0).share()));
        if (confirmed.phase() != Phase.ANALYSING || driven.of(confirmed).direct()) {
            return;
        }
        assertEquals(cluster.share(), told.get(0).share(), 1e-9);
        PodCounts counts = plan.pods(confirmed.step(), confirmed.stableReplicas(), confirmed.autoscaled());
        assertEquals(plan.steps().get(confirmed.step()).split().weight(), told.get(0).weight());
        assertEquals(counts.canary(), cluster.ready(true));
        if (!confirmed.autoscaled()) {
            assertEquals(counts.stable(), cluster.ready(false));
        }
        if (plan.routed()) {
            assertEquals(plan.steps().get(confirmed.step()).split(), cluster.inForce());
        }
    }

    /** No request goes to a track that has no ready pod, and there are as many pods as there may be. */
    private void served() {
        if (dark) {
            return;
        }
        int stable = cluster.ready(false);
        int canary = cluster.ready(true);
        int weight = cluster.inForce().weight();
        if (stableServed) {
            assertTrue("nobody serves in " + state, plan.routed() || stable + canary > 0);
            assertTrue("traffic without a stable pod in " + state, !plan.routed() || weight == 100 || stable > 0);
        } else if (servedBefore) {
            assertTrue("nobody serves in " + state.phase(), stable + canary > 0);
        }
        assertTrue("traffic without a canary pod in " + state, weight == 0 || canary > 0);
        int pods = cluster.pods(false) + cluster.pods(true);
        assertTrue(pods + " pods in " + state, pods <= most);
        boolean under = state.phase() != Phase.ROLLING_BACK && !state.phase().ended();
        assertTrue(stable + " stable and " + canary + " canary pods are ready in " + state, !under || stable + canary >= fewest);
    }

    /** Whether what is driven is not yet what was asked for. */
    boolean rollsBackAnother() {
        return earlier != null;
    }

    /** From now on nobody asks whether anybody serves. */
    void mayGoDark() {
        dark = true;
    }

    /** Every stable pod crashes and comes back later; from now on it is enough that anybody serves. */
    void stableCrashes(Duration downtime) {
        stableServed = false;
        cluster.crash(false, downtime);
    }
}
