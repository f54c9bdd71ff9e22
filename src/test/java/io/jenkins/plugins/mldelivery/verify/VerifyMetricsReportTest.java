package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Results as files, read by real parsers. */
public class VerifyMetricsReportTest {
    private static final VerifyMetricsReport REPORT = new VerifyMetricsReport(
            new VerifyMetricsResult(Verdict.FAIL, "too slow <&> \"x\"", List.of(
                    outcome("good", Verdict.PASS, "critical", "fine"), outcome("slow \u0001", Verdict.FAIL, "critical", "too slow <&> \"x\" \u0000"), outcome("open", Verdict.INCONCLUSIVE, "critical", "no data"),
                    outcome("warned", Verdict.FAIL, "warning", "warm"), outcome("tried", Verdict.FAIL, "dryRun", "dry"))),
            Instant.parse("2026-10-03T12:00:00Z"), Instant.parse("2026-10-03T12:01:30.250Z"));

    private static VerifyMetricsResult.Outcome outcome(String name, Verdict verdict, String importance, String reason) {
        return new VerifyMetricsResult.Outcome(name, verdict, importance, reason, 0.5, Double.NaN, Double.POSITIVE_INFINITY, 0, 1, 70);
    }

    @Test
    public void jsonHasTheResultAndItsTimes() throws Exception {
        JsonNode json = new ObjectMapper().readTree(REPORT.toJson());
        assertEquals(1, json.path("version").asInt());
        assertEquals("2026-10-03T12:00:00Z", json.path("started").asText());
        assertEquals("2026-10-03T12:01:30.250Z", json.path("ended").asText());
        assertEquals("fail", json.path("verdict").asText());
        JsonNode slow = json.path("checks").path(1);
        assertEquals("too slow <&> \"x\" \\u0000", slow.path("reason").asText());
        assertEquals("critical", slow.path("importance").asText());
        assertTrue("a number that does not exist is null", slow.path("effect").isNull() && slow.path("stable").isNull());
        assertEquals(0.5, slow.path("canary").asDouble(), 0);
    }

    @Test
    public void secretsInItsTextsAreMasked() {
        KnownSecrets known = new KnownSecrets();
        known.learn(SecretText.of("too slow"));
        known.learn(SecretText.of("0.5"));
        VerifyMetricsResult masked = REPORT.result().masked(known);
        assertEquals("**** <&> \"x\"", masked.reason());
        assertEquals("**** <&> \"x\" \\u0000", masked.checks().get(1).reason());
        assertEquals("numbers are no texts", 0.5, masked.checks().get(1).canary(), 0);
        assertEquals(REPORT.result(), REPORT.result().masked(new KnownSecrets()));
    }

    @Test
    public void junitHasATestCaseACheck() throws Exception {
        Element suite = parse(REPORT.toJUnit("fail"));
        assertEquals(List.of("5", "1", "1", "2", "90.250"), List.of(
                suite.getAttribute("tests"), suite.getAttribute("failures"), suite.getAttribute("errors"), suite.getAttribute("skipped"), suite.getAttribute("time")));
        assertEquals(List.of("none", "failure", "error", "skipped", "skipped"), kinds(suite));
        Element failed = (Element) suite.getElementsByTagName("failure").item(0);
        assertEquals("characters that XML can't hold are shown", "too slow <&> \"x\" \\u0000", failed.getAttribute("message"));
        assertEquals("slow \\u0001", ((Element) failed.getParentNode()).getAttribute("name"));
        assertEquals("warning: warm", ((Element) suite.getElementsByTagName("skipped").item(0)).getAttribute("message"));
        Element lenient = parse(REPORT.toJUnit("unstable"));
        assertEquals(List.of("none", "failure", "skipped", "skipped", "skipped"), kinds(lenient));
        assertEquals("0", lenient.getAttribute("errors"));
    }

    @Test
    public void noTextBreaksOrForgesAFile() throws Exception {
        String hostile = "a\u001b[8mha:\nPROMOTED: x\r\u0085\u009b2J\u202eevil\u2066<script>]]>&amp;<!--\"'\u0000\ud800\u2028\ufffe\uffff";
        String shown = "a\\u001b[8mha:\\nPROMOTED: x\\r\\u0085\\u009b2J\\u202eevil\\u2066<script>]]>&amp;<!--\"'\\u0000\\ud800\\u2028\\ufffe\\uffff";
        VerifyMetricsReport report = new VerifyMetricsReport(
                new VerifyMetricsResult(Verdict.FAIL, hostile, List.of(
                        outcome(hostile, Verdict.PASS, "critical", hostile), outcome(hostile, Verdict.FAIL, "critical", hostile), outcome(hostile, Verdict.FAIL, "warning", hostile),
                        outcome(hostile, Verdict.INCONCLUSIVE, "critical", hostile))),
                Instant.EPOCH, Instant.EPOCH);
        for (String file : List.of(report.toJson(), report.toJUnit("fail"), report.toJUnit("pass"))) {
            file.codePoints().filter(c -> c != '\n').forEach(c -> assertTrue(
                    "U+" + Integer.toHexString(c), !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT && Character.getType(c) != Character.SURROGATE && c != 0x2028 && c < 0xfffe));
            assertTrue(file, file.lines().noneMatch(line -> line.strip().startsWith("PROMOTED")));
        }
        Element suite = parse(report.toJUnit("fail"));
        assertEquals(4, suite.getElementsByTagName("testcase").getLength());
        assertEquals(0, suite.getElementsByTagName("script").getLength());
        Element failed = (Element) suite.getElementsByTagName("failure").item(0);
        assertEquals(shown, failed.getAttribute("message"));
        assertEquals(shown, ((Element) failed.getParentNode()).getAttribute("name"));
        assertEquals("fail, " + shown, ((Element) failed.getParentNode()).getElementsByTagName("system-out").item(0).getTextContent());
        assertEquals(shown, new ObjectMapper().readTree(report.toJson()).path("checks").path(0).path("reason").asText());
    }

    private static Element parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
    }

    private static List<String> kinds(Element suite) {
        List<String> kinds = new ArrayList<>();
        NodeList cases = suite.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            NodeList parts = ((Element) cases.item(i)).getElementsByTagName("*");
            String first = parts.item(0).getNodeName();
            kinds.add(first.equals("system-out") ? "none" : first);
            assertNull("one outcome a case", parts.getLength() > 2 ? parts : null);
        }
        return kinds;
    }
}
