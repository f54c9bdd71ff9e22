package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.verify.source.SampleTimes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * The evidence of a metrics gate: immutable, small, with a versioned JSON form.
 *
 * @param started when the wait began
 * @param answered whether the source has ever answered
 * @param trouble what is wrong with the source at present, or null
 * @param incomplete looks in which an answer was not complete, whether it was taken or not
 * @param checks the checks' evidence, in the order of the request
 */
public record VerifyState(Instant started, boolean answered, String trouble, int incomplete, List<CheckState> checks) {
    /** Characters of a reason, which may quote a server's error, and of the trouble: far more than the engine's own have. */
    static final int MAX_REASON = 2_000;

    private static final int VERSION = 6;
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new EvidenceTexts())
            .setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    public VerifyState {
        checks = List.copyOf(checks);
        if (incomplete < 0) {
            throw new IllegalArgumentException("it has " + incomplete + " looks");
        }
        if (!SampleTimes.isTime(started.getEpochSecond() * 1000.0)) {
            throw new DateTimeException("it began at " + started);
        }
    }

    /** Without incomplete answers. */
    public VerifyState(Instant started, boolean answered, String trouble, List<CheckState> checks) {
        this(started, answered, trouble, 0, checks);
    }

    /**
     * This state, which somebody else says follows another one: it must be of the same wait, and what was decided stays.
     *
     * @throws DeliveryException when it is of another one
     */
    public VerifyState following(VerifyState before) throws DeliveryException {
        if (!started.equals(before.started) || checks.size() != before.checks.size()) {
            throw DeliveryException.invalid("state", "the evidence is of another wait", "Start the verification again.");
        }
        List<CheckState> kept = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            kept.add(before.checks.get(i).verdict() == null ? checks.get(i) : before.checks.get(i));
        }
        return new VerifyState(started, answered, trouble, incomplete, kept);
    }

    /** The same with reasons of at most so many characters, and so the trouble. */
    VerifyState withReasonsOf(int length) {
        List<CheckState> cut = checks.stream().map(c -> c.decided(c.verdict(), Excerpt.of(c.reason(), length))).toList();
        return new VerifyState(started, answered, trouble == null ? null : Excerpt.of(trouble, length), incomplete, cut);
    }

    /** The same without secrets in what servers have said. */
    public VerifyState masked(KnownSecrets known) {
        List<CheckState> clean = checks.stream().map(c -> c.decided(c.verdict(), known.mask(c.reason()))).toList();
        return new VerifyState(started, answered, known.mask(trouble), incomplete, clean);
    }

    /** The JSON form, which {@link #fromJson} of this and later versions reads. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("version", VERSION);
        node.put("started", started.toString());
        node.put("answered", answered);
        node.put("trouble", trouble);
        node.put("incomplete", incomplete);
        node.set("checks", JSON.valueToTree(checks));
        return node.toString();
    }

    /**
     * Reads the JSON form, which may be from an agent: what it says is checked, so that whoever goes on from it gets numbers that can
     * be.
     *
     * @throws DeliveryException when it is damaged or was written by a later version
     */
    public static VerifyState fromJson(String json) throws DeliveryException {
        try {
            JsonNode node = JSON.readTree(json);
            int version = node.path("version").asInt();
            if (version >= 1 && version < VERSION && node.path("checks").isArray() && node.has("started")) {
                // Its evidence has another form. The wait goes on, and the evidence begins anew, which is valid at any time.
                return new VerifyState(Instant.parse(node.path("started").asText()), node.path("answered").asBoolean(), null, Collections.nCopies(node.path("checks").size(), CheckState.initial()));
            }
            if (version != VERSION) {
                throw DeliveryException.invalid("state", "the evidence has the version " + version + ", this program reads " + VERSION, "Start the verification again.");
            }
            if (!node.path("checks").isArray() || StreamSupport.stream(node.path("checks").spliterator(), false).anyMatch(check -> !check.isObject())) {
                throw DeliveryException.invalid("state", "the evidence has no checks", "Start the verification again.");
            }
            return new VerifyState(
                    Instant.parse(node.path("started").asText()), node.path("answered").asBoolean(), node.path("trouble").textValue(), node.path("incomplete").asInt(),
                    List.of(JSON.treeToValue(node.path("checks"), CheckState[].class)));
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
            throw new DeliveryException(DeliveryException.Kind.INVALID_INPUT, "state", "the evidence can't be read (" + Excerpt.of(e) + ")", "Start the verification again.", e);
        }
    }
}
