package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;

import org.junit.Test;

public class AsciiTest {
    @Test
    public void onlyLettersOfAsciiChange() {
        assertEquals("https://a-b.example:80/az[`{@ \u0130\u00c4\u03a3\u00e4", Ascii.lower("HTTPS://A-b.EXAMPLE:80/AZ[`{@ \u0130\u00c4\u03a3\u00e4"));
        assertSame("small", Ascii.lower("small"));
        assertEquals("", Ascii.lower(""));
    }

    /** Java's own takes 5 s for 60,000 of them, and a hundred times as long for ten times as many. */
    @Test(timeout = 10_000)
    public void lettersThatJavaMakesLongerTakeLinearTime() {
        String dotted = "A" + "\u0130".repeat(4_000_000);
        assertEquals("a" + dotted.substring(1), Ascii.lower(dotted));
    }
}
