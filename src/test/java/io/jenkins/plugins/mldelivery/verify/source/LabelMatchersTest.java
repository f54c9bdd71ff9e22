package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.time.Duration;
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

    @Test
    public void everyKindOfQuotesOfPromqlIsRead() throws Exception {
        assertTrue(matches("code='500'", "500"));
        assertTrue(matches("code=`500`", "500"));
        assertTrue(matches("code=~'5..',code!=`503`", "500"));
        assertTrue(matches("code='a\"b'", "a\"b"));
        assertTrue(matches("code='a\\'b'", "a'b"));
        assertTrue(matches("code=\"a'b\"", "a'b"));
        assertTrue("nothing is escaped in them", matches("code=~`5\\d\\d`", "512"));
        assertTrue(matches("code=`a\"'\\`", "a\"'\\"));
        assertTrue(matches("code=\"\\x35\\u0030\\U00000030\"", "500"));
        assertTrue(matches("code=\"\\065\\t\\r\\a\"", "5\t\r\u0007"));
        assertTrue("surely meant for the regular expression", matches("code=~\"5\\d\\d\"", "512"));
        assertTrue(matches("# which\n code # label\n= '500' # value\n,", "500"));
    }

    @Test
    public void labelsMayHaveAnyNameInQuotes() throws Exception {
        LabelMatchers matchers = LabelMatchers.parse("errors", "\"http.status_code\"=~'5..', 'größe'!=`x`, code=\"1\"");
        assertEquals(List.of("http.status_code", "größe", "code"), matchers.labels());
        assertTrue(matchers.matches(Map.of("http.status_code", "500", "code", "1")));
        assertFalse(matchers.matches(Map.of("http.status_code", "500", "größe", "x", "code", "1")));
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
                "code", "code=", "code=500", "code=\"500", "code==\"500\"", "{code=\"500\"}", "code=\"5\" method=\"GET\"", ",code=\"5\"", "code=\"5\",,", "5=\"x\"", "co-de=\"x\"",
                "code='500\"", "code='500", "code=`500", "\"\"=\"5\"", "\"code\"", "'code=\"5\"", "code=\"5\" # all", "code=\"5\"\"6\"")) {
            DeliveryException e = assertThrows(text, DeliveryException.class, () -> LabelMatchers.parse("errors", text));
            assertEquals("errors: '" + text + "' are not valid label matchers. Write them as in PromQL without the braces, such as code=~\"5..\".", e.getMessage());
        }
    }

    @Test
    public void noneAtAllIsRefusedSinceItWouldMatchEverything() {
        for (String text : new String[] {null, "", "  "}) {
            assertEquals("canary", assertThrows(DeliveryException.class, () -> LabelMatchers.parse("canary", text)).parameter());
        }
    }

    @Test
    public void regularExpressionsAreThoseOfPrometheus() {
        for (String regex : List.of("5(", "(?=5)", "(5)\\\\1", "5++", "[", "5{2000}")) {
            DeliveryException e = assertThrows(regex, DeliveryException.class, () -> LabelMatchers.parse("errors", "code=~\"" + regex + "\""));
            assertTrue(e.getMessage(), e.getMessage().startsWith("errors: the regular expression '" + regex.replace("\\\\", "\\") + "' is none of RE2 ("));
            assertTrue(e.getMessage(), e.getMessage().endsWith("). Write it as for Prometheus, without look-around and back-references."));
        }
    }

    /** It took 25 seconds of a thread of the pool, at each look. */
    @Test(timeout = 5000)
    public void anExpressionThatBacktracksIsMatchedInLinearTime() throws Exception {
        assertFalse(matches("code=~\"a*a*a*a*b\"", "a".repeat(20_000)));
        assertFalse(matches("code=~\"(a|aa)+\"", "a".repeat(20_000) + "b"));
        assertTrue(matches("code=~\"(.*)*x\"", "a".repeat(20_000) + "x"));
    }

    @Test(timeout = 20_000)
    public void matchingEndsAtTheDeadlineAndWithAnAbort() throws Exception {
        LabelMatchers slow = LabelMatchers.parse("errors", "code=~\"" + ".*x{50}".repeat(30) + "y\"");
        Map<String, String> labels = Map.of("code", "x".repeat(1_000_000));
        long start = System.nanoTime();
        assertThrows(Deadline.Over.class, () -> slow.within(Deadline.in(Duration.ofMillis(300))).matches(labels));
        assertTrue(System.nanoTime() - start < 5_000_000_000L);
        Thread.currentThread().interrupt();
        assertThrows(Deadline.Over.class, () -> slow.matches(labels));
        assertTrue("whoever is asked next sees it too", Thread.interrupted());
    }

    /** A matcher of 20 kB overflowed the stack; RE2/J overflows it with nested groups, and takes all memory for nested counts. */
    @Test(timeout = 20_000)
    public void whatIsTooLargeIsRefused() {
        for (String regex : List.of("(".repeat(2000) + "a" + ")".repeat(2000), "((((a{1000}){1000}){1000}){1000})", "a{1000}".repeat(100), "((a{100}[)(]){100}b{3}){100}",
                "[]{1}(a{1000})]{1000}((a{1000}){1000})", "\\\\Q((a{1000}){1000}\\\\E(a{1000}){1000}", "x".repeat(25_000))) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> LabelMatchers.parse("errors", "code=~\"" + regex + "\""));
            assertTrue(e.getMessage(), e.getMessage().length() < 500);
        }
    }

    @Test
    public void whatPeopleWriteIsSmallEnough() throws Exception {
        assertTrue(matches("code=~\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"", "01234567-89ab-cdef-0123-456789abcdef"));
        assertTrue(matches("code=~\"" + "/v1/models/[a-z0-9-]{1,63}:predict|".repeat(100) + "z\"", "z"));
        assertTrue(matches("code=~\"\\\\x{1000}|\\\\p{Lu}{3}\"", "ABC"));
    }

    @Property(trials = 800)
    public void anyTextIsReadOrRefused(
            @From(HostileText.class) @HostileText.Like({"code=~\"5..\",method!=\"OPTIONS\"", "a=\"b\\\\\"c\"", "x!~\"(a|b{2,3})*[^]a-z]\\\\p{Greek}\""}) String text) {
        HostileText.survives(text, () -> LabelMatchers.parse("labels", text).within(Deadline.in(Duration.ofSeconds(3))).matches(Map.of("code", text, "x", text, "a", text)), Deadline.Over.class);
    }

    @Property(trials = 800)
    public void noRegularExpressionTakesTheMemoryOrTheStack(
            @From(HostileText.class) @HostileText.Like({"(?:a{10}){10}", "[^]a-z[:alpha:]]{2,}", "\\Q{9}\\E{9}", "(a|b)*?x{1000}", "\\pL{3}"}) String text) {
        String regex = text.length() > ReadLimits.MAX_MATCHERS_LENGTH ? text.substring(0, ReadLimits.MAX_MATCHERS_LENGTH) : text;
        HostileText.survives(regex, () -> {
            // The whole memory would be gone for the others: only the size is looked at, which compiling then shows to be right.
            if (!RegexSize.isSmall(regex)) {
                return null;
            }
            int size = Pattern.compile(regex, Pattern.DOTALL).programSize();
            assertTrue(size + " instructions of " + regex, size <= 4 * RegexSize.MAX_INSTRUCTIONS);
            return size;
        }, PatternSyntaxException.class);
    }

    private static boolean matches(String matchers, String code) throws DeliveryException {
        return LabelMatchers.parse("errors", matchers).matches(Map.of("code", code));
    }
}
