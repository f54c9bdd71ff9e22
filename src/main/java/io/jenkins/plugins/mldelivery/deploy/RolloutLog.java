package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells the user what a rollout does and sees: each thing once, not once a look. */
final class RolloutLog {
    /** Kinds of problems that are told at most: the names in them are the cluster's. */
    private static final int MAX_PROBLEMS = 200;
    private static final String STABLE_LOST = "the stable version has no ready pod any more; until it has one, only checks with a limit of their own"
            + " (acceptable, threshold, expression) can judge the canary";
    /** Phases in which requests have to reach the versions. */
    private static final Set<Phase> UNDER_WAY = EnumSet.of(Phase.SHIFTING_TRAFFIC, Phase.ANALYSING, Phase.PAUSED, Phase.PROMOTING, Phase.ROLLING_BACK);

    private final DeployModelRequest request;
    private final Target target;
    private boolean toldPolling;
    private boolean toldBelieving;
    private final Environment environment;
    private final Set<String> toldProblems = new HashSet<>();
    private String lastHolder;

    private final boolean undo;

    /** @param undo whether the version before is brought back */
    RolloutLog(DeployModelRequest request, boolean undo, Target target, Environment environment) {
        this.request = request;
        this.undo = undo;
        this.target = target;
        this.environment = environment;
    }

    private String title() {
        return request.name() + " in namespace " + request.namespace() + ": "
                + (undo ? "back to the version before" : request.image());
    }

    /** The rollout begins. */
    void begins(Instant now) {
        environment.events().accept(new Event.Started(now, Event.Stage.DEPLOY, title()));
    }

    /** A rollout that did not end goes on. */
    void goesOn(RolloutState state) {
        environment.info(
                Event.Stage.DEPLOY,
                "going on with the rollout of " + title() + ", which was in the phase " + state.phase().words());
    }

    /** What becomes of a rollout that did not end. */
    void old(RolloutState state, String fate) {
        environment.info(Event.Stage.DEPLOY, title(state) + fate);
    }

    private static String title(RolloutState old) {
        return "the rollout of revision " + old.revision() + ", which was in the phase " + old.phase().words() + ", ";
    }

    /** What is said when the state of a rollout that did not end belongs to another cluster. */
    DeliveryException elsewhere(RolloutState state, RolloutOrigin now, StateStore kept) {
        return DeliveryException.refused(
                kept.parameter(), title(state) + "is one of " + now.place().differsFrom(state.origin().place()),
                "Deploy to that cluster to end it there, or, if it is gone, " + kept.beginningAnew() + ".", null);
    }

    /** A rollout of another request, after which this one begins, has ended. */
    void endedFirst(RolloutState ended) {
        environment.info(
                Event.Stage.DEPLOY, "the rollout of revision " + ended.revision() + " has ended: "
                        + (ended.phase() == Phase.ROLLED_BACK ? "it was rolled back" : ended.reason()));
    }

    /** What is said when the cluster refuses the way back. */
    DeliveryException notUndone(String reason, DeliveryException why) {
        return new DeliveryException(
                why.kind(), null,
                reason.replaceAll("\\.$", "") + "; the rollout of " + request.namespace() + "/" + request.name()
                        + " could not be undone: " + why.getMessage().replaceAll("\\.$", ""),
                "Run the same deployment again when this is mended: it takes the rollout over.", why);
    }

    /** What the cluster says that is news: who else is at work, why pods are not ready, how many are. */
    void told(Phase phase, Observation seen) throws DeliveryException, InterruptedException {
        if (phase == Phase.PREPARING && seen.leaseHolder() != null && !seen.leaseHolder().equals(lastHolder)) {
            lastHolder = seen.leaseHolder();
            environment.info(Event.Stage.DEPLOY, "waiting: the model is being rolled out by " + lastHolder);
        }
        for (String warning : seen.warnings()) {
            if (toldProblems.size() < MAX_PROBLEMS && toldProblems.add(kind(warning))) {
                environment.warn(Event.Stage.DEPLOY, warning);
            }
        }
        told(seen.canary().problem() != null ? Track.CANARY : Track.STABLE, seen.canary().problem() != null ? seen.canary().problem() : seen.stable().problem());
        String lost = seen.reach().problem();
        if (lost != null && UNDER_WAY.contains(phase) && toldProblems.size() < MAX_PROBLEMS && toldProblems.add(kind(lost))) {
            environment.warn(Event.Stage.DEPLOY, lost);
        }
        tellIfAlone(phase, seen);
        TrackStatus moving = phase == Phase.PROMOTING || phase == Phase.ROLLING_BACK ? seen.stable() : seen.canary();
        if (moving.exists() && !moving.rolledOut() && phase != Phase.PREPARING) {
            environment.events().accept(new Event.Progress(
                    seen.now(), Event.Stage.DEPLOY, phase.words(), Math.min(moving.updatedReady(), moving.wanted()), moving.wanted(), "pods ready"));
        }
    }

