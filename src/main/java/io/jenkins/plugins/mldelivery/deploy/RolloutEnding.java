package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.util.List;

/** The phases that end a rollout: to the new version, or back to the old one. */
final class RolloutEnding extends RolloutDecision {
    /** So long a canary is waited for that goes only when it is late, since whoever routes has said nothing until then. */
    private static final Duration LEAVING = Duration.ofSeconds(30);

    RolloutEnding(RolloutPlan plan, RolloutState state, Observation seen, List<Action> actions) {
        super(plan, state, seen, actions);
    }

    Advance promote() {
        boolean install = state.stableRevision() == null;
        boolean same = plan.revision().equals(state.stableRevision());
        String changed = changedSinceJudged();
        if (changed != null) {
            return rollBack(state, changed);
        }
        TrackStatus stable = ofPlan(seen.stable());
        boolean beside = plan.trades() && !install && !same && seen.canary().exists() && seen.canary().wanted() > 0;
        if (beside && !state.autoscaled()) {
            return promoteByTrade(stable);
        }
        Integer replicas = state.autoscaled() && !install ? null : Integer.valueOf(plan.replicas());
        holdFloor();
        // The canary's pods are those that there may be more: they stand in for the one that is missing.
        actions.add(new Action.PromoteStable(replicas, beside, install || plan.kind() != RolloutPlan.Kind.DIRECT, judgedCanary()));
        boolean done = stable.rolledOut() && (replicas == null || stable.wanted() == replicas);
        if (!done) {
            return waitFor(stable, install ? "the first version" : same ? "the stable version" : "the promoted version");
        }
        if (seen.canary().exists()) {
            if (!routedAway()) {
                return waitFor(state, seen.traffic().problem(), "the traffic's way to the promoted version");
            }
            actions.add(new Action.DeleteCanary());
            return stay(SOON);
        }
        if (!routedAway()) {
            return waitFor(state, seen.traffic().problem(), "the traffic's way to the stable version");
        }
        if (same) {
            return finished(state, "unchanged", UNCHANGED);
        }
        if (!reachStable()) {
            return follow(install ? "the way of the requests to the first version" : "the way of the requests to the promoted version");
        }
        if (install) {
            actions.add(new Action.ConfirmTraffic(ALL, ALL));
            return finished(state, "installed", "first version, no canary was possible");
        }
        if (plan.kind() == RolloutPlan.Kind.UNDO) {
            actions.add(new Action.ConfirmTraffic(ALL, ALL));
            return finished(state.withWeight(ALL, seen.now()), "promoted", "the version before was brought back");
        }
        if (plan.kind() == RolloutPlan.Kind.DIRECT) {
            actions.add(new Action.ConfirmTraffic(ALL, ALL));
            RolloutState next = state.withWeight(ALL, seen.now()).withJudged(stable.template());
            return go(next.to(Phase.ANALYSING, seen.now()), null);
        }
        actions.add(new Action.ConfirmTraffic(ALL, ALL));
        String reason = state.weightHistory().isEmpty() ? "the old version had no ready pod to compare with" : everyStep(state);
        return finished(state.withWeight(ALL, seen.now()), "promoted", reason);
    }

    /** The template of the canary that has passed the gate; null when there was none to pass. */
    private String judgedCanary() {
        return plan.direct() ? null : state.judged();
    }

    /** What is promoted is what was judged: until the stable version has it, the canary has to be there as it was when it passed. Null when it is. */
    private String changedSinceJudged() {
        boolean untouched = seen.stable().exists() && seen.stable().revision().equals(state.stableRevision());
        if (judgedCanary() == null || !untouched) {
            return null;
        }
        TrackStatus canary = ofPlan(seen.canary());
        boolean same = canary.exists() && judgedCanary().equals(canary.template());
        return same ? null : "the canary was changed by somebody else after it was judged";
    }

    /** With a bounded number of pods: first the stable pods that are left are replaced in place, then they grow as the canary shrinks. */
    private Advance promoteByTrade(TrackStatus stable) {
        if (!stable.exists() || state.stableTarget() == RolloutState.NO_TARGET) {
            int kept = Math.max(1, Math.min(seen.stable().wanted(), Math.max(plan.replicas(), 1)));
            RolloutState next = state.stableTarget() == RolloutState.NO_TARGET ? state.withTargets(kept, seen.canary().wanted(), seen.now()) : state;
            actions.add(new Action.PromoteStable(next.stableTarget(), true, true, judgedCanary()));
            return waitFor(next, stable, "the promoted version");
        }
        int bound = plan.bound(Math.max(state.stableReplicas(), plan.replicas()));
        boolean settled = stable.rolledOut() && stable.wanted() == state.stableTarget();
        PodTrade trade = settled ? PodTrade.home(plan.replicas(), bound, plan.missing(), stable, seen.canary()) : new PodTrade(state.stableTarget(), state.canaryTarget());
        actions.add(new Action.PromoteStable(trade.stable(), true, true, judgedCanary()));
        actions.add(trade.canary() == 0 ? new Action.DeleteCanary() : new Action.ApplyCanary(trade.canary()));
        return waitFor(state.withTargets(trade.stable(), trade.canary(), seen.now()), stable, "the promoted version");
    }

