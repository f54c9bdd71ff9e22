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

/** The JSON form of a {@link RolloutState}. Version 1 had neither pauses nor autoscaling nor pod targets. */
final class RolloutJson {
    /** Version that is written; all up to it are read. */
    static final int VERSION = 2;

    private static final ObjectMapper JSON = new ObjectMapper();

    private RolloutJson() {}

    static String write(RolloutState state) {
        ObjectNode node = JSON.createObjectNode();
        node.put("version", VERSION);
        node.put("phase", state.phase().name());
        node.put("started", state.started().toString());
        node.put("phaseSince", state.phaseSince().toString());
        node.put("progressSince", state.progressSince().toString());
        node.put("progress", state.progress());
        node.put("pausedMillis", state.pausedMillis());
        node.put("step", state.step());
        node.put("onset", state.onset() == null ? null : state.onset().toString());
        node.put("stableRevision", state.stableRevision());
        node.put("stableReplicas", state.stableReplicas());
        node.put("autoscaled", state.autoscaled());
        node.put("stableTarget", state.stableTarget());
        node.put("canaryTarget", state.canaryTarget());
        node.put("restoreStable", state.restoreStable());
        node.put("revision", state.revision());
        node.put("configHash", state.configHash());
        ArrayNode weights = node.putArray("weightHistory");
        state.weightHistory().forEach(weights::add);
        node.put("outcome", state.outcome());
        node.put("reason", state.reason());
        node.put("aborted", state.aborted());
        return node.toString();
    }

    static RolloutState read(String json) throws DeliveryException {
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
            Instant phaseSince = Instant.parse(node.path("phaseSince").asText());
            return new RolloutState(
                    Phase.valueOf(node.path("phase").asText()),
                    Instant.parse(node.path("started").asText()),
                    phaseSince,
                    node.has("progressSince") ? Instant.parse(node.path("progressSince").asText()) : phaseSince,
                    node.path("progress").asInt(0),
                    node.path("pausedMillis").asLong(0),
                    number("step", node.path("step")),
                    node.path("onset").isTextual() ? Instant.parse(node.path("onset").asText()) : null,
                    node.path("stableRevision").textValue(),
                    number("stableReplicas", node.path("stableReplicas")),
                    node.path("autoscaled").asBoolean(),
                    node.path("stableTarget").asInt(RolloutState.NO_TARGET),
                    node.path("canaryTarget").asInt(RolloutState.NO_TARGET),
                    node.path("restoreStable").asBoolean(),
                    node.path("revision").textValue(),
                    node.path("configHash").textValue(),
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

    private static int number(String field, JsonNode value) {
        if (!value.canConvertToInt() || value.asInt() < 0) {
            throw new IllegalArgumentException("its " + field + " is not a number");
        }
        return value.asInt();
    }
}
