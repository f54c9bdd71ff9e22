package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ticks the state machine against a {@link SimulatedCluster} as an adapter does, with crashes, lost actions and whatever the gate and the user say; every tick's state goes through its JSON. */
final class RolloutDrive {
    static final int MOST_TICKS = 20_000;

    final SimulatedCluster cluster;
    final RolloutPlan plan;
    final String me;
    final List<Integer> passedSteps = new ArrayList<>();
    RolloutState state;
    private final Random random;
    private double faults;
    private double aborts;
    private double[] gate = {1, 0, 0};
    private Gate.Answer answer;
    private String abort;
    private boolean stableServed;
    private int zeroes;

    RolloutDrive(SimulatedCluster cluster, RolloutPlan plan, String me, Random random) {
        this.cluster = cluster;
        this.plan = plan;
        this.me = me;
        this.random = random;
        this.state = RolloutState.initial(cluster.now(), plan.revision());
        this.stableServed = cluster.ready(false) > 0;
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

    /** The chances of pass, fail and inconclusive at each question; what is left is pending. */
    RolloutDrive gate(double pass, double fail, double inconclusive) {
        gate = new double[] {pass, fail, inconclusive};
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
        Observation seen = cluster.observe(me, answer, abort);
        Advance advance = Rollout.advance(plan, state, seen);
        answer = null;
        RolloutState read = RolloutState.fromJson(advance.state().toJson());
        assertEquals(advance.state(), read);
        if (!advance.state().weightHistory().equals(state.weightHistory())) {
            splitIsInForce(advance.state());
        }
        state = read;
        boolean died = random.nextDouble() < faults;
        for (Action action : advance.actions()) {
            if (died) {
                break;
            }
            cluster.act(action, me);
            died = random.nextDouble() < faults;
        }
        if (died && random.nextBoolean()) {
            // A new process, which no longer knows what the user said, and which may come late.
            abort = null;
            cluster.pass(Duration.ofMillis(random.nextInt(20_000)));
        }
        stableServes();
        if (advance.asksGate()) {
            ask();
        }
        zeroes = advance.wakeUp().isZero() && !state.phase().ended() ? zeroes + 1 : 0;
        assertTrue("the machine spins in " + state.phase(), zeroes < 40 || faults > 0);
        cluster.pass(advance.wakeUp().plusMillis(20));
    }

    private void ask() {
        assertEquals("the gate judges another revision", plan.revision(), cluster.revision(true));
        double dice = random.nextDouble();
        if (dice < gate[0]) {
            answer = Gate.Answer.of(Verdict.PASS, "fine");
            passedSteps.add(state.step());
        } else if (dice < gate[0] + gate[1]) {
            answer = Gate.Answer.of(Verdict.FAIL, "errors");
        } else if (dice < gate[0] + gate[1] + gate[2]) {
            answer = Gate.Answer.of(Verdict.INCONCLUSIVE, "too few requests");
        } else {
            answer = Gate.Answer.pending("watching", Duration.ofSeconds(random.nextInt(90)));
        }
    }

    private void splitIsInForce(RolloutState confirmed) {
        int weight = confirmed.weightHistory().get(confirmed.weightHistory().size() - 1);
        if (confirmed.phase() == Phase.ANALYSING) {
            ReplicaSplit split = ReplicaSplit.of(confirmed.stableReplicas(), weight);
            assertEquals(split.canary(), cluster.ready(true));
            assertEquals(split.stable(), cluster.ready(false));
        }
    }

    private void stableServes() {
        if (stableServed) {
            assertTrue("no stable pod is ready in " + state.phase(), cluster.ready(false) > 0);
        } else if (state.stableRevision() != null) {
            assertTrue("nobody serves in " + state.phase(), cluster.ready(false) + cluster.ready(true) > 0);
        }
    }

    /** Every stable pod crashes and comes back later; from now on it is enough that anybody serves. */
    void stableCrashes(Duration downtime) {
        stableServed = false;
        cluster.crash(false, downtime);
    }
}
