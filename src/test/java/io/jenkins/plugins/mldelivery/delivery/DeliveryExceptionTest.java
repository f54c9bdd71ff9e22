package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import org.junit.Test;

/** How a failure is told, and that each adapter can name parameters in its own way. */
public class DeliveryExceptionTest {
    private static String shown(String problem, String remedy) {
        return DeliveryException.invalid("dir", problem, remedy).sentence(name -> "<" + name + ">");
    }

    @Test
    public void aNameInTheRemedyIsSaidAsTheAdapterSaysIt() {
        DeliveryException e = DeliveryException.invalid("dir", "it is empty", "Set `allowDestroy`, or leave `dir` out.");
        assertEquals("dir: it is empty. Set allowDestroy, or leave dir out.", e.getMessage());
        assertEquals("it is empty. Set allowDestroy, or leave dir out.", e.sentence());
        assertEquals("it is empty. Set <allowDestroy>, or leave <dir> out.", e.sentence(name -> "<" + name + ">"));
    }

    @Test
    public void whatIsNoNameStays() {
        assertEquals("a tool said `dir`.", shown("a tool said `dir`", null));
        assertEquals("x. Use `a b`, ` or `A1`.", shown("x", "Use `a b`, ` or `A1`."));
        assertEquals("x. `" + "a".repeat(50) + "` <b>``", shown("x", "`" + "a".repeat(50) + "` `b```"));
    }

    @Test
    public void aMaskedFailureAndOneOfAnotherMachineAreToldLikewise() {
        KnownSecrets known = new KnownSecrets();
        known.learn(SecretText.of("s3cret-word"));
        DeliveryException e = (DeliveryException) known.mask((Throwable) DeliveryException.invalid("dir", "s3cret-word is no folder", "Set `dir`, not s3cret-word."));
        assertEquals("**** is no folder. Set <dir>, not ****.", e.sentence(name -> "<" + name + ">"));
        assertEquals("dir: it is empty. Set x.", DeliveryException.of(Kind.FAILED, "dir", "it is empty. Set x.").getMessage());
    }
}
