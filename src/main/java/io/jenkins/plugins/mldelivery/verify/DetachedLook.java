package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Commands;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * The first half of a look ({@link VerifyMetrics#read}) in another process, which may be nearer to the servers: a Jenkins agent.
 * What goes there and what comes back are texts. Of what comes back nothing is believed but the evidence itself, whose form is
 * checked: whoever may run programs there can make up measurements, and with them the verdict.
 *
 * @param request what is checked; it names a server or pages
 * @param steps how many traffic steps the rollout has; 0 outside of a rollout
 * @param state the evidence so far, in JSON
 * @param now the time of whoever asks, by which the wait goes
 */
public record DetachedLook(VerifyMetricsRequest request, int steps, String state, Instant now) implements Serializable {
    /** Characters of the answer. */
    public static final int MAX_ANSWER = 256 * 1024;

    private static final int MAX_NOTES = 20;
    private static final int MAX_NOTE_LENGTH = 500;

    private static final String WARNING = "warning";
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxStringLength(MAX_ANSWER).maxNumberLength(100).build())
                    .build())
            .build();

    /**
     * There: makes the look.
     *
     * @param commands of a process that runs none
     * @param secrets those that the request names
     * @param shared what all looks of that process share
     * @return the answer, for {@link #take}
     * @throws DeliveryException what the look found wrong, without secrets
     */
    public String read(Commands commands, Secrets secrets, SharedReads shared) throws DeliveryException, InterruptedException {
        ArrayNode notes = JSON.createArrayNode();
        EventSink taken = event -> {
            if (event instanceof Event.Note note && notes.size() < MAX_NOTES) {
                notes.addObject().put(WARNING, note.level() != Event.Level.INFO).put("text", Excerpt.of(note.text(), MAX_NOTE_LENGTH));
            }
        };
        // Whoever may run a step there may run programs there as well: whom these ask is no matter of this process.
        Environment environment = new Environment(commands, clock(now), secrets, taken, new KnownSecrets(), HostRules.any());
        try {
            VerifyMetrics verify = steps == 0 ? new VerifyMetrics(request, null, environment, shared) : VerifyMetrics.inRollout(request, null, environment, shared, steps);
            ObjectNode answer = JSON.createObjectNode();
            answer.put("state", environment.known().mask(verify.read(VerifyState.fromJson(state)).toJson()));
            answer.set("notes", notes);
            return checked(answer.toString());
        } catch (DeliveryException e) {
            throw environment.known().mask(e);
        }
    }

    /** The time of whoever asked, which goes on like that of this machine. */
    private static Clock clock(Instant now) {
        Duration ahead = Duration.between(Instant.now(), now);
        Clock machine = Clock.system();
        return new Clock() {
            @Override
            public Instant now() {
                return machine.now().plus(ahead);
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                machine.sleep(duration);
            }
        };
    }

    private static String checked(String answer) throws DeliveryException {
        if (answer.length() > MAX_ANSWER) {
            throw DeliveryException.invalid(
                    "requestsFrom", "the evidence of a look on an agent has " + answer.length() / 1024 + " KiB, more than " + MAX_ANSWER / 1024,
                    "Narrow the checks with labels, divide them among several steps, or send the requests from the controller.");
        }
        return answer;
    }

    /**
     * Here: takes the answer.
     *
     * @param before the evidence that the look went on from
     * @param notes takes what was odd about the metrics
     * @throws DeliveryException when it is none
     */
    public static VerifyState take(Object answer, VerifyState before, SourceNotes notes) throws DeliveryException {
        if (!(answer instanceof String text)) {
            throw wrong("it is not a text", null);
        }
        try {
            JsonNode node = JSON.readTree(checked(text));
            if (node == null || !node.path("state").isTextual()) {
                throw wrong("it has no evidence", null);
            }
            VerifyState after = VerifyState.fromJson(node.path("state").textValue()).withReasonsOf(VerifyState.MAX_REASON).following(before);
            int told = 0;
            for (JsonNode note : node.path("notes")) {
                String said = Excerpt.of(note.path("text").asText(""), MAX_NOTE_LENGTH);
                if (told++ >= MAX_NOTES || said.isEmpty()) {
                    break;
                }
                if (note.path(WARNING).asBoolean()) {
                    notes.warn(said);
                } else {
                    notes.info(said);
                }
            }
            return after;
        } catch (JsonProcessingException e) {
            throw wrong(Excerpt.of(e), e);
        }
    }

    private static DeliveryException wrong(String why, Throwable cause) {
        return DeliveryException.failed("requestsFrom", "the agent's answer is not taken (" + why + ")", "Check the agent and who may run programs on it.", cause);
    }
}
