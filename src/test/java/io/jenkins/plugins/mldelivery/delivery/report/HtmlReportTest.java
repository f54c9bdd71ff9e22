package io.jenkins.plugins.mldelivery.delivery.report;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The report, read back as XML: every page must be well-formed whatever happened in the delivery. */
public class HtmlReportTest {
    private static final Instant START = Instant.parse("2026-11-01T08:00:00Z");
    private static final String ATTACK = "</title></style><script>alert('x')</script> \" & \u0000\u001b[31m";

    @Test
    public void aRolledBackDeliveryShowsTrafficRatesBandDecisionAndReason() throws Exception {
        Document page = page(rolledBack("penguins 3"));
        assertTrue(text(page, "p").contains("Rolled back: errors at least 8 times the stable version's"));
        List<String> charts = attributes(page, "svg", "aria-label");
        assertEquals(List.of("Share of the traffic of each version over time", "errorRate over time"), charts);
        assertEquals(2, count(page, "line", "marker bad"));
        // One area for each version's traffic and one for the band, each with its key.
        assertEquals(3, elements(page, "polygon").size());
        assertEquals(1, count(page, "polygon", "area band"));
        assertEquals(1, count(page, "polyline", "line stable"));
        assertTrue(text(page, "figcaption").contains("where the canary's rate lies, at the end from 28 to 32 %"));
        assertTrue(text(page, "figcaption").contains("verdict: fail"));
        assertTrue(text(page, "text").contains("rolled back"));
        assertTrue(text(page, "text").contains("40 %"));
    }

    @Test
    public void thePlausibleRatesLieAroundTheMeasuredOne() throws Exception {
        Document page = page(rolledBack("penguins 3"));
        double[] canary = heights(elements(page, "polyline", "line canary").get(1));
        double[] band = heights(elements(page, "polygon", "area band").get(0));
        // The band's corners are the upper bounds in order, then the lower ones backwards; a height grows downwards.
        for (int i = 0; i < canary.length; i++) {
            assertTrue(band[i] <= canary[i] && canary[i] <= band[band.length - 1 - i]);
        }
        assertTrue("the band is no line", band[0] + 10 < band[band.length - 1]);
    }

