package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

import java.util.List;
import org.junit.Test;

/** A token that a header can't hold is refused without being quoted. */
public class HeaderValuesTest {
    @Test
    public void whiteSpaceAroundATokenIsLeftOut() throws Exception {
        assertEquals("abc", HeaderValues.token("p", SecretText.of(" abc\r\n")).reveal());
        assertEquals("Bearer abc", HeaderValues.authorization("p", new Login(null, SecretText.of("abc\n")), new KnownSecrets()).reveal());
        assertEquals("Basic dTpw", HeaderValues.authorization("p", new Login("u", SecretText.of("p")), new KnownSecrets()).reveal());
        assertEquals("a b", HeaderValues.field("p", SecretText.of("a b\n")).reveal());
    }

    @Test
    public void whatAHeaderCantHoldIsRefused() {
        for (String token : List.of("secret\nX-Forged: 1", "sec ret", "secr\u00e9t", "secret\u0000", " ", "secret" + "x".repeat(20_000))) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> HeaderValues.token("p", SecretText.of(token)));
            assertFalse(e.getMessage(), e.getMessage().contains("secr"));
        }
        assertThrows(DeliveryException.class, () -> HeaderValues.field("p", SecretText.of("a\nb")));
        assertThrows(DeliveryException.class, () -> HeaderValues.authorization("p", new Login("u:v", SecretText.of("p")), new KnownSecrets()));
    }

    @Test
    public void whatIsSentIsLearnedAsItIsSent() throws Exception {
        for (Login login : List.of(new Login("robot", SecretText.of("p4ssword")), new Login("ann", SecretText.of("\u00fcber")), new Login(null, SecretText.of(" t0ken-of-ann\n")))) {
            KnownSecrets known = new KnownSecrets();
            String header = HeaderValues.authorization("p", login, known).reveal();
            String scheme = header.substring(0, header.indexOf(' ') + 1);
            assertEquals(scheme + "****", known.mask(header).replace("=", ""));
            assertEquals(scheme + "****", known.mask(header.replace("=", "")));
        }
    }
}
