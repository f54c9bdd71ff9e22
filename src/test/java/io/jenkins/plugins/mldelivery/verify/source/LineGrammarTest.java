package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class LineGrammarTest {
    private static String problem(String line) {
        byte[] page = ("x" + line + "x").getBytes(StandardCharsets.UTF_8);
        return LineGrammar.problem(page, 1, page.length - 1);
    }

    @Test
    public void takesWhatBothFormatsKnow() {
        for (String line : List.of(
                "a 1", "a 1 1395066363000", "a\t+Inf\r", "a{} NaN", "a {  b = \"c\" , d=\"\", } -1.5e3",
                "a_total{b=\"1\"} 17.0 1520879607.789 # {trace_id=\"KOO5S4vxi0o\"} 0.67", "a 4 # {x=\"y\"} 1",
                "a{b=\"C:\\\\DIR\\n\\\"x\\\"}, {\"} 1", ":a:b 1", "{\"my.requests\",\"a.label\"=\"x\"} 3", "{\"ü\"} 4")) {
            assertNull(line, problem(line));
        }
    }

    @Test
    public void saysWhatIsWrong() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("a", "it has no value");
        lines.put("a{b=\"c\"}", "it has no value");
        lines.put("a one", "'one' is not a valid value");
        lines.put("a 1f", "'1f' is not a valid value");
        lines.put("a 1 soon", "'soon' is not a valid time stamp");
        lines.put("a 1 2 3", "there is more than a value and a time stamp");
        lines.put("a{b=\"c} 1", "a text in quotes has no end");
        lines.put("a{b=\"c\\", "a text in quotes has no end");
        lines.put("a{b=c} 1", "the label 'b' has no value in quotes");
        lines.put("a{b=\"c\" 1", "the labels are not readable");
        lines.put("a{b=\"c\"", "the labels have no end");
        lines.put("a{", "the labels have no end");
        lines.put("a{b", "the labels have no end");
        lines.put("a{b=\"1\",b=\"2\"} 1", "'b' is there twice");
        lines.put("a{b.c=\"1\"} 1", "'b.c' is not a valid label");
        lines.put("my.requests 1", "'my.requests' is not a valid name");
        lines.put("9a 1", "'9a' is not a valid name");
        lines.put("a{\"b\"} 1", "it has two names");
        lines.put("{b=\"c\"} 1", "it has no name");
        lines.put("<html>", "'<html>' is not a valid name");
        lines.forEach((line, problem) -> assertEquals(line, problem, problem(line)));
    }

    /** Whatever is cut off a line with a time stamp before its last field is missed. */
    @Test
    public void aLineThatIsCutIsBroken() {
        String line = "http_requests_total{method=\"post\",code=\"200\"} ";
        for (int cut = 0; cut <= line.length(); cut++) {
            assertNotNull(line.substring(0, cut), problem(line.substring(0, cut)));
        }
    }
}
