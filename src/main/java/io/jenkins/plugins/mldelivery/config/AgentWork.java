package io.jenkins.plugins.mldelivery.config;

import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Packed;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.MasterToSlaveFileCallable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Work on an agent whose answer is a list of texts, which {@link AgentCalls} reads. It travels as bytes: no object that
 * an agent makes gets into the program or its saved state.
 */
@Restricted(NoExternalUse.class)
public abstract class AgentWork extends MasterToSlaveFileCallable<byte[]> {
    /** What an answer needs besides its texts, or for a failure, in bytes. */
    static final int OVERHEAD = 64 * 1024;

    private static final long serialVersionUID = 1L;
    /** The first text of an answer; otherwise it is the kind of a failure, and parameter and sentence follow. */
    private static final String DONE = "";

    private static final int FAILURE = 3;
    private static final int MAX_SENTENCE = 4_000;
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,39}");

    /**
     * The work, on the agent.
     *
     * @param base the folder that it was asked of
     * @return texts and nulls
     */
    protected abstract List<String> work(File base) throws DeliveryException, IOException, InterruptedException;

    @Override
    public final byte[] invoke(File base, VirtualChannel channel) throws IOException, InterruptedException {
        List<String> answer = new ArrayList<>();
        try {
            List<String> texts = work(base);
            answer.add(DONE);
            answer.addAll(texts);
        } catch (DeliveryException e) {
            // As an exception it would not come over the channel: the controller takes none of its own classes from
            // agents.
            answer.addAll(Arrays.asList(e.kind().name(), e.parameter(), e.sentence()));
        }
        return Packed.pack(answer);
    }

    /**
     * What an agent has answered.
     *
     * @return the texts and nulls of {@link #work}
     * @throws DeliveryException the one that the work has thrown
     * @throws IOException when it is anything else
     */
    static List<String> read(byte[] answer, int maxTexts) throws DeliveryException, IOException {
        List<String> texts = Packed.unpack(answer, Math.max(FAILURE, 1 + maxTexts));
        if (texts.isEmpty() || texts.get(0) == null) {
            throw new IOException("the agent's answer is not what it was asked for");
        }
        if (texts.get(0).equals(DONE)) {
            if (texts.size() > 1 + maxTexts) {
                throw new IOException("the agent answers more than " + maxTexts + " texts");
            }
            return texts.subList(1, texts.size());
        }
        String sentence = texts.size() == FAILURE && texts.get(2) != null ? texts.get(2) : "the agent has failed.";
        String parameter = texts.size() == FAILURE && texts.get(1) != null ? texts.get(1) : "";
        throw DeliveryException.of(
                kind(texts.get(0)),
                PARAMETER.matcher(parameter).matches() ? parameter : null,
                Excerpt.of(sentence, MAX_SENTENCE));
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
