package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.image.AnsweredResult;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import org.junit.Test;

/** What comes from an agent ends as a value, or as one sentence. */
public class AgentAnswerTest {
    private static DeliveryException refused(Object answer) {
        DeliveryException e = assertThrows(DeliveryException.class, () -> AgentAnswer.value(answer));
        assertFalse(e.getMessage(), e.getMessage().chars().anyMatch(c -> c < ' '));
        assertTrue(e.getMessage(), e.getMessage().length() < 5000);
        return e;
    }

    /** As a hostile agent makes one. */
    private static AgentAnswer forged(String kind, String parameter, String sentence) throws Exception {
        Constructor<?> constructor = AgentAnswer.class.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return (AgentAnswer) constructor.newInstance(null, kind, parameter, sentence);
    }

    @Test
    public void aValueOrTheEnginesFailureComesThrough() throws Exception {
        assertEquals("v", AgentAnswer.value(AgentAnswer.of(() -> "v")));
        assertNull(AgentAnswer.value(AgentAnswer.of(() -> null)));
        DeliveryException e = refused(AgentAnswer.of(() -> {
            throw DeliveryException.invalid("model", "it is not there", "Train it.");
        }));
        assertEquals("model: it is not there. Train it.", e.getMessage());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        assertEquals("model", e.parameter());
    }

    @Test
    public void anotherAnswerIsRefused() {
        for (Object other : new Object[] {null, "text", Map.of("image", "x"), new ArrayList<>(Collections.nCopies(1_000_000, "x")), 1, new byte[10]}) {
            assertTrue(refused(other).getMessage().startsWith("the agent answered with "));
        }
    }

    @Test
    public void aForgedFailureIsOneSentence() throws Exception {
        assertEquals(DeliveryException.Kind.FAILED, refused(forged("NOBODY", "model", "x.")).kind());
        assertNull(refused(forged("FAILED", "model\nERROR", "x.")).parameter());
        assertNull(refused(forged("FAILED", "m".repeat(1_000_000), "x.")).parameter());
        assertTrue(refused(forged("FAILED", null, "a\nPROMOTED: all\u001b[8m" + "x".repeat(1_000_000))).getMessage().startsWith("a\\nPROMOTED: all\\u001b[8mxxx"));
        refused(forged("FAILED", null, null));
        refused(forged(null, null, "x."));
    }

    @Test
    public void aResultIsCheckedAsWell() throws Exception {
        Object value = AgentAnswer.value(AgentAnswer.of(() -> new ArrayList<>(Collections.nCopies(100_000, "x".repeat(10)))));
        assertThrows(DeliveryException.class, () -> AnsweredResult.of(value, BuildImageRequest.of("m", "i")));
    }
}
