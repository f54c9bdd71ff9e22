package io.jenkins.plugins.mldelivery.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The JSON form of a {@link RolloutState}. Version 1 had neither pauses nor autoscaling nor pod targets. */
final class RolloutJson {
    /** Version that is written; all up to it are read. */
    static final int VERSION = 2;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REPLICA_RATIO = "replicaRatio";
    private static final String GATEWAY = "gateway";
    private static final String ISTIO = "istio";
    private static final String NGINX = "nginx";

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
        node.put("judged", state.judged());
        node.put("alone", state.alone());
        node.put("evidence", state.evidence());
        if (state.origin() != null) {
            write(state.origin(), node.putObject("origin"));
        }
        return node.toString();
    }

    private static void write(RolloutOrigin origin, ObjectNode node) {
        node.put("request", origin.request());
        node.put("kind", origin.kind().name());
        node.put("maxSurge", origin.maxSurge());
        node.put("image", origin.image());
        RolloutPlace place = origin.place();
        node.putObject("place")
                .put("cluster", place.cluster()).put("server", place.server()).put("namespace", place.namespace());
        ObjectNode traffic = node.putObject("traffic");
        if (origin.traffic() instanceof TrafficKind.Gateway t) {
            traffic.put("kind", GATEWAY).put("route", t.route());
        } else if (origin.traffic() instanceof TrafficKind.Istio t) {
            traffic.put("kind", ISTIO)
                    .put("virtualService", t.virtualService()).put("destinationRule", t.destinationRule());
        } else if (origin.traffic() instanceof TrafficKind.Nginx t) {
            traffic.put("kind", NGINX).put("ingress", t.ingress());
        } else if (origin.traffic() instanceof TrafficKind.ReplicaRatio) {
            traffic.put("kind", REPLICA_RATIO);
        } else {
            throw new IllegalStateException("a kind of traffic without a JSON form: " + origin.traffic());
        }
    }

    private static RolloutOrigin origin(JsonNode node) {
        if (!node.isObject()) {
            return null;
        }
        JsonNode place = node.path("place");
        return new RolloutOrigin(
                text("request", node), new RolloutPlace(
                        place.path("cluster").textValue(), text("server", place), place.path("namespace").textValue()),
                RolloutPlan.Kind.valueOf(node.path("kind").asText()), traffic(node.path("traffic")),
                node.path("maxSurge").isNull() || node.path("maxSurge").isMissingNode()
                        ? null : Integer.valueOf(number("maxSurge", node.path("maxSurge"))),
                node.path("image").textValue());
    }

    private static TrafficKind traffic(JsonNode node) {
        return switch (node.path("kind").asText()) {
            case REPLICA_RATIO -> new TrafficKind.ReplicaRatio();
            case GATEWAY -> new TrafficKind.Gateway(text("route", node));
            case ISTIO -> new TrafficKind.Istio(text("virtualService", node), node.path("destinationRule").textValue());
            case NGINX -> new TrafficKind.Nginx(text("ingress", node));
            default -> throw new IllegalArgumentException("its traffic is of no known kind");
        };
    }

    private static String text(String field, JsonNode node) {
        String text = node.path(field).textValue();
        if (text == null) {
            throw new IllegalArgumentException("it has no " + field);
        }
        return text;
    }

    static RolloutState read(String json) throws DeliveryException {
        try {
            JsonNode node = JSON.readTree(json);
            if (!node.path("version").isInt()) {
                throw new IllegalArgumentException(node.isMissingNode() ? "it is empty" : "it has no version");
            }
            int version = node.path("version").asInt();
            if (version < 1 || version > VERSION) {
                throw DeliveryException.invalid(
                        "state", "the rollout's state has the version " + version + ", this program reads up to " + VERSION,
                        "Go on with the version of ML Delivery that began the rollout.");
            }
            List<Integer> weights = new ArrayList<>();
            node.path("weightHistory").forEach(w -> weights.add(number("weightHistory", w)));
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
                    text("revision", node),
                    node.path("configHash").textValue(),
                    weights,
                    node.path("outcome").textValue(),
                    node.path("reason").textValue(),
                    node.path("aborted").asBoolean(),
                    node.path("judged").textValue(),
                    node.path("alone").asBoolean(),
                    node.path("evidence").textValue(),
                    origin(node.path("origin")));
        } catch (JsonProcessingException | IllegalArgumentException | java.time.DateTimeException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "state", "the rollout's state can't be read (" + Excerpt.of(e) + ")",
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
