package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.IOException;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * What the engine's work on an agent ended with: a value, or the engine's sentence about a failure. An exception would come back with causes of classes that the controller does not take
 * from agents. What comes back is believed in nothing: {@link #of} bounds the sentence, and whoever takes the value checks it.
 */
final class AgentAnswer implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MAX_SENTENCE = 4000;
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,39}");

    private final Serializable value;
    private final String kind;
    private final String parameter;
    private final String sentence;

    private AgentAnswer(Serializable value, String kind, String parameter, String sentence) {
        this.value = value;
        this.kind = kind;
        this.parameter = parameter;
        this.sentence = sentence;
    }

    /** Work of the engine. */
    interface Work {
        /** Does it; the value is one that Java can serialise. */
        Serializable run() throws DeliveryException, IOException, InterruptedException;
    }

    /** On the agent: does the work. */
    static AgentAnswer of(Work work) throws IOException, InterruptedException {
        try {
            return new AgentAnswer(work.run(), null, null, null);
        } catch (DeliveryException e) {
            return new AgentAnswer(null, e.kind().name(), e.parameter(), e.sentence());
        }
    }

    /**
     * On the controller: the value, which is still to be checked.
     *
     * @param answer what came over the channel, whatever the caller's types say
     * @throws DeliveryException the failure that the engine had there, or that this is not an answer
     */
    static Object value(Object answer) throws DeliveryException {
        if (!(answer instanceof AgentAnswer a)) {
            throw DeliveryException.failed(
                    null, "the agent answered with " + (answer == null ? "nothing" : "a " + brief(answer.getClass().getName()) + ", which is not an answer"),
                    "Check the agent and who may run programs on it.", null);
        }
        if (a.kind == null && a.sentence == null) {
            return a.value;
        }
        String parameter = a.parameter != null && PARAMETER.matcher(a.parameter).matches() ? a.parameter : null;
        throw DeliveryException.of(kind(a.kind), parameter, brief(String.valueOf(a.sentence)));
    }

    /** A text of an agent that may be shown. */
    static String brief(String text) {
        String line = Printable.line(text);
        return line.length() > MAX_SENTENCE ? line.substring(0, MAX_SENTENCE) + "…" : line;
    }

    private static DeliveryException.Kind kind(String name) {
        for (DeliveryException.Kind kind : DeliveryException.Kind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        return DeliveryException.Kind.FAILED;
    }
}
