package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;

/** No text from outside can act on a log. */
@RunWith(JUnitQuickcheck.class)
public class PrintableTest {
    @Test
    public void anOrdinaryTextIsLeftAsItIs() {
        String text = "größe 5 µs – 分類 😀 'x' \\n";
        assertSame(text, Printable.line(text));
        assertNull(Printable.line(null));
    }

    @Test
    public void aForgedLineStaysOnItsLine() {
        assertEquals("x\\nPROMOTED: y", Printable.line("x\nPROMOTED: y"));
        assertEquals("x\\r\\n\\ty", Printable.line("x\r\n\ty"));
        assertEquals("x\\u2028y\\u0085z", Printable.line("x\u2028y\u0085z"));
    }

    @Test
    public void whatATerminalOrABrowserActsOnIsShown() {
        assertEquals("\\u001b[8mha:", Printable.line("\u001b[8mha:"));
        assertEquals("\\u009b2J", Printable.line("\u009b2J"));
        assertEquals("a\\u202eb\\u2066c\\u200bd", Printable.line("a\u202eb\u2066c\u200bd"));
        assertEquals("\\udb40\\udc41", Printable.line(new String(Character.toChars(0xe0041))));
        assertEquals("\\ud800", Printable.line("\ud800"));
    }

    @Test
    public void aLongTextIsCut() {
        String line = Printable.line("\n".repeat(1_000_000));
        assertTrue(line.length() < Printable.MAX_LENGTH + 16);
        assertTrue(line.endsWith("…"));
    }

    @Property(trials = 500)
    public void nothingUnsafeIsLeft(String text) {
        assertFalse(Printable.line(text).codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.SURROGATE));
    }

    @Property(trials = 500)
    public void jsonKeepsItsValueAndHoldsNothingUnsafe(String text) throws Exception {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        String json = Printable.json(mapper.writeValueAsString(Map.of("a" + text, List.of(text, "\u009b\u202e\u2028\u0007\r\n"))));
        assertFalse(json.replaceAll("[\r\n]", "").codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.SURROGATE || c == 0x2028));
        JsonNode read = mapper.readTree(json);
        assertEquals(text, read.path("a" + text).path(0).asText());
        assertEquals("\u009b\u202e\u2028\u0007\r\n", read.path("a" + text).path(1).asText());
    }

    @Test
    public void eventsAndFailuresHoldOneLine() {
        assertEquals("a\\nb", new Event.Note(Instant.EPOCH, Event.Stage.VERIFY, Event.Level.INFO, "a\nb").text());
        assertEquals("a\\u001bb", new Event.Decided(Instant.EPOCH, "m", true, "", "a\u001bb").reason());
        assertEquals("p: two lines\\u001b[0m. Do it.", DeliveryException.invalid("p", "two\r\n  lines\u001b[0m", "Do it.").getMessage());
    }
}
