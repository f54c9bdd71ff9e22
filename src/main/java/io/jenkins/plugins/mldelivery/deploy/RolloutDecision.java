package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the phases of the state machine have in common: what a decision is made of, and the moves that there are. */
class RolloutDecision {
    static final Duration SOON = Duration.ofMillis(500);
    static final Duration NOW = Duration.ZERO;
    /** Endpoints follow the pods within a second or so, and are not watched. */
    private static final Duration FOLLOWING = Duration.ofMillis(700);
    /** What a Service leads to is put right by applying it again, not more often than this. */
    private static final Duration PUT_RIGHT = Duration.ofSeconds(5);
    static final int ALL = 100;
    static final String ROLLED_BACK = "rolledBack";
    static final String FAILED = "failed";
    static final String UNCHANGED = "the stable version already is this revision";

    final RolloutPlan plan;
    final RolloutState state;
    final Observation seen;
    final List<Action> actions;

    RolloutDecision(RolloutPlan plan, RolloutState state, Observation seen, List<Action> actions) {
        this.plan = plan;
        this.state = state;
        this.seen = seen;
        this.actions = actions;
    }

    final TrafficStep step() {
        return plan.steps().get(state.step());
    }

    final PodCounts counts() {
        return plan.pods(state.step(), state.stableReplicas(), state.autoscaled());
    }

    final void holdFloor() {
        if (plan.autoscaled() && state.stableRevision() != null) {
            actions.add(new Action.ApplyAutoscaler(state.stableReplicas()));
        }
    }

    /** Asks for a split if it is not there, and says whether it is in force. */
    final boolean inForce(TrafficSplit split) {
        if (!plan.routed()) {
            return true;
        }
        boolean there = seen.traffic().split().equals(split) && seen.traffic().confirmed();
        if (!there) {
            // Also when it was asked for already: the object may have rules that differ. Where all is as wanted, nothing is written.
            actions.add(new Action.Route(split));
        }
        return there;
    }

    final boolean routedAway() {
        return inForce(TrafficSplit.STABLE_ONLY);
    }

    /** Whether Services and endpoints bear a split out that is in force for whoever routes. */
    final boolean reached(TrafficSplit split) {
        Reach reach = seen.reach();
        if (reach.problem() != null) {
            return false;
        }
        if (plan.routed()) {
            return split.stableOnly() || reach.canary() > 0;
        }
        return reach.canary() == seen.canary().ready() && reach.stable() == seen.stable().ready();
    }

    /** Whether all requests reach the stable track. */
    final boolean reachStable() {
        Reach reach = seen.reach();
        return reach.problem() == null && reach.canary() == 0 && (reach.stable() > 0 || seen.stable().wanted() == 0);
    }

    /** Waits until endpoints have followed; Services that lead elsewhere are put right. */
    final Advance follow(String what) {
        String problem = seen.reach().problem();
        if (elapsed(state.progressSince()).compareTo(plan.progressDeadline()) >= 0) {
            return rollBack(state, tooLate(what) + because(problem));
        }
        return new Advance(state, actions, false, problem == null ? FOLLOWING : putRight(), null);
    }

    final Duration putRight() {
        actions.add(new Action.ApplyObjects());
        return PUT_RIGHT;
    }

    /** The canary's share of a split that is in force, in percent. */
    final double share(TrafficSplit split) {
        return plan.routed() ? split.weight() : seen.reach().share();
    }

    /** The track if it runs what is rolled out; what an older rollout left there says nothing about this one. */
    final TrackStatus ofPlan(TrackStatus track) {
        return isOfPlan(track) ? track : TrackStatus.absent();
    }

    /** Whether the track is there and runs what is rolled out. */
    final boolean isOfPlan(TrackStatus track) {
        return track.exists() && plan.revision().equals(track.revision());
    }

    final Advance waitFor(TrackStatus track, String what) {
        return waitFor(state, track, what);
    }

    final Advance waitFor(RolloutState next, TrackStatus track, String what) {
        if (track.hopeless()) {
            return rollBack(next, what + " can't get ready" + because(track));
        }
        return track.stuck() ? rollBack(next, tooLate(what) + because(track)) : waitFor(next.withProgress(track, seen.now()), track.problem(), what);
    }

    final Advance waitFor(RolloutState next, String problem, String what) {
        if (elapsed(next.progressSince()).compareTo(plan.progressDeadline()) >= 0) {
            return rollBack(next, tooLate(what) + because(problem));
        }
        return new Advance(next, actions, false, SOON, null);
    }

    final String tooLate(String what) {
        return what + " did not get ready within " + plan.progressDeadline().toSeconds() + " s";
    }

    static String because(TrackStatus track) {
        return because(track.problem());
    }

    static String because(String problem) {
        return problem == null ? "" : ": " + problem;
    }

    /** Why it is promoted: what the gate said when it let the last step pass. */
    static String evidence(String what, RolloutState passed) {
        return what + (passed.evidence() == null ? " passed its checks" : " passed: " + passed.evidence());
    }

    /** The same of all steps, of which the evidence is the last one's. */
    final String everyStep(RolloutState passed) {
        String sentence = passed.evidence();
        return plan.steps().size() > 1 && sentence != null ? "every step passed, the last one by: " + sentence : evidence("every step", passed);
    }

    /** The gate has said why already, and the end says it: not once more in between. */
    final Advance rollBackJudged(String reason) {
        Advance back = rollBack(state, reason);
        String to = state.stableRevision() == null ? "" : " to revision " + state.stableRevision();
        return new Advance(back.state(), back.actions(), back.asksGate(), back.wakeUp(), "rolling back" + to);
    }

    final Advance rollBack(RolloutState from, String reason) {
        if (from.phase() == Phase.PREPARING) {
            return end(from, Phase.ROLLED_BACK, ROLLED_BACK, reason);
        }
        RolloutState next = from.withOutcome(null, reason).to(Phase.ROLLING_BACK, seen.now());
        actions.removeIf(a -> !(a instanceof Action.HoldLease));
        return new Advance(next, actions, false, NOW, "rolling back: " + reason);
    }

    /** Ended well: the autoscaler gets its freedom back, and what is no longer wanted goes. */
    final Advance finished(RolloutState from, String outcome, String reason) {
        actions.add(new Action.ApplyAutoscaler(null));
        actions.add(new Action.PruneObjects());
        return end(from, Phase.COMPLETED, outcome, reason);
    }

    final Advance end(Phase phase, String outcome, String reason) {
        return end(state, phase, outcome, reason);
    }

    final Advance end(RolloutState from, Phase phase, String outcome, String reason) {
        List<Action> all = new ArrayList<>(actions);
        all.removeIf(Action.HoldLease.class::isInstance);
        all.add(new Action.ReleaseLease());
        return new Advance(from.withOutcome(outcome, reason).to(phase, seen.now()), all, false, NOW, null);
    }

    final Advance go(RolloutState next, String news) {
        return new Advance(next, actions, false, NOW, news);
    }

    final Advance stay(Duration wakeUp) {
        return new Advance(state, actions, false, wakeUp, null);
    }

    /** How long it has taken so far, without the time that it has waited for people. */
    final Duration worked() {
        Duration paused = Duration.ofMillis(state.pausedMillis());
        return elapsed(state.started()).minus(state.phase() == Phase.PAUSED ? paused.plus(elapsed(state.phaseSince())) : paused);
    }

    final Duration elapsed(Instant since) {
        Duration elapsed = Duration.between(since, seen.now());
        return elapsed.isNegative() ? Duration.ZERO : elapsed;
    }

    static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