    Advance giveBack() {
        boolean install = state.stableRevision() == null;
        Duration patience = plan.progressDeadline().multipliedBy(2);
        boolean late = elapsed(state.progressSince()).compareTo(patience) >= 0;
        if (install) {
            // Nothing served before, so there is nothing to give traffic back to.
            actions.add(new Action.DeleteStable());
            if (seen.canary().exists()) {
                actions.add(new Action.DeleteCanary());
            }
            if (!seen.stable().exists() && !seen.canary().exists()) {
                return end(Phase.ROLLED_BACK, ROLLED_BACK, state.reason());
            }
            return late ? end(Phase.FAILED, FAILED, state.reason() + "; the first version could not be removed") : stay(SOON);
        }
        boolean restored = state.stableRevision().equals(seen.stable().revision())
                && (state.autoscaled() || seen.stable().wanted() == state.stableReplicas())
                // What had no ready pod before may not get any now.
                && (seen.stable().rolledOut() || state.alone());
        holdFloor();
        if (canLeaveCanary(restored, late)) {
            // Stable pods are there to serve: the canary loses its traffic at once, and stable grows back to its old count.
            if (routedAway() || late && seen.traffic().split().stableOnly()) {
                actions.add(new Action.DeleteCanary());
            }
        }
        Integer replicas = state.autoscaled() ? null : Integer.valueOf(state.stableReplicas());
        if (state.restoreStable()) {
            actions.add(new Action.RestoreStable(state.stableRevision(), replicas, plan.missing() > 0));
        } else if (replicas != null) {
            actions.add(new Action.ScaleStable(replicas));
        }
        if (restored && !seen.canary().exists() && seen.traffic().split().stableOnly()) {
            return givenBack(late);
        }
        boolean leaving = restored && seen.traffic().split().stableOnly();
        if (late && leaving && elapsed(state.progressSince()).compareTo(patience.plus(LEAVING)) < 0) {
            return stay(SOON);
        }
        if (late) {
            String missing = restored ? ""
                    : "; the stable version did not get back to " + state.stableReplicas() + " ready pods" + because(seen.stable());
            String left = (seen.traffic().split().stableOnly() ? "" : "; traffic still goes to the canary") + (seen.canary().exists() ? "; the canary is still there" : "");
            return end(Phase.FAILED, FAILED, state.reason() + missing + left);
        }
        TrackStatus putBack = state.stableRevision().equals(seen.stable().revision()) ? seen.stable() : TrackStatus.absent();
        return new Advance(state.withProgress(putBack, seen.now()), actions, false, SOON, null);
    }

    /** The stable version is whole and the canary is gone: what is left is the cluster's word for where the requests go. */
    private Advance givenBack(boolean late) {
        boolean confirmed = seen.traffic().confirmed() && reachStable();
        boolean mayCome = seen.reach().problem() == null && !state.alone();
        if (!confirmed && mayCome && !late) {
            return stay(SOON);
        }
        actions.add(new Action.ApplyAutoscaler(null));
        if (!confirmed && state.alone()) {
            return end(Phase.ROLLED_BACK, ROLLED_BACK, state.reason() + "; the version before is back, which had no ready pod");
        }
        if (!confirmed) {
            String problem = seen.reach().problem() != null ? seen.reach().problem() : seen.traffic().problem();
            return end(
                    Phase.ROLLED_BACK, ROLLED_BACK,
                    state.reason() + "; that all requests reach the stable version is not confirmed" + because(problem));
        }
        actions.add(new Action.ConfirmTraffic(0, 0));
        RolloutState zero = state.weightHistory().isEmpty() ? state : state.withWeight(0, seen.now());
        return end(zero, Phase.ROLLED_BACK, ROLLED_BACK, state.reason());
    }

    /** While the stable version is being put back, a canary with a router serves on as long as it can. */
    private boolean canLeaveCanary(boolean restored, boolean late) {
        if (seen.stable().ready() == 0) {
            return false;
        }
        return !plan.routed() || !state.restoreStable() || restored || late || seen.canary().ready() == 0;
    }
}
