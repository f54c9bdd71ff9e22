package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a rollout is. Small facts only, no handles: an adapter persists it before each action, and whoever reads it later goes on from it.
 *
 * @param phase the phase
 * @param started when the rollout began
 * @param phaseSince when the phase began
 * @param progressSince when the present wait for pods began: with the phase, when other pod counts were asked for, or when a rolling update came to its next pods; later by the time in which nobody could look
 *     after it
 * @param progress the most pods that the rolling update has come to
 * @param pausedMillis how long it has waited for people so far, in milliseconds
 * @param step index of the traffic step under way, from 0
 * @param onset since when the canary has had traffic, or null
 * @param stableRevision revision of the stable version before the rollout, or null when there was none (first install)
 * @param stableReplicas its replicas before the rollout
 * @param autoscaled whether somebody else sets them
 * @param stableTarget the stable track's replicas that are asked for, or -1 when they are not the machine's
 * @param canaryTarget likewise the canary track's
 * @param restoreStable whether promotion has touched the stable version, so that a rollback must put its old pod template back
 * @param revision revision of the canary
 * @param configHash hash of what its pods read of ConfigMaps and Secrets, or null
 * @param weightHistory the canary's shares of traffic that were in force, in percent, each as the cluster confirmed it
 * @param outcome <code>promoted</code>, <code>installed</code>, <code>unchanged</code>, <code>rolledBack</code> or <code>failed</code>, null while under way
 * @param reason why the rollout ends as it does; null while all is well
 * @param aborted whether the user asked for the end
 * @param judged which pods are being judged, or were judged last: the {@link TrackStatus#template} that they had when
 *     the gate was first asked; null before
 * @param alone whether the stable version had no ready pod when the rollout began, so that the new one takes its place
 *     and is judged there by its own values, see {@link RolloutPlan#alone}
 * @param evidence the sentence with which the gate let the last step pass; null before
 * @param origin what began it; null before the first look at the cluster, and in a state of a release before this field
 */
public record RolloutState(
        Phase phase,
        Instant started,
        Instant phaseSince,
        Instant progressSince,
        int progress,
        long pausedMillis,
        int step,
        Instant onset,
        String stableRevision,
        int stableReplicas,
        boolean autoscaled,
        int stableTarget,
        int canaryTarget,
        boolean restoreStable,
        String revision,
        String configHash,
        List<Integer> weightHistory,
        String outcome,
        String reason,
        boolean aborted,
        String judged,
        boolean alone,
        String evidence,
        RolloutOrigin origin) {
    static final int NO_TARGET = -1;

    public RolloutState {
        weightHistory = List.copyOf(weightHistory);
        reason = KeptText.sentence(reason);
        evidence = KeptText.sentence(evidence);
    }

    /** The state before the first tick. */
    public static RolloutState initial(Instant now, String revision) {
        return new RolloutState(
                Phase.PREPARING, now, now, now, 0, 0, 0, null, null, 0, false, NO_TARGET, NO_TARGET, false, revision, null, List.of(), null, null, false,
                null, false, null, null);
    }

    RolloutState to(Phase next, Instant now) {
        long paused = phase == Phase.PAUSED && next != Phase.PAUSED ? pausedMillis + Math.max(0, Duration.between(phaseSince, now).toMillis()) : pausedMillis;
        Changes c = new Changes(this);
        c.phase = next;
        c.phaseSince = now;
        c.progressSince = now;
        c.progress = 0;
        c.pausedMillis = paused;
        c.stableTarget = NO_TARGET;
        c.canaryTarget = NO_TARGET;
        return c.state();
    }

    RolloutState withStable(String oldRevision, int replicas, boolean scaled) {
        Changes c = new Changes(this);
        c.stableRevision = oldRevision;
        c.stableReplicas = replicas;
        c.autoscaled = scaled;
        return c.state();
    }

    RolloutState withTargets(int stable, int canary, Instant now) {
        if (stable == stableTarget && canary == canaryTarget) {
            return this;
        }
        Changes c = new Changes(this);
        c.stableTarget = stable;
        c.canaryTarget = canary;
        c.progressSince = now;
        c.progress = 0;
        return c.state();
    }

    /** A rolling update goes on to its next pods when others are ready, so each has its own time. */
    RolloutState withProgress(TrackStatus track, Instant now) {
        if (track.updated() <= progress) {
            return this;
        }
        Changes c = new Changes(this);
        c.progressSince = now;
        c.progress = track.updated();
        return c.state();
    }

    /** The present wait for pods is shorter by this time. */
    RolloutState withoutWaiting(Duration time) {
        if (time.isNegative() || time.isZero()) {
            return this;
        }
        Changes c = new Changes(this);
        c.progressSince = progressSince.plus(time);
        return c.state();
    }

    RolloutState withRevision(String newRevision, String newHash) {
        Changes c = new Changes(this);
        c.revision = newRevision;
        c.configHash = newHash;
        return c.state();
    }

    RolloutState withStep(int newStep) {
        Changes c = new Changes(this);
        c.step = newStep;
        return c.state();
    }

    RolloutState withWeight(int weight, Instant now) {
        List<Integer> history = new ArrayList<>(weightHistory);
        history.add(weight);
        Changes c = new Changes(this);
        c.onset = onset == null ? now : onset;
        c.weightHistory = history;
        return c.state();
    }

    /** The canary's share of traffic that was confirmed last, in percent; 0 before the first one. */
    int weight() {
        return weightHistory.isEmpty() ? 0 : weightHistory.get(weightHistory.size() - 1);
    }

    RolloutState withRestoreStable() {
        Changes c = new Changes(this);
        c.restoreStable = true;
        return c.state();
    }

    RolloutState withOutcome(String newOutcome, String newReason) {
        Changes c = new Changes(this);
        c.outcome = newOutcome;
        c.reason = newReason;
        return c.state();
    }

    RolloutState withAborted() {
        Changes c = new Changes(this);
        c.aborted = true;
        return c.state();
    }

    /** The gate is asked about the pods of this template. */
    RolloutState withJudged(String template) {
        Changes c = new Changes(this);
        c.judged = template;
        return c.state();
    }

    /** There is no version that could be compared with. */
    RolloutState withAlone() {
        Changes c = new Changes(this);
        c.alone = true;
        return c.state();
    }

    /** A step has passed, and this is why. */
    RolloutState withEvidence(String sentence) {
        Changes c = new Changes(this);
        c.evidence = sentence;
        return c.state();
    }

    /** The same without secrets in what clusters, servers and bodies have said. */
    RolloutState masked(KnownSecrets known) {
        return withOutcome(outcome, known.mask(reason)).withEvidence(known.mask(evidence));
    }

    RolloutState withOrigin(RolloutOrigin newOrigin) {
        Changes c = new Changes(this);
        c.origin = newOrigin;
        return c.state();
    }

    /** The JSON form, which {@link #fromJson} of this and later versions reads. */
    public String toJson() {
        return RolloutJson.write(this);
    }

    /**
     * Reads the JSON form; fields that this version does not know are ignored.
     *
     * @throws DeliveryException when it is damaged or was written by a later version
     */
    public static RolloutState fromJson(String json) throws DeliveryException {
        return RolloutJson.read(json);
    }

    /** A copy under change. */
    private static final class Changes {
        private final RolloutState from;
        private Phase phase;
        private Instant phaseSince;
        private Instant progressSince;
        private int progress;
        private long pausedMillis;
        private int step;
        private Instant onset;
        private String stableRevision;
        private int stableReplicas;
        private boolean autoscaled;
        private int stableTarget;
        private int canaryTarget;
        private boolean restoreStable;
        private String revision;
        private String configHash;
        private List<Integer> weightHistory;
        private String outcome;
        private String reason;
        private boolean aborted;
        private String judged;
        private boolean alone;
        private String evidence;
        private RolloutOrigin origin;

        Changes(RolloutState from) {
            this.from = from;
            phase = from.phase;
            phaseSince = from.phaseSince;
            progressSince = from.progressSince;
            progress = from.progress;
            pausedMillis = from.pausedMillis;
            step = from.step;
            onset = from.onset;
            stableRevision = from.stableRevision;
            stableReplicas = from.stableReplicas;
            autoscaled = from.autoscaled;
            stableTarget = from.stableTarget;
            canaryTarget = from.canaryTarget;
            restoreStable = from.restoreStable;
            revision = from.revision;
            configHash = from.configHash;
            weightHistory = from.weightHistory;
            outcome = from.outcome;
            reason = from.reason;
            aborted = from.aborted;
            judged = from.judged;
            alone = from.alone;
            evidence = from.evidence;
            origin = from.origin;
        }

        RolloutState state() {
            return new RolloutState(
                    phase, from.started, phaseSince, progressSince, progress, pausedMillis, step, onset, stableRevision, stableReplicas, autoscaled, stableTarget,
                    canaryTarget, restoreStable, revision, configHash, weightHistory, outcome, reason, aborted, judged, alone, evidence, origin);
        }
    }

    /**
     * The end of an undo that found a rollout that had not ended, and rolled it back: what the stable version ran before
     * is what it runs now.
     */
    RolloutState undone(Instant now) {
        return withRevision(stableRevision, null)
                .withOutcome("unchanged", "the rollout of revision " + revision + ", which had not ended, was rolled back")
                .to(Phase.COMPLETED, now);
    }
}
