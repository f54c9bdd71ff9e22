package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The state machine of a rollout: {@link #advance} is pure, total and deterministic. It never waits and never does anything; it says what is to be done and when to look
 * again. Because every action describes an end (see {@link Action}), a tick that was persisted and not done is simply done by the next one.
 *
 * <p>With replica-ratio traffic a canary pod gets traffic as soon as it is ready, so scaling and shifting coincide: the canary is scaled to the step's count
 * ({@link Phase#SCALING_CANARY}), and only when it is ready does the stable version give pods up ({@link Phase#SHIFTING_TRAFFIC}).
 */
public final class Rollout {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration NOW = Duration.ZERO;
    private static final Duration QUEUED = Duration.ofSeconds(2);
    /** The longest nap of a rollout under way: its lease must be renewed while a gate takes its time. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final String UNCHANGED = "the stable version already is this revision";

    private final RolloutPlan plan;
    private final RolloutState state;
    private final Observation seen;
    private final List<Action> actions = new ArrayList<>();

    private Rollout(RolloutPlan plan, RolloutState state, Observation seen) {
        this.plan = plan;
        this.state = state;
        this.seen = seen;
    }

    /**
     * One step of the machine.
     *
     * @param plan what is wanted
     * @param state where the rollout is
     * @param seen what the cluster, the gate and the user say
     */
    public static Advance advance(RolloutPlan plan, RolloutState state, Observation seen) {
        return new Rollout(plan, state, seen).decide();
    }

    private Advance decide() {
        if (state.phase().ended()) {
            return new Advance(state, List.of(new Action.ReleaseLease()), false, NOW, null);
        }
        if (seen.abort() != null && state.phase() != Phase.ROLLING_BACK && !state.aborted()) {
            return rollBack(state.withAborted(), seen.abort());
        }
        if (state.phase() != Phase.PREPARING && !seen.leaseHeld() && seen.leaseHolder() != null) {
            // Somebody took the lease over after it had run out: two must not act on one model.
            return end(
                    Phase.FAILED, "rolledBack",
                    "the model's lease was taken over by " + seen.leaseHolder() + ", which now looks after the rollout");
        }
        actions.add(new Action.HoldLease());
        if (state.phase() != Phase.ROLLING_BACK && elapsed(state.started()).compareTo(plan.timeout()) >= 0) {
            return rollBack(state, "the rollout was not done in the time given (timeout)");
        }
        return switch (state.phase()) {
            case PREPARING -> prepare();
            case SCALING_CANARY -> scaleCanary();
            case SHIFTING_TRAFFIC -> shiftTraffic();
            case ANALYSING -> analyse();
            case PROMOTING -> promote();
            case ROLLING_BACK -> giveBack();
            default -> stay(SOON);
        };
    }

    private Advance prepare() {
        if (!seen.leaseHeld()) {
            return stay(seen.leaseHolder() == null ? NOW : QUEUED);
        }
        if (!seen.stable().exists()) {
            actions.add(new Action.ApplyService());
            actions.add(new Action.PromoteStable(plan.replicas()));
            return go(state.to(Phase.PROMOTING, seen.now()), "there is no stable version yet: first install");
        }
        if (plan.revision().equals(seen.stable().revision())) {
            return prepareSameRevision();
        }
        actions.add(new Action.ApplyService());
        // A canary that is there already was left by a rollout that died and that may have taken pods from the stable version.
        int replicas = Math.max(seen.stable().wanted(), seen.canary().exists() ? plan.replicas() : 1);
        RolloutState next = state.withStable(seen.stable().revision(), replicas);
        return go(next.to(Phase.SCALING_CANARY, seen.now()), null);
    }

    /** There is nothing to judge; but a rollout that died may have left a canary, or the stable version with fewer pods than are wanted. */
    private Advance prepareSameRevision() {
        if (seen.stable().rolledOut() && seen.stable().wanted() == plan.replicas() && !seen.canary().exists()) {
            return end(Phase.COMPLETED, "unchanged", UNCHANGED);
        }
        actions.add(new Action.ApplyService());
        RolloutState next = state.withStable(plan.revision(), plan.replicas());
        return go(next.to(Phase.PROMOTING, seen.now()), UNCHANGED + ": only its pods are looked after");
    }

    private Advance scaleCanary() {
        ReplicaSplit split = split();
        actions.add(new Action.ApplyCanary(split.canary()));
        if (canaryReady(split)) {
            return go(state.to(Phase.SHIFTING_TRAFFIC, seen.now()), null);
        }
        return waitFor(ofPlan(seen.canary()), "the canary");
    }

    private boolean canaryReady(ReplicaSplit split) {
        return ofPlan(seen.canary()).rolledOut() && seen.canary().wanted() == split.canary();
    }

    /** The track if it runs what is rolled out; what an older rollout left there says nothing about this one. */
    private TrackStatus ofPlan(TrackStatus track) {
        return track.exists() && plan.revision().equals(track.revision()) ? track : TrackStatus.absent();
    }

    private Advance shiftTraffic() {
        ReplicaSplit split = split();
        actions.add(new Action.ApplyCanary(split.canary()));
        actions.add(new Action.ScaleStable(split.stable()));
        if (seen.stable().wanted() == split.stable()
                && seen.stable().rolledOut()
                && canaryReady(split)) {
            int weight = plan.steps().get(state.step());
            actions.add(new Action.ConfirmTraffic(weight, split.share()));
            return go(state.withWeight(weight, seen.now()).to(Phase.ANALYSING, seen.now()), null);
        }
        return waitFor(canaryReady(split) ? seen.stable() : ofPlan(seen.canary()), "the new split");
    }

    private Advance analyse() {
        if (!seen.canary().exists()) {
            return rollBack(state, "the canary was removed by somebody else");
        }
        if (!plan.revision().equals(seen.canary().revision())) {
            return rollBack(state, "the canary was replaced by somebody else");
        }
        if (seen.canary().stuck()) {
            return rollBack(state, "the canary is no longer ready" + because(seen.canary()));
        }
        Duration held = elapsed(state.phaseSince());
        if (held.compareTo(plan.hold()) < 0) {
            return stay(min(plan.hold().minus(held), Duration.ofSeconds(5)));
        }
        Gate.Answer answer = seen.answer();
        if (answer == null || answer.verdict() == null) {
            return new Advance(state, actions, true, answer == null ? NOW : min(answer.nextLook(), HEARTBEAT), null);
        }
        if (answer.verdict() != Verdict.PASS) {
            return rollBack(state, (answer.verdict() == Verdict.FAIL ? "" : "inconclusive: ") + answer.reason());
        }
        String news = String.format(
                Locale.ROOT, "step %d of %d passed: %s", state.step() + 1, plan.steps().size(), answer.reason());
        if (state.step() + 1 < plan.steps().size()) {
            return go(state.withStep(state.step() + 1).to(Phase.SCALING_CANARY, seen.now()), news);
        }
        return go(state.withRestoreStable().to(Phase.PROMOTING, seen.now()), news);
    }

    private Advance promote() {
        boolean install = state.stableRevision() == null;
        boolean same = plan.revision().equals(state.stableRevision());
        actions.add(new Action.PromoteStable(plan.replicas()));
        boolean done = ofPlan(seen.stable()).rolledOut() && seen.stable().wanted() == plan.replicas();
        if (!done) {
            return waitFor(ofPlan(seen.stable()), install ? "the first version" : same ? "the stable version" : "the promoted version");
        }
        if (seen.canary().exists()) {
            actions.add(new Action.DeleteCanary());
            return stay(SOON);
        }
        if (same) {
            return end(Phase.COMPLETED, "unchanged", UNCHANGED);
        }
        actions.add(new Action.ConfirmTraffic(100, 100));
        RolloutState full = install ? state : state.withWeight(100, seen.now());
        return install
                ? end(full, Phase.COMPLETED, "installed", "first version, no canary was possible")
                : end(full, Phase.COMPLETED, "promoted", "every step passed its checks");
    }

    private Advance giveBack() {
        boolean install = state.stableRevision() == null;
        boolean late = elapsed(state.phaseSince()).compareTo(plan.progressDeadline().multipliedBy(2)) >= 0;
        if (install) {
            // Nothing served before, so there is nothing to give traffic back to.
            actions.add(new Action.DeleteStable());
            if (seen.canary().exists()) {
                actions.add(new Action.DeleteCanary());
            }
            if (!seen.stable().exists() && !seen.canary().exists()) {
                return end(Phase.ROLLED_BACK, "rolledBack", state.reason());
            }
            return late ? end(Phase.FAILED, "rolledBack", state.reason() + "; the first version could not be removed") : stay(SOON);
        }
        boolean restored = state.stableRevision().equals(seen.stable().revision())
                && seen.stable().wanted() == state.stableReplicas()
                && seen.stable().rolledOut();
        if (seen.stable().ready() > 0) {
            // Stable pods are there to serve: the canary's pods leave the Service at once, and stable grows back to its old count.
            actions.add(new Action.DeleteCanary());
        }
        actions.add(
                state.restoreStable()
                        ? new Action.RestoreStable(state.stableRevision(), state.stableReplicas())
                        : new Action.ScaleStable(state.stableReplicas()));
        if (restored && !seen.canary().exists()) {
            actions.add(new Action.ConfirmTraffic(0, 0));
            RolloutState zero = state.weightHistory().isEmpty() ? state : state.withWeight(0, seen.now());
            return end(zero, Phase.ROLLED_BACK, "rolledBack", state.reason());
        }
        if (late) {
            String left = seen.canary().exists() ? "; the canary is still there" : "";
            return end(
                    Phase.FAILED, "rolledBack",
                    state.reason() + "; the stable version did not get back to " + state.stableReplicas() + " ready pods"
                            + because(seen.stable()) + left);
        }
        return stay(SOON);
    }

    private ReplicaSplit split() {
        return ReplicaSplit.of(state.stableReplicas(), plan.steps().get(state.step()));
    }

    private Advance waitFor(TrackStatus track, String what) {
        boolean late = elapsed(state.phaseSince()).compareTo(plan.progressDeadline()) >= 0;
        if (track.stuck() || late) {
            return rollBack(
                    state, what + " did not get ready within " + plan.progressDeadline().toSeconds() + " s" + because(track));
        }
        return stay(SOON);
    }

    private static String because(TrackStatus track) {
        return track.problem() == null ? "" : ": " + track.problem();
    }

    private Advance rollBack(RolloutState from, String reason) {
        boolean untouched = from.phase() == Phase.PREPARING;
        if (untouched) {
            return end(from, Phase.ROLLED_BACK, "rolledBack", reason);
        }
        RolloutState next = from.withOutcome(null, reason).to(Phase.ROLLING_BACK, seen.now());
        return new Advance(next, actions, false, NOW, "rolling back: " + reason);
    }

    private Advance end(Phase phase, String outcome, String reason) {
        return end(state, phase, outcome, reason);
    }

    private Advance end(RolloutState from, Phase phase, String outcome, String reason) {
        List<Action> all = new ArrayList<>(actions);
        all.removeIf(Action.HoldLease.class::isInstance);
        all.add(new Action.ReleaseLease());
        return new Advance(from.withOutcome(outcome, reason).to(phase, seen.now()), all, false, NOW, null);
    }

    private Advance go(RolloutState next, String news) {
        return new Advance(next, actions, false, NOW, news);
    }

    private Advance stay(Duration wakeUp) {
        return new Advance(state, actions, false, wakeUp, null);
    }

    private Duration elapsed(Instant since) {
        Duration elapsed = Duration.between(since, seen.now());
        return elapsed.isNegative() ? Duration.ZERO : elapsed;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
