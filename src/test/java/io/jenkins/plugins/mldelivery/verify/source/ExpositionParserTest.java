package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.generator.Size;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class ExpositionParserTest {
    @Test
    public void readsThePrometheusTextFormat() {
        String page = """
                # HELP http_requests_total The total number of HTTP requests.
                # TYPE http_requests_total counter
                http_requests_total{method="post",code="200"} 1027 1395066363000
                http_requests_total{method="post",code="400"}    3 1395066363000
                http_requests_total_errors 9
                http_requests_totals{a="b"} 9

                # Escaping in label values:
                http_requests_total{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9
                http_requests_total {  method = "get" , code="200", } +Inf
                \thttp_requests_total -Inf
                http_requests_total{code="NaN"}\tNaN
                """;
        List<ExpositionPage.Line> samples = read(page, "http_requests_total").lines();
        assertEquals(
                List.of(
                        Map.of("method", "post", "code", "200"), Map.of("method", "post", "code", "400"), Map.of("path", "C:\\DIR\\FILE.TXT", "error", "Cannot find file:\n\"FILE.TXT\""),
                        Map.of("method", "get", "code", "200"), Map.of(), Map.of("code", "NaN")),
                samples.stream().map(ExpositionPage.Line::labels).toList());
        assertEquals(
                List.of(1027.0, 3.0, 1458255915.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN), samples.stream().map(ExpositionPage.Line::value).toList());
        assertEquals("milliseconds", Long.valueOf(1395066363000L), samples.get(0).stamp());
        assertEquals(null, samples.get(2).stamp());
    }

    @Test
    public void readsOpenMetrics() {
        String page = """
                # TYPE foo counter
                # UNIT foo seconds
                foo_total{a="1"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67
                foo_created{a="1"} 1520872607.123
                foo_total{a="2"} 4 # {trace_id="x"} 1
                # EOF
                """;
        for (String name : List.of("foo_total", "foo")) {
            ExpositionPage read = read(page, name);
            assertEquals(List.of(17.0, 4.0), read.lines().stream().map(ExpositionPage.Line::value).toList());
            assertEquals("seconds", Long.valueOf(1520879607789L), read.lines().get(0).stamp());
            assertEquals(null, read.lines().get(1).stamp());
            assertEquals(Long.valueOf(1520872607123L), read.created(Map.of("a", "1")));
            assertEquals(null, read.created(Map.of("a", "2")));
        }
    }

    /** A page whose label sets all have the same hash, as maps: "Aa" and "BB" have one. */
    private static String likeHashes(String metric, int lines) {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            page.append(metric).append("{a=\"");
            for (int bit = 0; bit < 17; bit++) {
                page.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            page.append("\"} ").append(1_700_000_000 + i).append('\n');
        }
        return page.toString();
    }

    /** Compared each with each they would take minutes. */
    @Test(timeout = 60_000)
    public void labelsThatServersChooseCantShareAHash() {
        int lines = 30_000;
        ExpositionPage page = read(likeHashes("m", lines) + likeHashes("m_created", lines), "m");
        assertFalse(page.hasDuplicates(Deadline.none()));
        assertEquals(lines, page.created().size());
        for (ExpositionPage.Line line : page.lines()) {
            assertEquals(line.value() * 1000, page.created(line.labels()), 0);
        }
        assertTrue(read(likeHashes("m", 1000) + likeHashes("m", 1), "m").hasDuplicates(Deadline.none()));
    }

    @Test
    public void aLookThatIsOverEndsTheSearchForDuplicates() {
        ExpositionPage page = read(likeHashes("m", 2 * ExpositionPage.EACH), "m");
        assertThrows(Deadline.Over.class, () -> page.hasDuplicates(Deadline.in(Duration.ZERO)));
    }

    @Test
    public void readsNamesInQuotes() {
        String page = "{\"my.requests\",\"a.label\"=\"x\"} 3\n{\"other\"} 4\nmy.requests{b=\"y\"} 5\n{a=\"no name\"} 6\n";
        assertEquals(List.of(Map.of("a.label", "x"), Map.of("b", "y")), read(page, "my.requests").lines().stream().map(ExpositionPage.Line::labels).toList());
    }

    @Test
    public void aPageIsReadForSeveralMetricsEachInThePagesOrder() {
        ExpositionText text = Sources.text("a{i=\"1\"} 1\nab 9\na{i=\"2\"} 2\n{\"a\",i=\"3\"} 3\n{\"b\"} 7\nb 8\na{i=\"4\"} 4");
        for (int i = 0; i < 2; i++) {
            assertEquals(List.of(1.0, 2.0, 3.0, 4.0), Sources.read(text, "a").lines().stream().map(ExpositionPage.Line::value).toList());
            assertEquals(List.of(7.0, 8.0), Sources.read(text, "b").lines().stream().map(ExpositionPage.Line::value).toList());
            assertEquals(List.of(9.0), Sources.read(text, "ab").lines().stream().map(ExpositionPage.Line::value).toList());
            assertEquals(List.of(), Sources.read(text, "{").lines());
        }
    }

    @Test
    public void aPageWithANameOnEachLineIsReadAsAnyOther() {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            page.append('n').append(i).append(" 1\n");
        }
        ExpositionText text = Sources.text(page + "late 5\n{\"late\"} 6\nn7 8\n");
        assertEquals(List.of(5.0, 6.0), Sources.read(text, "late").lines().stream().map(ExpositionPage.Line::value).toList());
        assertEquals(List.of(1.0, 8.0), Sources.read(text, "n7").lines().stream().map(ExpositionPage.Line::value).toList());
    }

    @Test
    public void knowsWhenTheProcessBegan() {
        assertEquals(Long.valueOf(1700000000250L), read("process_start_time_seconds 1.70000000025e+09\na 1\n", "a").processStart());
        assertEquals(null, read("a 1\n", "a").processStart());
    }

    @Test
    public void javasOwnNumbersAreNone() {
        assertEquals(List.of(), read("a 1f\na 2d\n", "a").lines());
    }

    @Test
    public void readsPagesWithWindowsLineEnds() {
        assertEquals(List.of(1.0, 2.0), read("a 1\r\na{b=\"c\"} 2\r\n", "a").lines().stream().map(ExpositionPage.Line::value).toList());
    }

    @Test
    public void skipsWhatIsNoSample() {
        for (String line : List.of(
                "a", "a ", "a{", "a{b", "a{b=", "a{b=c} 1", "a{b=\"c} 1", "a{b=\"c\"", "a{b=\"c\"}", "a{b=\"c\\", "a{b=\"c\"} one", "a{} ", "a =1", "a}1", "<html>a 1</html>", "")) {
            assertEquals(line, List.of(), read(line + "\n", "a").lines());
        }
    }

    @Test
    public void goesOnBehindALineThatIsNoSample() {
        assertEquals(1, read("a{b=\"c} 1\na{b=\"d\"} 2\n", "a").lines().size());
    }

    @Property(trials = 300)
    public void anyLabelSetThatIsPrintedParsesBack(@Size(max = 4) Map<@InRange(minInt = 0, maxInt = 30) Integer, String> given, @InRange(minDouble = 0, maxDouble = 1e15) double value) {
        Map<String, String> labels = new TreeMap<>();
        given.forEach((name, text) -> labels.put("l" + name, text));
        StringBuilder line = new StringBuilder("m{");
        labels.forEach((name, text) ->
                line.append(name).append("=\"").append(text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"")).append("\","));
        List<ExpositionPage.Line> samples = read("other 1\n" + line + "} " + value + "\nm2 3\n", "m").lines();
        assertEquals(1, samples.size());
        assertEquals(labels, samples.get(0).labels());
        assertEquals(value, samples.get(0).value(), 0);
    }

    @Property(trials = 300)
    public void noPageMakesItFail(String page, @InRange(minInt = 0, maxInt = 40) int cut) {
        read(page, "a");
        String line = "a{b=\"c\\\"\",d=\"e\\\\\"} 1.5 99";
        read(line.substring(0, Math.min(cut, line.length())) + page, "a");
    }

    @Property(trials = 300)
    public void differentLabelSetsAreDifferentSeries(@Size(max = 3) Map<@InRange(minInt = 0, maxInt = 3) Integer, String> a, @Size(max = 3) Map<@InRange(minInt = 0, maxInt = 3) Integer, String> b) {
        Map<String, String> one = new TreeMap<>();
        a.forEach((name, text) -> one.put("l" + name, text));
        Map<String, String> other = new TreeMap<>();
        b.forEach((name, text) -> other.put("l" + name, text));
        assertEquals(one.equals(other), new Sample("p", one, 1).key().equals(new Sample("p", other, 2).key()));
    }

    @Test
    public void labelValuesThatLookLikeLabelsAreOtherSeries() {
        assertNotEquals(new Sample("p", Map.of("a", "1\",b=\"2"), 1).key(), new Sample("p", Map.of("a", "1", "b", "2"), 1).key());
        assertNotEquals(new Sample("p", Map.of("a", "1, b=2"), 1).key(), new Sample("p", Map.of("a", "1", "b", "2"), 1).key());
    }

    private static ExpositionPage read(String page, String metric) {
        return Sources.read(Sources.text(page), metric);
    }
}
