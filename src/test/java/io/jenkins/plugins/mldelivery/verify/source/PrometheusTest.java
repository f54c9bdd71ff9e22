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
        String matrix = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"m\",\"pod\":\"a\"},\"values\":[[1.5,\"4\"],[2.5,\"5\"]]}]}}";
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, matrix))) {
            Prometheus prometheus = prometheus(server.url() + "/prom/", null, "track=\"c\"", "track=\"s\"");
            Reading reading = prometheus.counters(new Selector("m", "code=\"500\"", "errors"), Track.STABLE, Instant.now());
            assertEquals(List.of(new Series("prometheus", Map.of("pod", "a"), List.of(new Point(1500, 4), new Point(2500, 5)), null)), reading.series());
            LoopbackServer.Request request = server.requests().get(0);
            assertEquals("/prom/api/v1/query", request.path());
            assertEquals("POST", request.method());
            String asked = URLDecoder.decode(request.body(), StandardCharsets.UTF_8);
            assertTrue(asked, asked.matches("query=m\\{track=\"s\",code=\"500\"}\\[300\\d{3}ms]&timeout=20000ms&limit=50001"));
        }
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
        assertEquals("a native histogram is not a number", true, Double.isNaN(answer(200, ONE.replace("\"value\":[1,\"4\"]", "\"histogram\":[1,{\"count\":\"4\",\"buckets\":[]}]")).get(0).value()));
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
