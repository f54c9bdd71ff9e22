package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.CanonicalText;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * Answers a rollout with metrics, look by look: a new verification for each traffic step, which share the error probability α. A verdict once given stays. What it has seen has a JSON form,
 * with which another gate goes on after a restart.
 */
public final class MetricsGate implements Gate {
    /** What is said of a canary that nobody sends requests to. */
    public static final String NO_TRAFFIC = "the preview has no traffic to judge";

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final VerifyMetricsRequest request;
    private final TrackMetrics pods;
    private final Environment environment;
    private final SharedReads shared;
    private int step = -1;
    /** What is judged, see {@link RolloutFacts#subject}. */
    private String subject;
    private VerifyState state;
    /** Whether the source of the metrics has answered at any step. */
    private boolean answered;
    private Answer verdict;
    private String unstable;
    /** Of the step; made anew when it is missing. */
    private VerifyMetrics verification;

    /** In a process that has no other one. */
    public MetricsGate(VerifyMetricsRequest request, TrackMetrics pods, Environment environment) throws DeliveryException {
        this(request, pods, environment, new SharedReads());
    }

    /**
     * @param request what to check; its selectors may be null
     * @param shared what all looks of the process share
     * @throws DeliveryException when a parameter is wrong, before the rollout begins
     */
    public MetricsGate(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, SharedReads shared) throws DeliveryException {
        this.request = request;
        this.pods = pods;
        this.environment = environment;
        this.shared = shared;
        check(request);
    }

    /** @throws DeliveryException when a parameter is wrong; nobody is asked */
    public static void check(VerifyMetricsRequest request) throws DeliveryException {
        VerifyMetricsChecks.check(request);
        AccessChecks.check(request);
    }

    @Override
    public Answer look(RolloutFacts facts) throws InterruptedException {
        if (!facts.hasTraffic()) {
            return Answer.of(Verdict.PASS, NO_TRAFFIC);
        }
        if (facts.step() != step || !facts.subject().equals(subject)) {
            step = facts.step();
            subject = facts.subject();
            state = null;
            verdict = null;
            verification = null;
        }
        if (verdict == null) {
            Answer answer = answer(facts);
            verdict = answer.verdict() == null ? null : answer;
            return answer;
        }
        return verdict;
    }

    private Answer answer(RolloutFacts facts) throws InterruptedException {
        String leftOut = facts.alone() ? request.leftOutAlone() : "";
        VerifyMetricsRequest asked = facts.alone() ? request.alone() : request;
        if (asked.checks().isEmpty()) {
            return ended(Verdict.INCONCLUSIVE, request.unjudgedAlone());
        }
        try {
            if (verification == null) {
                if (!facts.compares()) {
                    asked.checkAlone();
                }
                verification = VerifyMetrics.inRollout(asked.within(facts), facts.alone() ? TrackMetrics.inPlace(pods) : pods, environment, shared, facts.steps());
            }
            VerifyMetrics.Look look = verification.look(state == null ? started() : state);
            state = look.state();
            answered |= state.answered();
            if (look.result() == null) {
                return Answer.pending("metrics are being watched", look.nextLook());
            }
            return ended(look.result().verdict(), look.result().reason() + (leftOut.isEmpty() ? "" : "; " + leftOut));
        } catch (DeliveryException e) {
            // The gate can't see: that is no reason to go on with a canary that nobody watches.
            return new Answer(Verdict.FAIL, "the metrics could not be verified: " + e.getMessage(), Duration.ZERO);
        }
    }

    private Answer ended(Verdict found, String reason) {
        if (found == Verdict.INCONCLUSIVE && !"fail".equals(request.onInconclusive())) {
            unstable = "unstable".equals(request.onInconclusive()) ? reason : null;
            return Answer.of(Verdict.PASS, "inconclusive, which this rollout accepts: " + reason);
        }
        return Answer.of(found, reason);
    }

    /** A source that has answered at an earlier step is no wrong one. */
    private VerifyState started() {
        VerifyState start = verification.start(environment.clock().now());
        return new VerifyState(start.started(), answered, start.trouble(), 0, start.checks());
    }

    /** Why a step so far was inconclusive, which <code>onInconclusive: 'unstable'</code> lets pass and whoever runs the rollout tells at its end; null when none was. */
    public String unstable() {
        return unstable;
    }

    /** Tells these checks from others. There is no secret in it: a check has queries and limits. */
    private String checks() {
        String text = CanonicalText.of(List.of(request.checks(), request.timeout(), request.onInconclusive(), request.onPartial(), request.podWarmUp()));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * What it has seen, as JSON that {@link #restore} of this and later versions reads; null before the first look.
     * It is kept, so what servers have said is without secrets.
     */
    public String evidence() {
        if (state == null && verdict == null) {
            return null;
        }
        ObjectNode node = JSON.createObjectNode();
        node.put("version", VERSION);
        node.put("checks", checks());
        node.put("subject", subject);
        node.put("step", step);
        KnownSecrets known = environment.known();
        node.put("state", state == null ? null : state.masked(known).toJson());
        node.put("verdict", verdict == null ? null : verdict.verdict().name());
        node.put("reason", verdict == null ? null : known.mask(verdict.reason()));
        node.put("unstable", known.mask(unstable));
        node.put("answered", answered);
        return node.toString();
    }

    /**
     * Goes on from what an earlier gate of the same checks has seen. Evidence for other checks is none for these: they
     * begin anew.
     *
     * @param evidence its JSON, or null for none
     * @throws DeliveryException when it is damaged or was written by a later version
     */
    public void restore(String evidence) throws DeliveryException {
        if (evidence == null) {
            return;
        }
        try {
            JsonNode node = JSON.readTree(evidence);
            if (node.path("version").asInt() != VERSION || !node.path("step").isInt()) {
                throw DeliveryException.invalid("state", "the gate's evidence has no form that this program reads", "Start the rollout again.");
            }
            if (node.has("checks") && !node.path("checks").asText().equals(checks())) {
                return;
            }
            subject = node.path("subject").textValue();
            step = node.path("step").asInt();
            state = node.path("state").isTextual() ? VerifyState.fromJson(node.path("state").textValue()) : null;
            verdict = node.path("verdict").isTextual() ? Answer.of(Verdict.valueOf(node.path("verdict").textValue()), node.path("reason").textValue()) : null;
            unstable = node.path("unstable").textValue();
            answered = node.path("answered").asBoolean() || state != null && state.answered();
            verification = null;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "state", "the gate's evidence can't be read (" + Excerpt.of(e) + ")", "Start the rollout again.", e);
        }
    }
}
