package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import hudson.util.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** What Pipeline saves can't be read on disk, and comes back as it was. */
public class SealedTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Test
    public void aTextComesBackAsItWasAlsoWhenItIsACiphertextOfThisController() throws Exception {
        String ciphertext = Secret.fromString("of somebody else").getEncryptedValue();
        for (String text : List.of("plain", "", ciphertext, ciphertext.substring(1, ciphertext.length() - 1), Sealed.seal("x"))) {
            String sealed = Sealed.seal(text);
            assertEquals(text, Sealed.open(sealed));
            assertFalse(sealed, !text.isEmpty() && sealed.contains(text));
            assertEquals(new Setting("name", text), saved(new Setting("name", text)));
        }
    }

    @Test
    public void whatAnEarlierVersionHasSavedIsRead() {
        assertEquals("old", Sealed.open(Secret.fromString("old").getEncryptedValue()));
    }

    private static Object saved(Object value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        assertFalse(bytes.toString(StandardCharsets.ISO_8859_1).contains("plain"));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
