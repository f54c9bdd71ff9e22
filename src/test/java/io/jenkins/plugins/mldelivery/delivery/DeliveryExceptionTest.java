package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;

import java.util.Locale;
import org.junit.Test;

public class DeliveryExceptionTest {
    @Test
    public void adaptersNameParametersInTheirOwnWays() {
        DeliveryException e = DeliveryException.invalid("dir", "it would delete '{name}'", "Set {allowDestroy}, or {dir}.");
        assertEquals("dir: it would delete '{name}'. Set allowDestroy, or dir.", e.getMessage());
        assertEquals("it would delete '{name}'. Set allowDestroy, or dir.", e.sentence());
        assertEquals(
                "it would delete '{name}'. Set --ALLOWDESTROY, or --DIR.",
                e.sentence(name -> "--" + name.toUpperCase(Locale.ROOT)));
    }

    @Test
    public void namesSurviveTheMasker() {
        KnownSecrets known = new KnownSecrets();
        known.learn(SecretText.of("s3cret"));
        DeliveryException masked = known.mask(
                DeliveryException.invalid("a", "it is s3cret", "Set {insecure}, and not s3cret $1 \\."));
        assertEquals("it is ****. Set $0, and not **** $1 \\.", masked.sentence(name -> "$0"));
    }

    @Test
    public void whatHasNoRemedyIsOneSentence() {
        DeliveryException e = new DeliveryException(DeliveryException.Kind.FAILED, null, "it\n  broke \u001b[8m", null, null);
        assertEquals("it broke \\u001b[8m.", e.getMessage());
        assertEquals("it broke \\u001b[8m.", e.sentence(name -> "x"));
    }
}
