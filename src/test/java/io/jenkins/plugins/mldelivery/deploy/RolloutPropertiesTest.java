package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.runner.RunWith;

/** The state machine against a simulated cluster in virtual time: whatever happens, it ends, and it ends right. A failing trial is named by its seed. */
@RunWith(JUnitQuickcheck.class)
public class RolloutPropertiesTest {
    private static final String OLD = "old";
    private static final String NEW = "new";
    private static final int TRIALS = 300;

    @Property(trials = TRIALS)
    public void anyRolloutEndsRightUnderAnyFaults(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        int before = before(random, plan);
        boolean install = random.nextInt(8) == 0;
        if (!install) {
            cluster.deployed(false, OLD, before);
        }
        if (random.nextInt(4) == 0) {
            cluster.breakRevision(NEW);
        }
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random)
                .faults(random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.3)
                .aborts(random.nextInt(3) == 0 ? random.nextDouble() * 0.05 : 0);
        double fail = random.nextDouble() * 0.2;
        drive.gate(random.nextDouble() * 0.7, fail, random.nextDouble() * 0.1).run(RolloutDrive.MOST_TICKS);
        assertEnd(drive, install ? null : OLD, before, plan);
    }

    @Property(trials = TRIALS)
    public void aGoodRolloutWithoutFaultsIsPromoted(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        int before = before(random, plan);
        cluster.deployed(false, OLD, before);
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).run(RolloutDrive.MOST_TICKS);
        List<Integer> weights = new ArrayList<>();
        for (int step = 0; step < plan.steps().size(); step++) {
            int asked = plan.steps().get(step).split().weight();
            weights.add(plan.trades() ? Reach.percent(plan.pods(step, before, false).share()) : asked);
        }
        if (!plan.direct()) {
            weights.add(100);
        }
        assertEquals("promoted", drive.state.outcome());
        assertEquals(weights, drive.state.weightHistory());
        assertEquals(plan.steps().size() + plan.steps().stream().filter(TrafficStep::pause).count(), drive.passedSteps.size());
    }

    /** A strategy leaves its Services to the next one; whatever that finds, it divides the requests as it says. */
    @Property(trials = TRIALS)
    public void afterEveryStrategyTheNextOneDividesTheRequestsAsItSays(long seed) throws Exception {
        Random random = new Random(seed);
        SimulatedCluster cluster = new SimulatedCluster(random, Duration.ofMinutes(2));
        cluster.deployed(false, OLD, 2 + random.nextInt(4));
        String stable = OLD;
        for (int i = 0; i < 4; i++) {
            RolloutPlan plan = Plans.any(random, "v" + i);
            cluster.routes(plan.routed());
            boolean good = random.nextInt(3) > 0;
            // splitIsInForce looks at each step.
            RolloutDrive drive = new RolloutDrive(cluster, plan, "build " + i, random)
                    .gate(good ? 1 : 0, good ? 0 : 1, 0).run(RolloutDrive.MOST_TICKS);
            assertEquals(drive.state.toString(), good ? "promoted" : "rolledBack", drive.state.outcome());
            stable = good ? "v" + i : stable;
            assertEquals(stable, cluster.revision(false));
            assertEquals(0, cluster.share(), 0);
            if (random.nextInt(3) == 0) {
                // What a rollout by the Service's selector may have left.
                cluster.select(List.of("stable", "canary").get(random.nextInt(2)));
            }
        }
    }

    @Property(trials = 100)
    public void aCanaryThatNoServiceLeadsToIsNeitherToldOfNorPromoted(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = random.nextBoolean() ? Plans.ratio(random, NEW) : Plans.routed(random, NEW);
        SimulatedCluster cluster = cluster(random, plan).selectorStays(plan.routed() ? null : "stable");
        cluster.deployed(false, OLD, before(random, plan));
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).run(RolloutDrive.MOST_TICKS);
        assertEquals(drive.state.toString(), "rolledBack", drive.state.outcome());
        assertTrue(drive.state.reason(), drive.state.reason().contains(plan.routed() ? "the Service selects both" : "the Service does not select the canary"));
        assertEquals(OLD, cluster.revision(false));
        assertEquals(List.of(), drive.passedSteps);
        assertEquals(List.of(), drive.state.weightHistory());
    }

    @Property(trials = 100)
    public void aStepWaitsWhileItsSplitIsNotInForce(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = random.nextBoolean() ? Plans.ratio(random, NEW) : Plans.routed(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, before(random, plan));
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0, 0, 0);
        while (drive.state.phase() != Phase.ANALYSING) {
            drive.run(1);
        }
        cluster.select("canary");
        drive.gate(1, 0, 0).run(1);
        assertEquals(List.of(), drive.passedSteps);
        assertEquals(Phase.SHIFTING_TRAFFIC, drive.state.phase());
        drive.run(RolloutDrive.MOST_TICKS);
        assertEquals(drive.state.toString(), "promoted", drive.state.outcome());
    }

    @Property(trials = TRIALS)
    public void fromAnyStateAnAbortReachesAStableEnd(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        int before = before(random, plan);
        cluster.deployed(false, OLD, before);
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0.5, 0, 0).run(random.nextInt(120));
        boolean over = drive.state.phase().ended();
        Phase at = drive.state.phase();
        drive.abort();
        drive.run(RolloutDrive.MOST_TICKS);
        assertEnd(drive, OLD, before, plan);
        if (!over) {
            assertEquals("aborted in " + at, "rolledBack", drive.state.outcome());
            assertEquals("aborted by the user", drive.state.reason());
            assertTrue(drive.state.aborted());
        }
    }

    @Property(trials = TRIALS)
    public void aNewRolloutEndsRightWhereAnotherOneDied(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan first = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, first);
        if (random.nextInt(6) != 0) {
            cluster.deployed(false, OLD, first.replicas());
        }
        if (random.nextInt(4) == 0) {
            cluster.breakRevision(NEW);
        }
        new RolloutDrive(cluster, first, "dead", random).gate(0.5, 0, 0).run(random.nextInt(120));
        cluster.pass(Duration.ofMillis(random.nextInt(200_000)));
        if (cluster.revision(false) == null || cluster.ready(false) == 0) {
            return; // A dead first install of a model that never gets ready: there is nothing to fall back to.
        }
        String there = cluster.judged();
        // A promotion in place that died after its canary was gone may have left a pod fewer, and nothing tells that from what somebody wanted.
        int left = cluster.revision(true) == null ? cluster.wanted(false) : Integer.MAX_VALUE;
        String next = random.nextInt(4) == 0 ? OLD : random.nextInt(3) == 0 ? NEW : "newer";
        RolloutPlan second = random.nextBoolean() ? Plans.of(first, next) : first.routed() ? Plans.routed(random, next) : Plans.ratio(random, next);
        boolean fails = random.nextBoolean();
        double faults = random.nextInt(2) * 0.3;
        RolloutDrive drive = new RolloutDrive(cluster, second, "second", random)
                .gate(fails ? 0.6 : 1, fails ? 0.2 : 0, 0)
                .faults(faults)
                .run(RolloutDrive.MOST_TICKS);
        assertTrue(drive.state.phase() + ": " + drive.state.reason(), drive.state.phase().ended());
        assertNull("a canary is left: " + drive.state, cluster.revision(true));
        if (drive.state.phase() == Phase.COMPLETED) {
            assertEquals(next, cluster.revision(false));
            assertEquals(second.replicas(), cluster.ready(false));
            assertTrue(cluster.inForce().stableOnly());
        } else {
            assertEquals(there, cluster.revision(false));
            assertTrue(cluster.wanted(false) >= Math.min(left, Math.min(first.replicas(), second.replicas())));
        }
        // A process that dies again and again may use the pods' time up; nothing else makes a good rollout fail.
        boolean outOfTime = faults > 0 && drive.state.reason().contains("did not get ready within");
        assertTrue(
                "what the dead rollout left made a good one fail: " + drive.state,
                fails || next.equals(NEW) || outOfTime || drive.state.phase() == Phase.COMPLETED);
        assertEquals("unchanged".equals(drive.state.outcome()), there.equals(next) && drive.state.phase() == Phase.COMPLETED);
    }

    @Property(trials = 100)
    public void theCanaryServesOnWhileNoStablePodIsReady(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = random.nextBoolean() ? Plans.ratio(random, NEW) : Plans.routed(random, NEW);
        if (plan.steps().get(0).split().weight() == 0) {
            return; // A canary without traffic can't serve.
        }
        SimulatedCluster cluster = cluster(random, plan);
        int before = before(random, plan);
        cluster.deployed(false, OLD, before);
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0, 0, 0);
        while (drive.state.phase() != Phase.ANALYSING) {
            drive.run(1);
        }
        drive.stableCrashes(Duration.ofSeconds(1 + random.nextInt(100)));
        drive.abort();
        drive.run(RolloutDrive.MOST_TICKS);
        assertEnd(drive, OLD, before, plan);
    }

    @Property(trials = 100)
    public void waitsForTheLeaseOfALivingRollout(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, 3);
        cluster.takeLease("other");
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random);
        for (int i = 0; i < 20; i++) {
            drive.run(2);
            cluster.takeLease("other");
            assertEquals(Phase.PREPARING, drive.state.phase());
        }
        assertNull(cluster.revision(true));
        drive.run(RolloutDrive.MOST_TICKS);
        assertEquals("promoted", drive.state.outcome());
    }

    @Property(trials = 100)
    public void standsBackFromAModelThatAnotherOneTookOver(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, 3);
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0.1, 0, 0);
        while (drive.state.phase() == Phase.PREPARING) {
            drive.run(1);
        }
        drive.run(random.nextInt(20));
        if (drive.state.phase().ended()) {
            return;
        }
        cluster.pass(Duration.ofSeconds(61));
        cluster.takeLease("other");
        int canary = cluster.wanted(true);
        drive.run(1);
        assertEquals(Phase.FAILED, drive.state.phase());
        assertTrue(drive.state.reason(), drive.state.reason().contains("other"));
        assertEquals("it touched what is no longer its own", canary, cluster.wanted(true));
    }

    @Property(trials = 100)
    public void aGateThatNeverAnswersEndsWithTheTimeout(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, 2);
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0, 0, 0).run(RolloutDrive.MOST_TICKS);
        assertEquals(Phase.ROLLED_BACK, drive.state.phase());
        assertTrue(drive.state.reason(), drive.state.reason().contains("timeout"));
        Duration took = Duration.between(drive.state.started(), drive.state.phaseSince());
        assertTrue(took.toString(), took.compareTo(plan.timeout().plus(plan.progressDeadline().multipliedBy(2))) <= 0);
    }

    @Property(trials = TRIALS)
    public void saysTheSameOfTheSame(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, 3);
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0.3, 0, 0).run(random.nextInt(100));
        Observation seen = cluster.observe("a", null, random.nextBoolean() ? "stop" : null);
        Advance once = Rollout.advance(plan, drive.state, seen);
        assertEquals(once, Rollout.advance(plan, drive.state, seen));
        assertEquals(once, Rollout.advance(plan, RolloutState.fromJson(drive.state.toJson()), seen));
        assertFalse("a rollout under way naps longer than its lease lasts", once.wakeUp().compareTo(Duration.ofSeconds(15)) > 0);
    }

    @Property(trials = TRIALS)
    public void thereAreNeverMorePodsThanMaxSurgeAllowsNorFewerReadyOnesThanBefore(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.ratio(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        int before = before(random, plan);
        cluster.deployed(false, OLD, before);
        int surge = plan.maxSurge() == null ? 1 : plan.maxSurge();
        // While the pods are replaced in place, one may be missing.
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random)
                .pods(Math.max(before, plan.replicas()) + surge, Math.min(before, plan.replicas()) - (surge == 0 ? 1 : 0))
                .gate(0.6, random.nextBoolean() ? 0 : 0.1, 0)
                .run(RolloutDrive.MOST_TICKS);
        assertEnd(drive, OLD, before, plan);
    }

    @Property(trials = TRIALS)
    public void theBoundHoldsAsWellWhileSomebodyScalesTheStableVersion(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.scaled(Plans.ratio(random, NEW));
        SimulatedCluster cluster = cluster(random, plan).scaledSteadily();
        int before = before(random, plan);
        cluster.deployed(false, OLD, before);
        int surge = plan.maxSurge() == null ? 1 : plan.maxSurge();
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random)
                .pods(before + surge, before)
                .gate(0.6, random.nextBoolean() ? 0 : 0.1, 0)
                .run(RolloutDrive.MOST_TICKS);
        assertTrue(drive.state.toString(), drive.state.phase() == Phase.COMPLETED || drive.state.phase() == Phase.ROLLED_BACK);
        assertEquals(before, cluster.ready(false));
    }

    @Property(trials = TRIALS)
    public void leavesTheReplicasToWhoeverScalesTheStableVersion(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.scaled(Plans.any(random, NEW));
        SimulatedCluster cluster = cluster(random, plan).scaledBySomebody();
        cluster.deployed(false, OLD, before(random, plan));
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).faults(random.nextInt(2) * 0.2).gate(0.6, random.nextInt(2) * 0.1, 0).run(RolloutDrive.MOST_TICKS);
        assertTrue(drive.state.toString(), drive.state.phase() == Phase.COMPLETED || drive.state.phase() == Phase.ROLLED_BACK);
        assertEquals(drive.state.phase() == Phase.COMPLETED ? NEW : OLD, cluster.revision(false));
        assertNull(cluster.revision(true));
        assertEquals(TrafficSplit.STABLE_ONLY, cluster.inForce());
    }

    @Property(trials = 200)
    public void aBrokenStableVersionIsReplaced(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.breakRevision(OLD);
        cluster.deployed(false, OLD, random.nextInt(4));
        cluster.pass(plan.progressDeadline());
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).run(RolloutDrive.MOST_TICKS);
        assertEquals(drive.state.toString(), "promoted", drive.state.outcome());
        assertEquals(plan.replicas(), cluster.ready(false));
    }

    /** One that was whole once never exceeds its progress deadline; a fix must get in its place all the same. */
    @Property(trials = 200)
    public void aStableVersionThatServesNobodyAnyMoreIsReplacedAndTheNewOneJudged(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        int before = before(random, plan);
        cluster.deployed(false, OLD, before);
        cluster.pass(Duration.ofSeconds(5));
        cluster.observe("a", null, null);
        cluster.breakRevision(OLD);
        cluster.crash(false, Duration.ofDays(1));
        boolean good = random.nextBoolean();
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(good ? 1 : 0, good ? 0 : 1, 0);
        drive.mayGoDark();
        drive.run(RolloutDrive.MOST_TICKS);
        assertEquals(drive.state.toString(), good ? "promoted" : "rolledBack", drive.state.outcome());
        assertEquals(good ? NEW : OLD, cluster.revision(false));
        assertEquals(good ? plan.replicas() : before, cluster.wanted(false));
        assertEquals("it was promoted unjudged: " + drive.state, good, drive.passedSteps.contains(0));
        assertNull(cluster.revision(true));
        Duration took = Duration.between(drive.state.started(), drive.state.phaseSince());
        assertTrue(took.toString(), took.compareTo(Duration.ofMinutes(4)) < 0);
    }

    /** It was rolled out again, and approved, by another process: what it took the place of first is no longer kept. */
    @Property(trials = 20)
    public void aRollingUpdateThatAnotherHasBroughtToAGoodEndIsNotTakenBack(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.direct(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, before(random, plan));
        RolloutDrive first = new RolloutDrive(cluster, plan, "a", random).gate(0, 1, 0);
        first.mayGoDark();
        while (first.state.phase() != Phase.ROLLING_BACK) {
            first.run(1);
        }
        cluster.pass(Duration.ofMinutes(5));
        for (RolloutPlan next : List.of(plan, Plans.of(plan, "newest"))) {
            RolloutDrive other = new RolloutDrive(cluster, next, "b", random).gate(next == plan ? 1 : 0, 1, 0);
            other.mayGoDark();
            other.run(RolloutDrive.MOST_TICKS);
            assertEquals(next == plan ? "promoted" : "rolledBack", other.state.outcome());
        }
        RolloutDrive again = new RolloutDrive(cluster, plan, "a", random).goesOn(first.state, first.state.origin(), plan, new TreeSet<>());
        again.mayGoDark();
        again.run(RolloutDrive.MOST_TICKS);
        assertEquals("the model's lease was lost, and another rollout has changed the model meanwhile: it was left alone", again.state.reason());
        assertEquals(NEW, cluster.revision(false));
    }

    @Property(trials = 100)
    public void whereTheRouterSaysNothingTheCanaryGoesAllTheSameAndThatIsTold(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.routed(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, before(random, plan));
        cluster.fallSilent();
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0, 1, 0);
        drive.mayGoDark();
        drive.run(RolloutDrive.MOST_TICKS);
        assertEquals(drive.state.toString(), "rolledBack", drive.state.outcome());
        assertNull("the canary stays", cluster.revision(true));
        assertEquals(OLD, cluster.revision(false));
        assertTrue(drive.state.reason(), !drive.state.reason().contains("did not get back"));
    }

    @Property(trials = 100)
    public void takesARolloutOverOrLeavesItAlone(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, before(random, plan));
        RolloutDrive other = new RolloutDrive(cluster, plan, "other", random).gate(0, 0, 0);
        while (other.state.phase() == Phase.PREPARING) {
            other.run(1);
        }
        other.run(random.nextInt(60));
        cluster.takeLease("other");
        RolloutDrive polite = new RolloutDrive(cluster, Plans.of(Plans.of(plan, "newer"), OnConcurrent.FAIL), "polite", random).run(RolloutDrive.MOST_TICKS);
        assertEquals(Phase.FAILED, polite.state.phase());
        assertTrue(polite.state.reason(), polite.state.reason().contains("other"));
        RolloutPlan newer = Plans.of(Plans.of(plan, "newer"), OnConcurrent.TAKE_OVER);
        RolloutDrive rude = new RolloutDrive(cluster, newer, "rude", random).run(20);
        int canary = cluster.wanted(true);
        other.run(1);
        assertEquals(other.state.toString(), Phase.FAILED, other.state.phase());
        assertEquals("it touched what is no longer its own", canary, cluster.wanted(true));
        rude.run(RolloutDrive.MOST_TICKS);
        assertEquals(rude.state.toString(), "promoted", rude.state.outcome());
        assertEquals("newer", cluster.revision(false));
        assertNull(cluster.revision(true));
    }

    @Property(trials = 100)
    public void theTimeThatPeopleTakeIsNotCounted(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        if (plan.steps().stream().noneMatch(TrafficStep::pause)) {
            return;
        }
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, before(random, plan));
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random);
        while (!drive.state.phase().ended()) {
            drive.run(1);
            if (drive.state.phase() == Phase.PAUSED && random.nextBoolean()) {
                cluster.pass(Duration.ofMinutes(50));
                cluster.takeLease("a");
            }
        }
        assertEquals(drive.state.toString(), "promoted", drive.state.outcome());
    }

    @Property(trials = 40)
    public void eachPodHasTheTimeForItself(long seed) throws Exception {
        Random random = new Random(seed);
        // A pod needs up to 6 s, all of them one after another more than a minute.
        RolloutPlan plan = Plans.of(Plans.any(random, NEW), 30, Duration.ofSeconds(15));
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, OLD, 30);
        boolean good = random.nextBoolean();
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(good ? 1 : 0, good ? 0 : 1, 0).run(RolloutDrive.MOST_TICKS);
        assertEquals(drive.state.toString(), good ? Phase.COMPLETED : Phase.ROLLED_BACK, drive.state.phase());
        assertTrue(drive.state.toString(), good || !drive.state.reason().contains("did not get ready"));
        assertEnd(drive, OLD, 30, plan);
    }

    @Property(trials = 20)
    public void tellsOfTheCanaryThatADeadRolloutHasLeftBesideWhatIsWanted(long seed) {
        Random random = new Random(seed);
        RolloutPlan plan = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, plan);
        cluster.deployed(false, NEW, plan.replicas());
        cluster.deployed(true, "abandoned", 1);
        cluster.takeLease("a");
        Advance begun = Rollout.advance(plan, RolloutState.initial(cluster.now(), NEW), cluster.observe("a", null, null));
        assertTrue(begun.news(), begun.news().contains("left a canary of revision abandoned: it is taken away"));
    }

    /** Whatever dies, starts again, asks for something else or is edited by others: nothing is promoted that did not pass its own gate. */
    @Property(trials = 600)
    public void nothingIsPromotedThatDidNotPassItsOwnGate(long seed) throws Exception {
        Random random = new Random(seed);
        RolloutPlan first = Plans.any(random, NEW);
        SimulatedCluster cluster = cluster(random, first);
        cluster.deployed(false, OLD, before(random, first));
        double edits = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1;
        Set<String> passes = new TreeSet<>();
        // Two folders with a state each; the second one takes over what the first one does.
        RolloutState[] saved = new RolloutState[2];
        RolloutPlan[] plans = new RolloutPlan[2];
        for (int call = 2 + random.nextInt(6); call >= 0; call--) {
            int who = random.nextInt(4) == 0 ? 1 : 0;
            String revision = List.of(NEW, "newer", "newest").get(random.nextInt(3));
            RolloutPlan plan = random.nextInt(3) > 0 ? Plans.of(first, revision) : first.routed() ? Plans.routed(random, revision) : Plans.ratio(random, revision);
            plan = Plans.of(plan, OnConcurrent.TAKE_OVER);
            boolean again = plans[who] != null && random.nextInt(3) == 0;
            plan = again ? plans[who] : plan;
            RolloutOrigin origin = again && saved[who] != null && saved[who].origin() != null ? saved[who].origin() : origin(plan, random);
            RolloutDrive drive = new RolloutDrive(cluster, plan, "folder " + who, random)
                    .goesOn(saved[who], origin, plans[who], passes)
                    .edits(edits).faults(random.nextInt(2) * 0.1).gate(0.4, 0.05, 0.02);
            drive.mayGoDark();
            drive.run(call == 0 ? RolloutDrive.MOST_TICKS : random.nextInt(150));
            // While a rollout of another request is rolled back, that one's state is what is left.
            plans[who] = drive.rollsBackAnother() ? plans[who] : plan;
            saved[who] = drive.state.phase().ended() ? null : drive.state;
            if (drive.state.phase() == Phase.COMPLETED && plan.direct() && "promoted".equals(drive.state.outcome())) {
                assertTrue("it was not judged: " + drive.state, passes.contains(drive.state.started() + " " + plan.revision() + " step 0"));
            }
            assertTrue("it did not end: " + drive.state, call > 0 || drive.state.phase().ended());
            cluster.pass(Duration.ofMillis(random.nextInt(3) * random.nextInt(100_000)));
        }
    }

    private static RolloutOrigin origin(RolloutPlan plan, Random random) {
        return new RolloutOrigin(
                "request " + random.nextInt(), new RolloutPlace("c", "s", "n"), plan.kind(),
                plan.routed() ? new TrafficKind.Gateway("r") : new TrafficKind.ReplicaRatio(), plan.maxSurge(), "churn:1");
    }

    private static SimulatedCluster cluster(Random random, RolloutPlan plan) {
        SimulatedCluster cluster = new SimulatedCluster(random, plan.progressDeadline());
        return plan.routed() ? cluster.routes() : cluster;
    }

    /** Pods of the stable version before; in place goes only with two. */
    private static int before(Random random, RolloutPlan plan) {
        return 1 + plan.missing() + random.nextInt(6);
    }

    private static void assertEnd(RolloutDrive drive, String old, int before, RolloutPlan plan) {
        RolloutState state = drive.state;
        SimulatedCluster cluster = drive.cluster;
        assertTrue("it did not end: " + state, state.phase().ended());
        assertNotEquals("it could have ended right: " + state, Phase.FAILED, state.phase());
        assertNull("a canary is left: " + state, cluster.revision(true));
        assertEquals("traffic is left on the canary: " + state, TrafficSplit.STABLE_ONLY, cluster.inForce());
        assertNotNull(state.reason());
        if (state.phase() == Phase.COMPLETED) {
            assertEquals(NEW, cluster.revision(false));
            assertEquals(plan.replicas(), cluster.wanted(false));
            assertEquals(plan.replicas(), cluster.ready(false));
            assertEquals(old == null ? "installed" : "promoted", state.outcome());
            if (old != null) {
                assertTrue("it was promoted unjudged: " + state, drive.passedSteps.containsAll(List.of(0, plan.steps().size() - 1)));
            }
        } else {
            assertEquals("rolledBack", state.outcome());
            assertEquals(old, cluster.revision(false));
            assertEquals(old == null ? 0 : before, cluster.wanted(false));
            assertEquals(old == null ? 0 : before, cluster.ready(false));
        }
    }
}
