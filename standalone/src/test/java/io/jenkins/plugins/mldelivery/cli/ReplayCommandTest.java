package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.image.Programs;
import io.jenkins.plugins.mldelivery.testing.DebianPrometheus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** An incident of two days ago, judged again from what a real Prometheus server has recorded of it. */
public class ReplayCommandTest {
    @ClassRule
    public static final TemporaryFolder SERVER = new TemporaryFolder();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private static final Instant START = Instant.now().minus(Duration.ofDays(2)).truncatedTo(ChronoUnit.HOURS);
    private static final Instant INCIDENT = START.plus(Duration.ofMinutes(30));
    private static DebianPrometheus prometheus;

    /** Each scrape 100 requests of the canary and 900 of the stable version; the canary fails five times as often as of the incident. */
    @BeforeClass
    public static void record() throws Exception {
        StringBuilder recorded = new StringBuilder("# TYPE http_requests counter\n");
        for (String track : new String[] {"canary", "stable"}) {
            for (String code : new String[] {"200", "503"}) {
                long count = 1000;
                for (Instant at = START; at.isBefore(START.plus(Duration.ofHours(1))); at = at.plusSeconds(15)) {
                    int failed = track.equals("stable") ? 9 : at.isBefore(INCIDENT) ? 1 : 5;
                    count += code.equals("503") ? failed : (track.equals("stable") ? 900 : 100) - failed;
                    recorded.append("http_requests_total{track=\"").append(track).append("\",instance=\"").append(track).append("-0\",code=\"").append(code).append("\"} ").append(count).append(' ')
                            .append(at.getEpochSecond()).append('\n');
                }
            }
        }
        Programs.require("promtool", "prometheus");
        Path text = Files.writeString(SERVER.getRoot().toPath().resolve("recorded.om"), recorded.append("# EOF\n"));
        Programs.run("promtool", "tsdb", "create-blocks-from", "openmetrics", text.toString(), SERVER.getRoot().toPath().resolve("data").toString());
        prometheus = DebianPrometheus.start(SERVER.getRoot().toPath(), Map.of());
    }

    @AfterClass
    public static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    @Test
    public void theIncidentIsFoundAndTheTimeBeforeItPasses() throws Exception {
        Cli cli = new Cli(temporary.getRoot().toPath());
        long began = System.nanoTime();
        Cli.Outcome before = cli.run("verify-metrics", "--checks", "errorRate: {margin: 2}", "--prometheus", prometheus.url(), "--canary", "track=\"canary\"", "--stable", "track=\"stable\"", "--replay",
                START.plusSeconds(60) + "/" + INCIDENT, "--timeout", "1h");
        assertEquals(before.err(), 0, before.code());
        Cli.Outcome incident = cli.run("verify-metrics", "--checks", "errorRate: {margin: 2}", "--checks", "threshold: {name: failing, query: 'sum(rate(http_requests_total{code=\"503\"}[2m]))', max: 0.8, importance: warning}", "--prometheus", prometheus.url(), "--canary", "track=\"canary\"", "--stable", "track=\"stable\"", "--replay",
                INCIDENT.toString(), "--report-json", "out/report.json", "--report-junit", "out/report.xml");
        assertEquals(incident.err(), Kind.ROLLED_BACK.exitCode(), incident.code());
        assertTrue("a replay takes no time", Duration.ofNanos(System.nanoTime() - began).compareTo(Duration.ofSeconds(30)) < 0);
        JsonNode json = new ObjectMapper().readTree(temporary.getRoot().toPath().resolve("out/report.json").toFile());
        assertEquals("fail", json.path("verdict").asText());
        assertEquals(INCIDENT, Instant.parse(json.path("started").asText()));
        Duration took = Duration.between(INCIDENT, Instant.parse(json.path("ended").asText()));
        assertTrue("found after " + took, took.compareTo(Duration.ofMinutes(10)) < 0 && !took.isZero());
        assertEquals(5, json.path("checks").path(0).path("effect").asDouble(), 2.5);
        Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(temporary.getRoot().toPath().resolve("out/report.xml").toFile());
        Element suite = xml.getDocumentElement();
        assertEquals("2", suite.getAttribute("tests"));
        assertEquals("1", suite.getAttribute("failures"));
        assertEquals("errorRate", ((Element) suite.getElementsByTagName("testcase").item(0)).getAttribute("name"));
        assertTrue(((Element) suite.getElementsByTagName("failure").item(0)).getAttribute("message").contains("the stable version"));
    }

    @Test
    public void aTimeWithoutRecordsIsInconclusive() throws Exception {
        Cli.Outcome ran = new Cli(temporary.getRoot().toPath()).run("verify-metrics", "--checks", "errorRate", "--prometheus", prometheus.url(), "--canary", "track=\"canary\"", "--stable",
                "track=\"stable\"", "--replay", START.minus(Duration.ofDays(3)).toString(), "--timeout", "5m");
        assertEquals(ran.err(), Kind.INCONCLUSIVE.exitCode(), ran.code());
        assertTrue(ran.err(), ran.err().contains("none of the metrics that are known are there on either track"));
    }

    @Test
    public void timesThatCanNotBeReplayedAreRefused() {
        Cli cli = new Cli(temporary.getRoot().toPath());
        for (String time : new String[] {"yesterday", "2026-10-03T12:00:00Z/", "2026-10-03T12:00:00Z/2026-10-03T12:00:00Z", "2026-10-03T12:00:00Z/1h/2h", "2999-01-01T00:00:00Z"}) {
            cli.fails(Kind.INVALID_INPUT, "--replay: '", "verify-metrics", "--checks", "errorRate", "--prometheus", "http://127.0.0.1:9", "--canary", "a=\"b\"", "--stable", "a=\"c\"", "--replay", time);
        }
        cli.fails(Kind.INVALID_INPUT, "--prometheus: only a Prometheus server has recorded data to replay. ", "verify-metrics", "--checks", "errorRate", "--scrape-canary", "http://127.0.0.1:9/m", "--scrape-stable",
                "http://127.0.0.1:9/m", "--replay", "2026-10-03T12:00:00Z");
    }
}
