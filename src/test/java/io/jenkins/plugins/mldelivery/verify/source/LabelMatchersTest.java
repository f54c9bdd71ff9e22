package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class LabelMatchersTest {
    @Test
    public void equalAndUnequal() throws Exception {
        assertTrue(matches("code=\"500\"", "500"));
        assertFalse(matches("code=\"500\"", "5000"));
        assertFalse(matches("code!=\"500\"", "500"));
        assertTrue(matches("code!=\"500\"", "200"));
    }

    @Test
    public void regularExpressionsAreAnchored() throws Exception {
        assertTrue(matches("code=~\"5..\"", "503"));
        assertFalse(matches("code=~\"5..\"", "5030"));
        assertFalse(matches("code=~\"5..\"", "1503"));
        assertTrue(matches("code!~\"5..|429\"", "200"));
        assertFalse(matches("code!~\"5..|429\"", "429"));
        assertTrue("the dot matches a line end, as in PromQL", matches("code=~\"a.b\"", "a\nb"));
    }

    @Test
    public void aLabelThatIsNotThereIsEmpty() throws Exception {
        assertTrue(LabelMatchers.parse("errors", "error=\"\"").matches(Map.of("code", "1")));
        assertTrue(LabelMatchers.parse("errors", "error!~\".+\"").matches(Map.of()));
        assertFalse(LabelMatchers.parse("errors", "error!=\"\"").matches(Map.of()));
    }

    @Test
    public void allMustMatch() throws Exception {
        LabelMatchers both = LabelMatchers.parse("errors", " code =~ \"5..\" , method != \"OPTIONS\", ");
        assertTrue(both.matches(Map.of("code", "500", "method", "GET")));
        assertFalse(both.matches(Map.of("code", "500", "method", "OPTIONS")));
        assertFalse(both.matches(Map.of("code", "200", "method", "GET")));
    }

    @Test
    public void escapesAreThoseOfPromql() throws Exception {
        assertTrue(matches("code=\"a\\\"b\"", "a\"b"));
        assertTrue(matches("code=\"a\\\\b\"", "a\\b"));
        assertTrue(matches("code=\"a\\nb\"", "a\nb"));
        assertTrue(matches("code=\"a\\\\\"", "a\\"));
        assertTrue(matches("code=\"a\\\\nb\"", "a\\nb"));
        assertTrue(matches("code=~\"5\\\\d\\\\d\"", "512"));
        assertTrue(matches("code=\"a,b\\\"c=\"", "a,b\"c="));
    }

    @Property(trials = 300)
    public void anyValueThatIsQuotedMatchesItself(String value) throws Exception {
        String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        assertTrue(matches("code=\"" + quoted + "\"", value));
        assertFalse(matches("code!=\"" + quoted + "\"", value));
        assertFalse(matches("code=\"" + quoted + "\"", value + "x"));
    }

    @Test
    public void whatAreNoMatchersIsRefusedByTheParametersName() {
        for (String text : List.of(
                "code", "code=", "code=500", "code=\"500", "code==\"500\"", "{code=\"500\"}", "code=\"5\" method=\"GET\"", ",code=\"5\"", "code=\"5\",,", "5=\"x\"", "co-de=\"x\"", "code=~\"5(\"",
                "code='500'")) {
            DeliveryException e = assertThrows(text, DeliveryException.class, () -> LabelMatchers.parse("errors", text));
            assertEquals("errors: '" + text + "' are no label matchers. Write them as in PromQL without the braces, such as code=~\"5..\".", e.getMessage());
        }
    }

    @Test
    public void noneAtAllIsRefusedSinceItWouldMatchEverything() {
        for (String text : new String[] {null, "", "  "}) {
            assertEquals("canary", assertThrows(DeliveryException.class, () -> LabelMatchers.parse("canary", text)).parameter());
        }
    }

    private static boolean matches(String matchers, String code) throws DeliveryException {
        return LabelMatchers.parse("errors", matchers).matches(Map.of("code", code));
    }
}