    /** Two gates: the first one ends by the acceptable rate, the second one by the margin, and has a limit far above what was measured. */
    @Test
    public void theLimitThatDecidedIsALineWhereTheBandPassesIt() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        for (int i = 0; i < 4; i++) {
            boolean end = i % 2 == 1;
            boolean first = i < 2;
            record.accept(new Event.CheckSampled(at(i), "errorRate", 0.005, 0.01, 0.5, 0, 1, 100, end ? Verdict.PASS : null, "r", Event.Measure.RATE, new Event.Band(
                    0.001, end ? 0.012 : 0.5, List.of(
                            new Event.Limit("acceptable", 0.02, first), new Event.Limit("1.5 times the stable version's", 0.015, !first), new Event.Limit("far", 0.9, false)))));
        }
        Document page = page(record);
        assertEquals(2, count(page, "polyline", "line decided"));
        assertEquals("those that did not decide", 2, count(page, "polyline", "line bound"));
        assertFalse("what would press all others flat is left out", text(page, "figcaption").contains("far"));
        double[] acceptable = heights(elements(page, "polyline", "line decided").get(0));
        double[] band = heights(elements(page, "polygon", "area band").get(0));
        assertEquals("a limit is level", acceptable[0], acceptable[1], 0);
        // A height grows downwards; 4 corners: upper, upper, lower, lower.
        assertTrue("before the verdict the band reaches over the limit", band[0] < acceptable[0]);
        assertTrue("at the verdict it lies below", band[1] > acceptable[1]);
        assertTrue("and below zero no rate is drawn", band[2] <= 200 && band[3] <= 200);
        assertTrue(text(page, "figcaption").contains("1.5 times the stable version's, 1.5 %, which decided"));
        assertTrue(text(page, "figcaption").contains("at the end from 0.1 to 1.2 %; it goes on beyond the plot"));
        // The axis is the data's, not the wide band's of the first look: at most 2.5 times the highest line.
        elements(page, "polyline").forEach(line -> assertEquals(
                "a line at the axis' end is cut in half", "visible", ((Element) line.getParentNode()).getAttribute("overflow")));
        assertEquals("5 %", elements(page, "text", "tick").stream().map(Element::getTextContent).filter(t -> t.contains("%")).reduce((a, b) -> b).orElseThrow());
    }

    @Test
    public void theLegendSaysHowSureTheBandIsAndLimitsAreToldApart() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        for (int i = 0; i < 3; i++) {
            record.accept(new Event.CheckSampled(at(i), "latency", 0.005, 0.01, 0.5, 0, 1, 100, null, "r", Event.Measure.RATE, new Event.Band(
                    0.001, 0.012, 0.965, List.of(new Event.Limit("acceptable", 0.02, false), new Event.Limit("1.5 times the stable version's", 0.015, false)))));
        }
        Document page = page(record);
        assertTrue(text(page, "figcaption"), text(page, "figcaption").contains("where the canary's rate lies (96.5 % sure at every look), at the end from 0.1 to 1.2 %"));
        List<String> dashes = elements(page, "polyline", "line bound").stream().map(e -> e.getAttribute("stroke-dasharray")).distinct().toList();
        assertEquals(dashes.toString(), 2, dashes.size());
        assertTrue(text(page, "h3").contains("Failed or slow requests of both versions, check latency"));
    }

    @Test
    public void aVerificationNamesTheStepOfTheTrafficThatItIsOf() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        for (int i = 0; i < 2; i++) {
            record.accept(new Event.TrafficShifted(at(20 * i), "m", 25 + 25 * i, 25 + 25 * i));
            record.accept(new Event.Started(at(20 * i + 1), Event.Stage.VERIFY, "errorRate"));
            record.accept(new Event.Finished(at(20 * i + 9), Event.Stage.VERIFY, true, "pass: fine"));
        }
        String cells = text(page(record), "td");
        assertTrue(cells, cells.contains("Verify at 25\u00a0%") && cells.contains("Verify at 50\u00a0%"));
    }

    @Test
    public void oneLookIsDrawnWithSomeWidth() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        record.accept(new Event.TrafficShifted(at(0), "m", 50, 50));
        record.accept(new Event.CheckSampled(at(5), "errorRate", 0.3, 0.01, 30, 20, 40, 100, Verdict.FAIL, "r", Event.Measure.RATE, new Event.Band(0.2, 0.4, List.of(new Event.Limit("acceptable", 0.02, false)))));
        record.accept(new Event.Decided(at(10), "m", false, "", "r"));
        Document page = page(record);
        for (Element shape : List.of(elements(page, "polyline", "line canary").get(1), elements(page, "polyline", "line stable").get(0), elements(page, "polyline", "line bound").get(0))) {
            assertEquals(2, heights(shape).length);
        }
        assertEquals(4, heights(elements(page, "polygon", "area band").get(0)).length);
    }

    @Test
    public void eachStepOfTheTrafficIsNamedWhereItBegins() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        for (int i = 0; i < 4; i++) {
            record.accept(new Event.TrafficShifted(at(10 * i), "m", 10 + 20 * i, 10 + 20 * i));
        }
        // No room beside the one before.
        record.accept(new Event.TrafficShifted(at(31), "m", 90, 90));
        record.accept(new Event.Decided(at(40), "m", true, "", "fine"));
        assertEquals(List.of("promoted", "10 %", "30 %", "50 %", "70 %"), elements(page(record), "text").stream().filter(e -> e.getAttribute("class").startsWith("note")).map(Element::getTextContent).toList());
    }

    @Test
    public void theShareThatWasAskedForIsShownWhereThePodsDoNotAllowIt() throws Exception {
        DeliveryRecord near = new DeliveryRecord("near");
        near.accept(new Event.TrafficShifted(START, "m", 25, 25));
        DeliveryRecord far = new DeliveryRecord("far");
        far.accept(new Event.TrafficShifted(START, "m", 10, 25));
        assertEquals(0, count(page(near), "polyline", "line bound"));
        assertEquals(1, count(page(far), "polyline", "line bound"));
    }

    @Test
    public void aThresholdShowsItsBounds() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        for (int i = 0; i < 3; i++) {
            record.accept(new Event.CheckSampled(
                    at(i), "p99", -0.2 + 0.1 * i, Double.NaN, -0.2 + 0.1 * i, -1, 0.5, i + 1, i == 2 ? Verdict.PASS : null, "p99 is fine", Event.Measure.VALUE, Event.Band.NONE));
        }
        Document page = page(record);
        assertTrue(text(page, "figcaption").contains("allowed at least"));
        assertTrue(text(page, "figcaption").contains("allowed at most"));
        assertFalse(text(page, "text").contains("%"));
        assertTrue("values below zero have their place on the axis", text(page, "text").contains("-1"));
    }

    @Test
    public void namesAndReasonsCannotBringMarkupIntoThePage() throws Exception {
        DeliveryRecord record = new DeliveryRecord(ATTACK);
        record.accept(new Event.Started(at(0), Event.Stage.DEPLOY, ATTACK));
        record.accept(new Event.Note(at(0), Event.Stage.DEPLOY, Event.Level.WARNING, ATTACK));
        record.accept(new Event.TrafficShifted(at(1), ATTACK, 25, 25));
        record.accept(new Event.CheckSampled(at(2), ATTACK, 0.5, 0.1, 5, 2, 9, 100, Verdict.FAIL, ATTACK, Event.Measure.RATE, Event.Band.NONE));
        record.accept(new Event.Decided(at(3), ATTACK, false, ATTACK, ATTACK));
        record.accept(new Event.Finished(at(3), Event.Stage.DEPLOY, false, ATTACK));
        Document page = parse(HtmlReport.render(ATTACK, ATTACK, List.of(record)));
        assertEquals(0, elements(page, "script").size());
        assertEquals(1, elements(page, "title").size());
        assertTrue(text(page, "h2").contains("<script>alert('x')</script> \" & \\u0000\\u001b[31m"));
    }

    @Test
    public void noTextActsOnWhoeverReadsThePage() throws Exception {
        String hostile = "a\u001b[8mha:\nPROMOTED: x\r\u0085\u009b2J\u202eevil\u2066\u200b]]><!-- javascript:alert(1) \u0000\ud800\u2028\ufffe";
        DeliveryRecord record = new DeliveryRecord(hostile);
        for (Event.Stage stage : Event.Stage.values()) {
            record.accept(new Event.Started(at(0), stage, hostile));
            record.accept(new Event.Note(at(0), stage, Event.Level.ERROR, hostile));
            record.accept(new Event.Finished(at(3), stage, stage == Event.Stage.DEPLOY, hostile));
        }
        record.accept(new Event.TrafficShifted(at(1), hostile, 25, 10));
        for (Event.Measure measure : Event.Measure.values()) {
            record.accept(new Event.CheckSampled(at(2), hostile + measure, 0.5, 0.1, 5, 2, 9, 100, Verdict.FAIL, hostile, measure, Event.Band.NONE));
        }
        record.accept(new Event.Decided(at(3), hostile, true, hostile, hostile));
        String html = HtmlReport.render(hostile, hostile, List.of(record));
        html.codePoints().filter(c -> c != '\n').forEach(c -> assertFalse(
                "U+" + Integer.toHexString(c), Character.isISOControl(c) || List.of((int) Character.FORMAT, (int) Character.SURROGATE, (int) Character.LINE_SEPARATOR).contains(Character.getType(c)) || c == 0xfffe));
        Document page = parse(html);
        assertTrue(text(page, "h1"), text(page, "h1").contains("a\\u001b[8mha:\\nPROMOTED: x\\r\\u0085\\u009b2J\\u202eevil\\u2066\\u200b]]><!-- javascript:alert(1) \\u0000\\ud800\\u2028\\ufffe"));
    }

    @Test
    public void noNumberBreaksThePage() throws Exception {
        double[] numbers = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, -Double.MIN_VALUE, 1e300, -1e-300, 0, -0.0, 0.5, 1, 100, 1e7};
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            DeliveryRecord record = new DeliveryRecord("round " + round);
            Event.Measure measure = Event.Measure.values()[random.nextInt(Event.Measure.values().length)];
            for (int look = 0; look < 3; look++) {
                double[] n = random.ints(5, 0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
                Instant when = random.nextInt(20) == 0 ? at(86_400 * 365) : at(look);
                record.accept(new Event.TrafficShifted(at(look), "m", 25, n[0]));
                record.accept(new Event.CheckSampled(when, "c", n[0], n[1], n[2], n[3], n[4], look, look == 2 ? Verdict.FAIL : null, "r", measure,
                        new Event.Band(n[3], n[4], List.of(new Event.Limit("a", n[1], true), new Event.Limit("b", n[2], false)))));
            }
            String html = HtmlReport.render("m", "", List.of(record));
            assertFalse("round " + round, html.contains("NaN") || html.contains("Infinity") || html.contains("\u221e"));
            parse(html);
            assertTrue("round " + round + " has " + html.length(), html.length() < 60_000);
        }
    }

    @Test
    public void thePageLoadsNothingAndRunsNothing() throws Exception {
        Document page = page(rolledBack("penguins 3"));
        for (String element : List.of("script", "link", "img", "iframe", "object", "image", "use", "a")) {
            assertEquals(element, 0, elements(page, element).size());
        }
        for (Element any : elements(page, "*")) {
            for (int i = 0; i < any.getAttributes().getLength(); i++) {
                String name = any.getAttributes().item(i).getNodeName();
                assertFalse(name, name.startsWith("on") || name.equals("src") || name.equals("href") || name.equals("style"));
            }
        }
        Element policy = elements(page, "meta").stream().filter(m -> m.getAttribute("http-equiv").equals("Content-Security-Policy")).findFirst().orElseThrow();
        assertEquals("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'", policy.getAttribute("content"));
        String style = text(page, "style");
        assertFalse(style.contains("url(") || style.contains("@import"));
        assertTrue(style.contains("prefers-color-scheme:dark"));
    }

    @Test
    public void aDeliveryWithoutEventsSaysSo() throws Exception {
        Document page = page(new DeliveryRecord("nothing"));
        assertTrue(text(page, "section").contains("Nothing happened."));
        assertEquals(0, elements(parse(HtmlReport.render("no delivery", "", List.of())), "section").size());
    }

    @Test
    public void valuesThatDoNotExistAreLeftOut() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        double nan = Double.NaN;
        record.accept(new Event.CheckSampled(at(0), "errorRate", nan, nan, nan, nan, nan, 0, null, "the canary has had no requests", Event.Measure.RATE, Event.Band.NONE));
        record.accept(new Event.CheckSampled(at(1), "errorRate", 0.5, nan, nan, 0, Double.POSITIVE_INFINITY, 4, null, "nothing to compare with", Event.Measure.RATE, Event.Band.NONE));
        record.accept(new Event.CheckSampled(at(2), "errorRate", 0.5, 0, nan, 0, Double.POSITIVE_INFINITY, 8, null, "not decided yet", Event.Measure.RATE, Event.Band.NONE));
        record.accept(new Event.CheckSampled(at(3), "errorRate", 0.5, 0.1, 5, nan, nan, 9, Verdict.INCONCLUSIVE, "no verdict", Event.Measure.RATE, Event.Band.NONE));
        record.accept(new Event.CheckSampled(at(3), "empty", nan, nan, nan, nan, nan, 0, Verdict.INCONCLUSIVE, "no data", Event.Measure.VALUE, Event.Band.NONE));
        String html = HtmlReport.render("m", "", List.of(record));
        assertFalse(html.contains("NaN") || html.contains("Infinity"));
        Document page = parse(html);
        assertEquals(0, elements(page, "polygon").size());
        assertEquals("a rate is a percentage even before there is a stable rate", 1, elements(page, "h3").stream()
                .filter(h -> h.getTextContent().equals("Failed or slow requests of both versions, check errorRate")).count());
        assertTrue(text(page, "p").contains("inconclusive: no data"));
    }

    @Test
    public void stagesComeInTheOrderTheyBeganAndAnUnfinishedOneIsTold() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        record.accept(new Event.Started(at(0), Event.Stage.DEPLOY, "m in namespace ml"));
        record.accept(new Event.Started(at(1), Event.Stage.VERIFY, "errorRate"));
        record.accept(new Event.Finished(at(3), Event.Stage.VERIFY, true, "pass: fine"));
        List<String> rows = elements(page(record), "tr").stream().map(Element::getTextContent).toList();
        assertEquals(List.of("StageTookOutcome", "Deploynot finishedm in namespace ml", "Verify2.0 s\u2714\u00a0pass: fineerrorRate"), rows);
    }

    @Test
    public void aFirstInstallHasNoChart() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        record.accept(new Event.Started(at(0), Event.Stage.DEPLOY, "m"));
        record.accept(new Event.TrafficShifted(at(2), "m", 100, 100));
        record.accept(new Event.Decided(at(2), "m", true, "", "first version, no canary was possible"));
        Document page = page(record);
        assertEquals(0, elements(page, "figure").size());
        assertTrue(text(page, "p").contains("Promoted: first version"));
    }

    @Test
    public void measurementsAndDistancesAreDrawnInTheirOwnUnit() throws Exception {
        DeliveryRecord record = new DeliveryRecord("m");
        for (int i = 0; i < 3; i++) {
            record.accept(new Event.CheckSampled(at(i), "accuracy", 0.8, 0.9, -0.1, -0.2, -0.05, i + 1, null, "not decided yet", Event.Measure.DIFFERENCE,
                    new Event.Band(-0.2, -0.05, List.of(new Event.Limit("tolerance", -0.15, false)))));
            record.accept(new Event.CheckSampled(at(i), "drift", Double.NaN, Double.NaN, 0.3, 0.2, Double.NaN, i + 1, i == 2 ? Verdict.FAIL : null, "drifted", Event.Measure.INDEX, Event.Band.NONE));
        }
        Document page = page(record);
        assertFalse("no percentages", text(page, "text").contains("%"));
        assertTrue(text(page, "h3").contains("Difference of both versions, check accuracy") && text(page, "h3").contains("Difference of the distributions, check drift"));
        assertTrue(text(page, "figcaption").contains("where the difference lies, at the end from -0.2 to -0.05") && text(page, "figcaption").contains("tolerance, -0.15") && text(page, "figcaption").contains("population stability index"));
        assertEquals("the band of the difference", 1, elements(page, "polygon").size());
    }

    private static DeliveryRecord rolledBack(String title) {
        DeliveryRecord record = new DeliveryRecord(title);
        record.accept(new Event.Started(at(0), Event.Stage.DEPLOY, "penguins in namespace ml"));
        record.accept(new Event.TrafficShifted(at(1), "penguins", 25, 25));
        for (int i = 0; i < 5; i++) {
            record.accept(new Event.CheckSampled(
                    at(2 + i), "errorRate", 0.3, 0.05, 6, 2, 7, 50 * i, i == 4 ? Verdict.FAIL : null, "errors at least 8 times the stable version's", Event.Measure.RATE,
                    new Event.Band(0.3 - 0.1 / (1 + i), 0.3 + 0.1 / (1 + i), List.of(new Event.Limit("acceptable", 0.01, false), new Event.Limit("2 times the stable version's", 0.1, false)))));
        }
        record.accept(new Event.TrafficShifted(at(8), "penguins", 0, 0));
        record.accept(new Event.Decided(at(8), "penguins", false, "", "errors at least 8 times the stable version's"));
        record.accept(new Event.Finished(at(8), Event.Stage.DEPLOY, false, "penguins: rolled back"));
        return record;
    }

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private static Document page(DeliveryRecord record) throws Exception {
        return parse(HtmlReport.render("Title", "Intro", List.of(record)));
    }

    private static Document parse(String html) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        return builder.parse(new InputSource(new StringReader(html)));
    }

    private static List<Element> elements(Document page, String tag) {
        NodeList found = page.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
    }

    private static List<Element> elements(Document page, String tag, String css) {
        return elements(page, tag).stream().filter(e -> e.getAttribute("class").equals(css)).toList();
    }

    private static int count(Document page, String tag, String css) {
        return (int) elements(page, tag, css).stream().filter(e -> !((Element) e.getParentNode()).getAttribute("class").equals("key")).count();
    }

    private static String text(Document page, String tag) {
        return String.join("\n", elements(page, tag).stream().map(Element::getTextContent).toList());
    }

    private static List<String> attributes(Document page, String tag, String attribute) {
        Function<Element, String> value = e -> e.getAttribute(attribute);
        return new ArrayList<>(elements(page, tag).stream().map(value).filter(v -> !v.isEmpty()).toList());
    }

    private static double[] heights(Element shape) {
        return java.util.Arrays.stream(shape.getAttribute("points").trim().split(" ")).mapToDouble(p -> Double.parseDouble(p.split(",")[1])).toArray();
    }
}
