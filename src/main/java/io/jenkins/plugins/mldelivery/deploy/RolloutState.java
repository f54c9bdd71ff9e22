package io.jenkins.plugins.mldelivery.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a rollout is. Small facts only, no handles: an adapter persists it before each action, and whoever reads it later goes on from it.
 *
 * @param phase the phase
 * @param started when the rollout began
 * @param phaseSince when the phase began
 * @param step index of the traffic step under way, from 0; meaningful from {@link Phase#SHIFTING_TRAFFIC} on
 * @param onset since when the canary has had traffic, or null
 * @param stableRevision revision of the stable version before the rollout, or null when there was none (first install)
 * @param stableReplicas its replicas before the rollout
 * @param restoreStable whether promotion has touched the stable version, so that a rollback must put its old pod template back
 * @param revision revision of the canary
 * @param weightHistory the confirmed shares of traffic
 * @param outcome <code>promoted</code>, <code>installed</code>, <code>unchanged</code> or <code>rolledBack</code>, null while under way
 * @param reason why the rollout ends as it does; null while all is well
 * @param aborted whether the user asked for the end
 */
public record RolloutState(
        Phase phase,
        Instant started,
        Instant phaseSince,
        int step,
        Instant onset,
        String stableRevision,
        int stableReplicas,
        boolean restoreStable,
        String revision,
        List<Integer> weightHistory,
        String outcome,
        String reason,
        boolean aborted) {
    /** Version of the JSON form. */
    static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    public RolloutState {
        weightHistory = List.copyOf(weightHistory);
    }

    /** The state before the first tick. */
    public static RolloutState initial(Instant now, String revision) {
        return new RolloutState(
                Phase.PREPARING, now, now, 0, null, null, 0, false, revision, List.of(), null, null, false);
    }

    RolloutState to(Phase next, Instant now) {
        return new RolloutState(
                next, started, now, step, onset, stableRevision, stableReplicas, restoreStable, revision, weightHistory,
                outcome, reason, aborted);
    }

    RolloutState withStable(String oldRevision, int replicas) {
        return new RolloutState(
                phase, started, phaseSince, step, onset, oldRevision, replicas, restoreStable, revision, weightHistory,
                outcome, reason, aborted);
    }

    RolloutState withStep(int newStep) {
        return new RolloutState(
                phase, started, phaseSince, newStep, onset, stableRevision, stableReplicas, restoreStable, revision,
                weightHistory, outcome, reason, aborted);
    }

    RolloutState withWeight(int weight, Instant now) {
        List<Integer> history = new ArrayList<>(weightHistory);
        history.add(weight);
        return new RolloutState(
                phase, started, phaseSince, step, onset == null ? now : onset, stableRevision, stableReplicas,
                restoreStable, revision, history, outcome, reason, aborted);
    }

    RolloutState withRestoreStable() {
        return new RolloutState(
                phase, started, phaseSince, step, onset, stableRevision, stableReplicas, true, revision, weightHistory,
                outcome, reason, aborted);
    }

    RolloutState withOutcome(String newOutcome, String newReason) {
        return new RolloutState(
                phase, started, phaseSince, step, onset, stableRevision, stableReplicas, restoreStable, revision,
                weightHistory, newOutcome, newReason, aborted);
    }

    RolloutState withAborted() {
        return new RolloutState(
                phase, started, phaseSince, step, onset, stableRevision, stableReplicas, restoreStable, revision,
                weightHistory, outcome, reason, true);
    }

    /** The JSON form, which {@link #fromJson} of this and later versions reads. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("version", VERSION);
        node.put("phase", phase.name());
        node.put("started", started.toString());
        node.put("phaseSince", phaseSince.toString());
        node.put("step", step);
        node.put("onset", onset == null ? null : onset.toString());
        node.put("stableRevision", stableRevision);
        node.put("stableReplicas", stableReplicas);
        node.put("restoreStable", restoreStable);
        node.put("revision", revision);
        ArrayNode weights = node.putArray("weightHistory");
        weightHistory.forEach(weights::add);
        node.put("outcome", outcome);
        node.put("reason", reason);
        node.put("aborted", aborted);
        return node.toString();
    }

    private static int number(String field, JsonNode value) {
        if (!value.canConvertToInt() || value.asInt() < 0) {
            throw new IllegalArgumentException("its " + field + " is no number");
        }
        return value.asInt();
    }

    /**
     * Reads the JSON form; fields that this version does not know are ignored.
     *
     * @throws DeliveryException when it is damaged or was written by a later version
     */
    public static RolloutState fromJson(String json) throws DeliveryException {
        try {
            JsonNode node = JSON.readTree(json);
            int version = node.path("version").asInt(0);
            if (version < 1 || version > VERSION) {
                throw DeliveryException.invalid(
                        "state", "the rollout's state has the version " + version + ", this program reads up to " + VERSION,
                        "Go on with the version of ML Delivery that began the rollout.");
            }
            List<Integer> weights = new ArrayList<>();
            node.path("weightHistory").forEach(w -> weights.add(number("weightHistory", w)));
            if (!node.path("revision").isTextual()) {
                throw new IllegalArgumentException("it has no revision");
            }
            return new RolloutState(
                    Phase.valueOf(node.path("phase").asText()),
                    Instant.parse(node.path("started").asText()),
                    Instant.parse(node.path("phaseSince").asText()),
                    number("step", node.path("step")),
                    node.path("onset").isTextual() ? Instant.parse(node.path("onset").asText()) : null,
                    node.path("stableRevision").textValue(),
                    number("stableReplicas", node.path("stableReplicas")),
                    node.path("restoreStable").asBoolean(),
                    node.path("revision").textValue(),
                    weights,
                    node.path("outcome").textValue(),
                    node.path("reason").textValue(),
                    node.path("aborted").asBoolean());
        } catch (JsonProcessingException | IllegalArgumentException | java.time.DateTimeException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "state", "the rollout's state can't be read (" + e.getMessage() + ")",
                    "Restore the file, or remove it and start the rollout anew.", e);
        }
    }
}
