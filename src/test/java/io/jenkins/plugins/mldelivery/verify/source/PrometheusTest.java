package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

/** The HTTP API as servers of its family answer it, the odd answers included; DebianPrometheusTest asks the real server. */
public class PrometheusTest {
    private static final String ONE = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"m\",\"pod\":\"a\"},\"value\":[1,\"4\"]}]}}";

    private final List<String> warnings = new ArrayList<>();

    @Test
    public void asksForTheRawSamplesOfTheTrackAndKeepsThePathPrefix() throws Exception {
        long now = Instant.now().getEpochSecond();
        String matrix = matrix("\"values\":[[" + now + ".5,\"4\"],[" + (now + 1) + ".5,\"5\"]]");
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, matrix))) {
            Prometheus prometheus = prometheus(server.url() + "/prom/", null, "track=\"c\"", "track=\"s\"");
            Reading reading = prometheus.counters(new Selector("m", "code=\"500\"", "errors"), Track.STABLE, Instant.ofEpochSecond(now + 1));
            assertEquals(List.of(new Series("prometheus", Map.of("pod", "a"), List.of(new Point(now * 1000 + 500, 4), new Point(now * 1000 + 1500, 5)), null)), reading.series());
            LoopbackServer.Request request = server.requests().get(0);
            assertEquals("/prom/api/v1/query", request.path());
            assertEquals("POST", request.method());
            String asked = URLDecoder.decode(request.body(), StandardCharsets.UTF_8);
            assertTrue(asked, asked.matches("query=m\\{track=\"s\",code=\"500\"}\\[300\\d{3}ms]&timeout=20000ms&limit=50001"));
        }
    }

    private static String matrix(String samples) {
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"m\",\"pod\":\"a\"}," + samples + "}]}}";
    }

    private List<Series> counters(String samples, Instant since) throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, matrix(samples)))) {
            return prometheus(server.url(), null, null, null).counters(Selector.of("m"), Track.CANARY, since).series();
        }
    }

    @Test
    public void samplesOfAnotherTimeThanWasAskedForAreLeftOutAndTold() throws Exception {
        Instant now = Instant.now();
        long begin = now.getEpochSecond() - 5 * 60 - 10 * 60;
        long end = now.getEpochSecond() + 10 * 60;
        String values = "\"values\":[[" + (begin - 60) + ",\"1\"],[" + (begin + 30) + ",\"2\"],[" + (end - 30) + ",\"3\"],[" + (end + 90) + ",\"4\"],[253402300000,\"5\"]]";
        List<Series> series = counters(values, now);
        assertEquals("by clocks that differ", List.of(2.0, 3.0), series.get(0).points().stream().map(Point::value).toList());
        assertEquals(warnings.toString(), 1, warnings.stream().distinct().count());
        assertTrue(warnings.toString(), warnings.get(0).contains(" gave samples of another time than was asked for, which are left out; see that its clock is right"));
        String histograms = values.replace("values", "histograms").replaceAll("\"([1-5])\"]", "{\"count\":\"$1\",\"buckets\":[[0,\"0\",\"1\",\"$1\"]]}]");
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, matrix(histograms)))) {
            HistogramReading reading = prometheus(server.url(), null, null, null).histograms(Selector.of("m"), Track.CANARY, now);
            assertEquals(List.of(2.0, 3.0), reading.series().get(0).points().stream().map(point -> point.buckets().total()).toList());
        }
    }

    @Test
    public void allOfALongWaitIsAskedForAndTaken() throws Exception {
        Instant now = Instant.now();
        long begin = now.getEpochSecond() - 7 * 24 * 3600;
        List<Series> series = counters("\"values\":[[" + begin + ",\"1\"],[" + now.getEpochSecond() + ",\"2\"]]", Instant.ofEpochSecond(begin));
        assertEquals(2, series.get(0).points().size());
        assertEquals(List.of(), warnings);
    }

    @Test
    public void samplesOutOfTheirOrderCantBeRead() throws Exception {
        long now = Instant.now().getEpochSecond();
        for (String samples : List.of(
                "\"values\":[[" + now + ",\"1\"],[" + (now - 1) + ",\"2\"]]",
                "\"histograms\":[[" + now + ",{\"count\":\"1\",\"buckets\":[]}],[" + (now - 1) + ",{\"count\":\"2\",\"buckets\":[]}]]")) {
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> counters(samples, Instant.now()));
            assertTrue(e.getMessage(), e.getMessage().endsWith("sent a broken answer"));
            assertTrue(e.getCause().getMessage(), e.getCause().getMessage().contains("not in the order of their times"));
        }
    }

    /** VictoriaMetrics has samples of one moment twice where its data is replicated and deduplication is off. */
    @Test
    public void ofSamplesOfOneMomentOneIsTaken() throws Exception {
        long now = Instant.now().getEpochSecond();
        List<Series> series = counters("\"values\":[[" + now + ",\"NaN\"],[" + now + ",\"3\"],[" + now + ",\"2\"],[" + (now + 1) + ",\"4\"],[" + (now + 1) + ",\"4\"]]", Instant.now());
        assertEquals(List.of(new Point(now * 1000, 3), new Point(now * 1000 + 1000, 4)), series.get(0).points());
    }

    @Test
    public void manyWaitsNeedNoThreadEach() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, ONE))) {
            List<Prometheus> waits = new ArrayList<>();
            prometheus(server.url(), null, null, null).query("m");
            long before = clients();
            for (int i = 0; i < 20; i++) {
                waits.add(prometheus(server.url(), new Login("ann", SecretText.of("secret " + i)), null, null));
                assertEquals(1, waits.get(i).query("m").size());
            }
            assertTrue("those of other tests may end meanwhile", clients() <= before);
            assertEquals("each with its own login", 20, server.requests().stream().map(LoopbackServer.Request::authorization).filter(login -> login != null).distinct().count());
        }
    }

    private static long clients() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> !t.getName().startsWith("pool-") && !t.getName().startsWith("HTTP-Dispatcher")).count();
    }

    @Test
    public void theLoginIsSentWithEachRequest() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, ONE))) {
            prometheus(server.url(), new Login("ann", SecretText.of("secret")), null, null).query("m");
            prometheus(server.url(), new Login(null, SecretText.of("t0ken")), null, null).query("m");
            prometheus(server.url(), null, null, null).query("m");
            assertEquals("Basic YW5uOnNlY3JldA==", server.requests().get(0).authorization());
            assertEquals("Bearer t0ken", server.requests().get(1).authorization());
            assertEquals(null, server.requests().get(2).authorization());
        }
    }

    @Test
    public void refusedCredentialsAreToldByTheirParameterAndWithoutTheirValue() {
        DeliveryException e = assertThrows(DeliveryException.class, () -> answer(401, "who are you"));
        assertEquals("credentialsId", e.parameter());
        assertTrue(e.getMessage(), e.getMessage().contains("(status 401). Give credentials that may query it"));
        assertFalse(e.getMessage().contains("secret"));
    }

    @Test
    public void aServerThatIsNotReadyMayBeLater() {
        assertTrue(unavailable(503, "Service Unavailable").contains("answered with status 503"));
        assertTrue(unavailable(429, "").contains("answered with status 429"));
        assertTrue(unavailable(503, "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}").contains("could not answer (query timed out)"));
        assertTrue(unavailable(200, "{\"status\":\"succ").contains("sent a broken answer"));
        MetricSource.Unavailable up = assertThrows(MetricSource.Unavailable.class, () -> answer(503, ""));
        MetricSource.Unavailable failed = assertThrows(
                MetricSource.Unavailable.class, () -> answer(422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many\"}"));
        assertTrue(failed.failure("prometheus").getMessage().endsWith(" could not answer (too many). The server is up: its own log says more."));
        assertTrue("it is not said to be down", up.failure("prometheus").getMessage().endsWith(" answered with status 503. The server is up: its own log says more."));
    }

    @Test
    public void aServerThatIsNoPrometheusIsTold() {
        for (int status : new int[] {200, 404}) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> answer(status, "<html>hello</html>"));
            assertEquals("prometheus", e.parameter());
            assertTrue(e.getMessage(), e.getMessage().contains("is not a Prometheus server (status " + status));
        }
        assertEquals("prometheus", assertThrows(DeliveryException.class, () -> answer(200, "")).parameter());
        assertEquals("prometheus", assertThrows(DeliveryException.class, () -> answer(200, "{}")).parameter());
    }

    @Test
    public void warningsAboutTheQueryAreHandedOn() throws Exception {
        answer(200, ONE.replace("{\"status\":\"success\"", "{\"status\":\"success\",\"warnings\":[\"PromQL warning: odd\"]"));
        assertEquals(List.of("warning: PromQL warning: odd"), warnings);
    }

    @Test
    public void whatAStoreThatIsAwayHasIsMissing() {
        MetricSource.Unavailable e = assertThrows(
                MetricSource.Unavailable.class, () -> answer(200, ONE.replace("{\"status\":\"success\"", "{\"status\":\"success\",\"warnings\":[\"a store is away\"]")));
        assertTrue(e.getMessage(), e.isPartial() && e.getMessage().endsWith(" gave an incomplete answer (a store is away)"));
    }

    @Test
    public void everyKindOfNumberIsRead() throws Exception {
        assertEquals(1.5e6, answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1.5e+06\"]}}").get(0).value(), 0);
        assertEquals(Double.POSITIVE_INFINITY, answer(200, ONE.replace("\"4\"", "\"+Inf\"")).get(0).value(), 0);
        assertTrue(Double.isNaN(answer(200, ONE.replace("\"4\"", "\"NaN\"")).get(0).value()));
        String histogram = ONE.replace("\"value\":[1,\"4\"]", "\"histogram\":[1,{\"count\":\"4\",\"buckets\":[]}]");
        assertTrue(assertThrows(DeliveryException.class, () -> answer(200, histogram)).getMessage().contains("gives a native histogram, not a number"));
    }

    @Test(timeout = 20_000)
    public void aServerThatIsNotThereIsToldInWords() throws Exception {
        Prometheus closed = prometheus("http://127.0.0.1:" + LoopbackServer.closedPort(), null, null, null);
        assertTrue(assertThrows(MetricSource.Unavailable.class, () -> closed.query("m")).getMessage().endsWith("can't be reached (connection refused)"));
        Prometheus unknown = prometheus("http://no-such-host.invalid:9090", null, null, null);
        assertEquals("http://no-such-host.invalid:9090 can't be reached (the host name is unknown)", assertThrows(MetricSource.Unavailable.class, () -> unknown.query("m")).getMessage());
    }

    private final SharedReads shared = new SharedReads();

    private List<Sample> answer(int status, String body) throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(status, body))) {
            return prometheus(server.url(), new Login("ann", SecretText.of("secret")), null, null).query("m");
        }
    }

    private Prometheus prometheus(String url, Login login, String canary, String stable) throws DeliveryException {
        return new Prometheus(PrometheusAccess.of(url, login == null ? null : "id"), canary, stable, Sources.context(id -> Optional.ofNullable(login), Clock.system(), warnings, shared));
    }

    private String unavailable(int status, String body) {
        return assertThrows(MetricSource.Unavailable.class, () -> answer(status, body)).getMessage();
    }
}