    /** Nobody is left to compare the canary with: it goes on, and can pass by limits of its own. */
    private void tellIfAlone(Phase phase, Observation seen) {
        boolean isJudged = (phase == Phase.SHIFTING_TRAFFIC || phase == Phase.ANALYSING) && seen.canary().exists() && seen.canary().ready() > 0;
        if (isJudged && seen.stable().exists() && seen.stable().wanted() > 0 && seen.stable().ready() == 0 && toldProblems.add(STABLE_LOST)) {
            environment.warn(Event.Stage.DEPLOY, STABLE_LOST);
        }
    }

    /**
     * Once for a problem, whichever pod is the first to have it at a look. What stands behind the colon is the cluster's wording, which alternates for the same trouble while a kubelet backs off.
     */
    private void told(Track track, String problem) throws DeliveryException, InterruptedException {
        if (problem == null || toldProblems.size() >= MAX_PROBLEMS || !toldProblems.add(track + kind(problem).replaceFirst("^pod \\S+", ""))) {
            return;
        }
        List<String> lines = target.lastLines(track);
        environment.warn(Event.Stage.DEPLOY, problem + (lines.isEmpty() ? "" : "; its last lines:"));
        // Each a note of its own, since a note is one line, and marked, since the pod chose the words.
        lines.forEach(line -> environment.info(Event.Stage.DEPLOY, "  | " + line));
    }

    private static String kind(String problem) {
        int colon = problem.indexOf(':');
        return KeptText.name(colon < 0 ? problem : problem.substring(0, colon));
    }

    /** The traffic step that begins. */
    void step(RolloutPlan whole, RolloutState state) {
        RolloutPlan plan = whole.of(state);
        TrafficSplit split = plan.steps().get(state.step()).split();
        PodCounts counts = plan.pods(state.step(), state.stableReplicas(), state.autoscaled());
        String nearest = plan.routed() || Math.abs(counts.share() - split.weight()) < 0.5 ? "" : String.format(
                Locale.ROOT, " (the nearest that %d pods allow: %.0f %%)", counts.stable() + counts.canary(), counts.share());
        String traffic = split.mirror() > 0
                ? "copies of " + split.mirror() + " % of the traffic"
                : split.weight() == 0 ? "no traffic" : split.weight() + " % of the traffic";
        environment.info(Event.Stage.DEPLOY, String.format(
                Locale.ROOT, "step %d of %d: %s to the canary%s, %d canary and %d stable pods",
                state.step() + 1, plan.steps().size(), traffic, nearest, counts.canary(), counts.stable()));
    }

    /** A split that is in force now. */
    void confirmed(Action action, Instant now) {
        if (action instanceof Action.ConfirmTraffic t) {
            environment.events().accept(new Event.TrafficShifted(now, request.name(), t.weight(), t.share()));
        }
    }

    /** Says once what the rollout may not see. */
    void missing(boolean watch, boolean endpoints) {
        if (watch && !toldPolling) {
            toldPolling = true;
            environment.info(Event.Stage.DEPLOY, "watching is not permitted, so the cluster is polled");
        }
        if (endpoints && !toldBelieving) {
            toldBelieving = true;
            environment.info(Event.Stage.DEPLOY, "endpointslices can't be listed, so the split of the traffic is "
                    + "confirmed by selectors and ready pods alone");
        }
    }

    /** The rollout has ended like this. */
    DeployModelResult ended(RolloutState state, Instant now) {
        DeployModelResult result = new DeployModelResult(
                state.outcome(), state.phase() == Phase.COMPLETED ? state.revision() : state.stableRevision(),
                state.weightHistory(), target.url(), Duration.between(state.started(), now).toSeconds(), state.reason());
        boolean decided = state.phase() != Phase.FAILED && !"unchanged".equals(state.outcome());
        if (decided) {
            environment.events().accept(new Event.Decided(now, request.name(), result.ok(), versions(state), state.reason()));
        }
        if (RolloutDecision.UNCHANGED.equals(state.reason())) {
            environment.info(Event.Stage.DEPLOY, "the pods stay; the Service and the other objects of the model were brought in line with this request");
        }
        if (RolloutDecision.UNCHANGED.equals(state.reason()) && !request.image().contains("@")) {
            environment.info(Event.Stage.DEPLOY, "the image has the same tag as before; whether another one was pushed under it is not looked at: give the image by its digest, name@sha256:\u2026");
        }
        String words = "rolledBack".equals(state.outcome()) ? "rolled back" : state.outcome();
        environment.events().accept(new Event.Finished(
                now, Event.Stage.DEPLOY, result.ok(), request.name() + ": " + words + (decided ? "" : ", " + state.reason())));
        return result;
    }

    /** Of which version is which now. */
    private static String versions(RolloutState state) {
        String title = "revision " + state.revision();
        if (state.stableRevision() == null) {
            return title;
        }
        return title + (state.phase() == Phase.COMPLETED ? " replaces " : ", back to ") + state.stableRevision();
    }
}
