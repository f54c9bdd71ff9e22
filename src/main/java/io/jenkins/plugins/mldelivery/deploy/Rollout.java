package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The state machine of a rollout: {@link #advance} is pure, total and deterministic. It never waits and never does anything; it says what is to be done and when to look
 * again. Because every action describes an end (see {@link Action}), a tick that was persisted and not done is simply done by the next one.
 *
 * <p>With replica-ratio traffic a canary pod gets traffic as soon as it is ready, so scaling and shifting coincide ({@link PodTrade}). With a router the canary's pods come first, then the
 * traffic; and on the way back the traffic leaves first, then the pods.
 */
public final class Rollout extends RolloutDecision {
    private static final Duration QUEUED = Duration.ofSeconds(2);
    private static final String CANARY_REPLACED = "the canary was replaced or changed by somebody else";
    /** So long a stable version without a ready pod is waited for, unless the progress deadline is shorter. */
    private static final Duration UNSERVED = Duration.ofSeconds(60);
    /** The longest nap of a rollout under way: its lease must be renewed while a gate takes its time. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private Rollout(RolloutPlan plan, RolloutState state, Observation seen) {
        super(plan.of(state), state, seen, new ArrayList<>());
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
            // What the last tick was to do may not have been done. If another one looks after the model, it does it.
            boolean others = !seen.leaseHeld() && seen.leaseHolder() != null;
            return new Advance(state, others ? List.of() : lastActions(), false, NOW, null);
        }
        if (seen.abort() != null && state.phase() != Phase.ROLLING_BACK && !state.aborted()) {
            return rollBack(state.withAborted(), seen.abort());
        }
        if (state.phase() != Phase.PREPARING && !seen.leaseHeld() && seen.leaseHolder() != null) {
            // Two must not act on one model: whoever took the lease over, when it had run out or because it was told to, looks after the rollout now.
            return end(
                    Phase.FAILED, FAILED,
                    "the model's lease was taken over by " + seen.leaseHolder() + ", which now looks after the rollout");
        }
        if (state.phase() != Phase.PREPARING && !seen.leaseHeld() && changedMeanwhile()) {
            return end(Phase.FAILED, FAILED, "the model's lease was lost, and another rollout has changed the model meanwhile: it was left alone");
        }
        actions.add(new Action.HoldLease());
        if (state.phase() != Phase.ROLLING_BACK && worked().compareTo(plan.timeout()) >= 0) {
            return rollBack(state, "the rollout was not done in the time given (timeout)");
        }
        return switch (state.phase()) {
            case PREPARING -> prepare();
            case SCALING_CANARY -> scaleCanary();
            case SHIFTING_TRAFFIC -> shiftTraffic();
            case ANALYSING, PAUSED -> analyse();
            case PROMOTING -> new RolloutEnding(plan, state, seen, actions).promote();
            case ROLLING_BACK -> new RolloutEnding(plan, state, seen, actions).giveBack();
            default -> stay(SOON);
        };
    }

    /** Whether the stable version is neither what was there before nor what this rollout has put there. */
    private boolean changedMeanwhile() {
        String revision = seen.stable().revision();
        // What this one has put there is judged afterwards, and noted as such until then.
        boolean judgedByAnother = plan.kind() == RolloutPlan.Kind.DIRECT && state.stableRevision() != null && seen.stable().unjudged() == null;
        boolean put = state.restoreStable() && !judgedByAnother || state.stableRevision() == null;
        boolean ours = plan.revision().equals(revision) && put;
        return seen.stable().exists() && !ours && !revision.equals(state.stableRevision());
    }

    private List<Action> lastActions() {
        List<Action> last = new ArrayList<>();
        if (state.phase() == Phase.COMPLETED) {
            if (plan.kind() == RolloutPlan.Kind.DIRECT) {
                last.add(new Action.ApproveStable());
            }
            last.add(new Action.ApplyAutoscaler(null));
            last.add(new Action.PruneObjects());
        } else if (state.phase() == Phase.ROLLED_BACK && state.stableRevision() != null) {
            last.add(new Action.ApplyAutoscaler(null));
        }
        last.add(new Action.ReleaseLease());
        return last;
    }

    private Advance prepare() {
        if (!seen.leaseHeld()) {
            return queue();
        }
        TrackStatus stable = seen.stable();
        boolean adopted = plan.kind() == RolloutPlan.Kind.DIRECT && plan.revision().equals(stable.revision());
        if (stable.unjudged() != null && !adopted && plan.kind() != RolloutPlan.Kind.UNDO) {
            return putBack(stable);
        }
        if (stable.edited()) {
            actions.add(new Action.NoteEdit());
            return stay(NOW);
        }
        actions.add(new Action.ApplyObjects());
        if (!stable.exists()) {
            return go(state.to(Phase.PROMOTING, seen.now()), "there is no stable version yet: first install");
        }
        boolean scaled = plan.autoscaled() || stable.autoscaled();
        if (stable.unjudged() != null && adopted) {
            return go(
                    state.withStable(stable.unjudged(), Math.max(stable.wanted(), 1), scaled).withRestoreStable().to(Phase.PROMOTING, seen.now()),
                    "a rolling update to this revision did not end: it is adopted");
        }
        if (plan.revision().equals(stable.revision())) {
            return prepareSameRevision(scaled);
        }
        // A canary that is there already was left by a rollout that died and that may have taken pods from the stable version.
        boolean left = seen.canary().exists();
        RolloutState next = state.withStable(stable.revision(), Math.max(stable.wanted(), left ? plan.replicas() : 1), scaled);
        if (plan.direct()) {
            next = stable.ready() == 0 ? next.withAlone() : next;
            return go(next.withRestoreStable().to(Phase.PROMOTING, seen.now()), left ? leftBehind() : null);
        }
        if (stable.wanted() == 0 && stable.autoscaled()) {
            return go(
                    next.withRestoreStable().to(Phase.PROMOTING, seen.now()),
                    "the stable version is scaled to no pod, so there is nothing to compare with: it is replaced");
        }
        if (stable.ready() == 0) {
            return replace(next);
        }
        return go(next.to(Phase.SCALING_CANARY, seen.now()), left ? leftBehind() : null);
    }

    /** Nobody serves: the stable version has a while to change that, then the new one takes its place. */
    private Advance replace(RolloutState next) {
        TrackStatus stable = seen.stable();
        Duration patience = min(UNSERVED, plan.progressDeadline());
        RolloutState waiting = state.withTargets(stable.wanted(), 0, seen.now());
        if (stable.wanted() > 0 && !stable.stuck() && !stable.hopeless() && elapsed(waiting.progressSince()).compareTo(patience) < 0) {
            actions.removeIf(a -> !(a instanceof Action.HoldLease));
            String news = String.format(
                    Locale.ROOT, "the stable version has no ready pod of %d%s; unless it gets one within %d s, the new version takes its place without a canary",
                    stable.wanted(), because(stable), patience.toSeconds());
            return new Advance(waiting, actions, false, SOON, waiting.equals(state) ? null : news);
        }
        return go(
                next.withRestoreStable().withAlone().to(Phase.PROMOTING, seen.now()),
                "the stable version has no ready pod, so there is nothing to compare with: the new version takes its place, and is judged there by its own values");
    }

    /** A rolling update that died has left pods that nobody has judged: what they took the place of comes back before anything else begins. */
    private Advance putBack(TrackStatus stable) {
        actions.add(new Action.RestoreStable(stable.unjudged(), stable.autoscaled() ? null : Integer.valueOf(Math.max(1, stable.wanted())), false));
        return new Advance(state, actions, false, SOON, "a rolling update to revision " + stable.revision() + " did not end and was not judged: revision " + stable.unjudged() + " is put back first");
    }

    private Advance queue() {
        if (seen.leaseHolder() == null) {
            return stay(NOW);
        }
        return switch (plan.onConcurrent()) {
            case WAIT -> stay(QUEUED);
            case FAIL -> end(Phase.FAILED, FAILED, "the model is being rolled out by " + seen.leaseHolder());
            case TAKE_OVER -> {
                actions.clear();
                actions.add(new Action.TakeLease());
                yield new Advance(state, actions, false, NOW, "taking the rollout over from " + seen.leaseHolder());
            }
        };
    }

    private String leftBehind() {
        return leftBehind(plan.revision().equals(seen.canary().revision()) && !plan.direct());
    }

    private String leftBehind(boolean adopted) {
        String traffic = seen.traffic().split().weight() == 0 ? "" : " with " + seen.traffic().split().weight() + " % of the traffic";
        return "a rollout that did not end has left a canary of revision " + seen.canary().revision() + traffic + ": "
                + (adopted ? "it is adopted, from the first step on" : "it is taken away");
    }

    /** There is nothing to judge; but a rollout that died may have left a canary, or the stable version with fewer pods than are wanted. */
    private Advance prepareSameRevision(boolean scaled) {
        boolean whole = seen.stable().rolledOut() && (scaled || seen.stable().wanted() == plan.replicas());
        if (whole && !seen.canary().exists() && seen.traffic().split().stableOnly()) {
            actions.add(new Action.ApplyAutoscaler(null));
            actions.add(new Action.PruneObjects());
            return end(Phase.COMPLETED, "unchanged", UNCHANGED);
        }
        RolloutState next = state.withStable(plan.revision(), scaled ? seen.stable().wanted() : plan.replicas(), scaled);
        return go(next.to(Phase.PROMOTING, seen.now()), (seen.canary().exists() ? leftBehind(false) + "; " : "") + UNCHANGED + ": only its pods are looked after");
    }

    private Advance scaleCanary() {
        PodCounts counts = counts();
        if (state.step() > 0 && seen.canary().exists() && !isOfPlan(seen.canary())) {
            // It is not what has passed the steps before.
            return rollBack(state, CANARY_REPLACED);
        }
        holdFloor();
        if (seen.canary().exists() && !isOfPlan(seen.canary())) {
            // What an older rollout left is replaced only when it serves nobody.
            if (seen.stable().ready() == 0) {
                return waitFor(seen.stable(), "the stable version");
            }
            if (!routedAway()) {
                return waitFor(seen.stable(), "the traffic's way back to the stable version");
            }
        }
        TrackStatus canary = ofPlan(seen.canary());
        int stable = seen.stable().wanted();
        int wanted = counts.canary();
        if (!state.autoscaled()) {
            PodTrade trade = PodTrade.towards(
                    counts, state.stableReplicas(), plan.bound(state.stableReplicas()), plan.missing(), seen.stable(), seen.canary(), canary.ready(), canary.wanted());
            stable = trade.stable();
            wanted = trade.canary();
            actions.add(new Action.ScaleStable(stable));
        }
        if (wanted > 0) {
            actions.add(new Action.ApplyCanary(wanted));
        }
        RolloutState next = state.withTargets(stable, wanted, seen.now());
        boolean stableDone = state.autoscaled() || seen.stable().serves(counts.stable());
        if (stableDone && canary.rolledOut() && canary.wanted() == counts.canary()) {
            return go(next.to(Phase.SHIFTING_TRAFFIC, seen.now()), null);
        }
        boolean canaryWaits = !canary.rolledOut() || canary.wanted() != counts.canary();
        return waitFor(next, canaryWaits ? canary : seen.stable(), canaryWaits ? "the canary" : "the stable version");
    }

    private Advance shiftTraffic() {
        PodCounts counts = counts();
        TrafficStep step = step();
        if (seen.canary().exists() && !isOfPlan(seen.canary())) {
            return rollBack(state, CANARY_REPLACED);
        }
        holdFloor();
        actions.add(new Action.ApplyCanary(counts.canary()));
        TrackStatus canary = ofPlan(seen.canary());
        if (plan.routed() && step.split().weight() > 0 && canary.ready() == 0) {
            return waitFor(canary, "the canary");
        }
        boolean inForce = inForce(step.split());
        boolean pods = state.autoscaled() || seen.stable().serves(counts.stable());
        if (!state.autoscaled() && inForce) {
            actions.add(new Action.ScaleStable(counts.stable()));
        }
        if (inForce && pods && canary.rolledOut() && canary.wanted() == counts.canary()) {
            if (!reached(step.split())) {
                return follow("the way of the requests to the canary");
            }
            RolloutState next = confirm(step.split()).withJudged(canary.template());
            return go(next.to(Phase.ANALYSING, seen.now()), null);
        }
        if (!inForce && canary.rolledOut()) {
            return waitFor(state, seen.traffic().problem(), "the new split of traffic");
        }
        return waitFor(canary.rolledOut() ? seen.stable() : canary, "the new split");
    }

    private RolloutState confirm(TrafficSplit split) {
        double share = share(split);
        actions.add(new Action.ConfirmTraffic(split.weight(), share));
        return state.withWeight(Reach.percent(share), seen.now());
    }

    /** In the phases {@link Phase#ANALYSING} and {@link Phase#PAUSED}. */
    private Advance analyse() {
        String broken = plan.direct() ? brokenStable() : brokenCanary();
        if (broken != null) {
            return rollBack(state, broken);
        }
        String template = plan.direct() ? seen.stable().template() : seen.canary().template();
        if (!Objects.equals(state.judged(), template)) {
            return judgeAnew(template);
        }
        Advance lost = plan.direct() ? lostStable() : lostSplit();
        if (lost != null && !hasFailed(seen.answer())) {
            return lost;
        }
        Duration held = elapsed(state.phaseSince());
        if (state.phase() == Phase.ANALYSING && held.compareTo(step().hold()) < 0) {
            return stay(min(step().hold().minus(held), HEARTBEAT));
        }
        Gate.Answer answer = seen.answer();
        if (answer == null || answer.verdict() == null) {
            return new Advance(state, actions, true, answer == null ? NOW : min(answer.nextLook(), HEARTBEAT), null);
        }
        if (hasFailed(answer)) {
            return rollBackJudged((answer.verdict() == Verdict.FAIL ? "" : "inconclusive: ") + answer.reason());
        }
        if (state.phase() == Phase.PAUSED) {
            return next(state, "going on: " + answer.reason());
        }
        String passed = String.format(Locale.ROOT, "step %d of %d passed: %s", state.step() + 1, plan.steps().size(), answer.reason());
        RolloutState judged = state.withEvidence(answer.reason());
        if (step().pause()) {
            return go(judged.to(Phase.PAUSED, seen.now()), passed + "; paused for approval");
        }
        return next(judged, passed);
    }

    /** What a canary that gets no requests, or others than its share, does is no evidence: the step's split comes back first. Null while it is in force. */
    private Advance lostSplit() {
        TrafficSplit split = step().split();
        boolean there = inForce(split);
        Reach reach = seen.reach();
        boolean reached = reach.problem() == null && (split.stableOnly() || reach.canary() > 0);
        boolean follows = seen.traffic().split().equals(split) && seen.traffic().problem() == null;
        if (!there && follows && reached) {
            // Somebody else has changed the object, and its controller has not seen that yet.
            return stay(SOON);
        }
        if (!there || !reached) {
            String problem = there ? reach.problem() : seen.traffic().problem();
            return go(state.to(Phase.SHIFTING_TRAFFIC, seen.now()), String.format(
                    Locale.ROOT, "step %d of %d waits: its split of the traffic is no longer in force%s",
                    state.step() + 1, plan.steps().size(), because(problem)));
        }
        boolean moved = state.autoscaled() && !plan.routed() && reached(split) && Reach.percent(reach.share()) != state.weight();
        // Whoever scales the stable version changes the canary's share.
        return moved ? go(confirm(split), null) : null;
    }

    private static boolean hasFailed(Gate.Answer answer) {
        return answer != null && answer.verdict() != null && answer.verdict() != Verdict.PASS;
    }

    /** Of a rolling update: null while requests reach it. */
    private Advance lostStable() {
        return seen.reach().problem() == null ? null : stay(putRight());
    }

    /** What was seen of pods of another template is no evidence of these. */
    private Advance judgeAnew(String template) {
        String why = state.judged() == null
                ? "it is not known which pods were judged so far"
                : "its pods were replaced, by a restart or by a change of their template that was taken back";
        String news = String.format(
                Locale.ROOT, "step %d of %d is judged anew: %s", state.step() + 1, plan.steps().size(), why);
        Phase phase = plan.direct() ? Phase.ANALYSING : Phase.SCALING_CANARY;
        return go(state.withJudged(template).to(phase, seen.now()), news);
    }

    private Advance next(RolloutState passed, String news) {
        if (state.step() + 1 < plan.steps().size()) {
            // From here, and not from a new phase, so that the time of a pause is counted when it is left.
            return go(passed.to(Phase.SCALING_CANARY, seen.now()).withStep(state.step() + 1), news);
        }
        if (plan.direct()) {
            actions.add(new Action.ApproveStable());
            return finished(passed, "promoted", state.alone()
                    ? evidence("it", passed) + "; the version before had no ready pod to compare with" : everyStep(passed));
        }
        return go(passed.withRestoreStable().to(Phase.PROMOTING, seen.now()), news);
    }

    private String brokenCanary() {
        if (!seen.canary().exists()) {
            return "the canary was removed by somebody else";
        }
        if (!isOfPlan(seen.canary())) {
            return CANARY_REPLACED;
        }
        boolean unserved = plan.routed() && step().split().weight() > 0 && seen.canary().ready() == 0;
        return seen.canary().stuck() || seen.canary().hopeless() || unserved ? "the canary is no longer ready" + because(seen.canary()) : null;
    }

    private String brokenStable() {
        if (!seen.stable().exists() || !isOfPlan(seen.stable())) {
            return "the new version was replaced or changed by somebody else";
        }
        return seen.stable().stuck() || seen.stable().hopeless() ? "the new version is no longer ready" + because(seen.stable()) : null;
    }

}
