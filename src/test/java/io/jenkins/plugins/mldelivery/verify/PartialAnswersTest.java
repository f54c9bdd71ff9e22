package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Test;

/** Answers of a server some of whose stores are away, of which one may be the canary's. */
public class PartialAnswersTest {
    private static final List<String> PARTIAL = List.of(
            "\"warnings\":[\"No StoreAPIs matched for this query\"]", "\"isPartial\":true", "\"infos\":[\"partial response: store a is away\"]",
            "\"warnings\":[\"PromQL warning: the le label is missing\",\"receive series from Addr: store:10901: unavailable\"]");

    private static final List<String> WHOLE = List.of(
            "\"warnings\":[]", "\"isPartial\":false", "\"infos\":[\"PromQL info: metric might not be a counter\"]", "\"warnings\":[\"PromQL warning: quantile value should be between 0 and 1\"]");

    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();
    private final AtomicReference<String> said = new AtomicReference<>("\"warnings\":[]");

    @Test
    public void whatIsNotCompleteIsNoEvidenceWhileItLasts() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(this::answer)) {
            for (String partial : PARTIAL) {
                VerifyMetrics verify = verify(server, "inconclusive", Check.ErrorRate.defaults());
                VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
                said.set(partial);
                for (int i = 0; i < 8; i++) {
                    clock.sleep(Duration.ofSeconds(15));
                    look = verify.look(VerifyState.fromJson(look.state().toJson()));
                    assertNull(partial, look.result());
                    assertTrue(look.state().checks().get(0).reason(), look.state().checks().get(0).reason().contains("gave an incomplete answer ("));
                }
                assertEquals("none of it counts", 0, look.state().checks().get(0).samples());
                said.set("\"warnings\":[]");
                VerifyMetricsResult result = toTheEnd(verify, look);
                assertEquals(result.reason(), Verdict.FAIL, result.verdict());
                assertTrue(result.reason(), result.reason().endsWith("; the answers of 8 looks were incomplete, and did not count"));
                assertEquals(8, result.incompleteLooks());
                assertEquals(8, result.toMap().get("incompleteLooks"));
                String junit = new VerifyMetricsReport(result, start, clock.now()).toJUnit("fail");
                assertTrue(junit, junit.contains("<property name=\"incompleteLooks\" value=\"8\"/>"));
            }
        }
    }

    @Test
    public void itEndsInconclusiveWhenItLastsAndNoOtherPolicyApplies() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(this::answer)) {
            said.set(PARTIAL.get(0));
            Check strict = new Check.Threshold("limit", "max(x)", null, 1e9, 2, 0, -1, -1, 0, "fail", "fail", "fail", "critical", "0s");
            for (Check check : List.of(Check.ErrorRate.defaults(), strict)) {
                VerifyMetrics verify = verify(server, "inconclusive", check);
                VerifyMetricsResult result = toTheEnd(verify, verify.look(verify.start(clock.now())));
                assertEquals(result.reason(), Verdict.INCONCLUSIVE, result.verdict());
                assertTrue(result.reason(), result.reason().contains("within 5m: " + server.url() + " gave an incomplete answer (No StoreAPIs matched for this query)"));
            }
            assertEquals("told once a wait", 2, events.stream().filter(e -> e instanceof Event.Note n && n.text().endsWith("looking again until the time is over")).count());
        }
    }

    @Test
    public void itCountsWhereThatIsAskedForAndTheResultSaysSo() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(this::answer)) {
            said.set(PARTIAL.get(0));
            VerifyMetrics verify = verify(server, "accept", Check.ErrorRate.defaults());
            VerifyMetricsResult result = toTheEnd(verify, verify.look(verify.start(clock.now())));
            assertEquals(result.reason(), Verdict.FAIL, result.verdict());
            assertTrue(result.reason(), result.reason().endsWith("looks were incomplete, and were taken"));
        }
    }

    @Test
    public void notesAboutTheQueryAreNoLack() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(this::answer)) {
            for (String whole : WHOLE) {
                said.set(whole);
                VerifyMetrics verify = verify(server, "inconclusive", Check.ErrorRate.defaults());
                VerifyMetricsResult result = toTheEnd(verify, verify.look(verify.start(clock.now())));
                assertEquals(whole, Verdict.FAIL, result.verdict());
                assertFalse(result.reason(), result.reason().contains("incomplete"));
            }
        }
    }

    @Test
    public void wrongPoliciesAreRefused() {
        VerifyMetricsRequest plain = VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults()));
        for (String policy : List.of("accept", "ignore")) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> VerifyMetricsChecks.check(plain.withOnPartial(policy)));
            assertEquals("onPartial", e.parameter());
        }
    }

    private VerifyMetricsResult toTheEnd(VerifyMetrics verify, VerifyMetrics.Look first) throws Exception {
        VerifyMetrics.Look look = first;
        while (look.result() == null) {
            clock.sleep(look.nextLook());
            look = verify.look(look.state());
        }
        return look.result();
    }

    /** A canary that fails more requests, for each query. */
    private LoopbackServer.Answer answer(LoopbackServer.Request request) {
        String query = URLDecoder.decode(request.body(), StandardCharsets.UTF_8);
        StringBuilder rows = new StringBuilder();
        if (query.contains("__name__=~\"")) {
            rows.append("{\"metric\":{\"__name__\":\"http_requests_total\"},\"value\":[1,\"1\"]}");
        } else if (query.startsWith("query=http_requests_total")) {
            boolean canary = query.contains("canary");
            rows.append(row(canary, "200", 900)).append(',').append(row(canary, "500", canary ? 100 : 10));
        } else {
            rows.append("{\"metric\":{},\"value\":[1,\"1\"]}");
        }
        String type = rows.indexOf("values") >= 0 ? "matrix" : "vector";
        return new LoopbackServer.Answer(200, "{\"status\":\"success\"," + said.get() + ",\"data\":{\"resultType\":\"" + type + "\",\"result\":[" + rows + "]}}");
    }

    private String row(boolean canary, String code, long each) {
        long now = clock.now().toEpochMilli();
        long looks = Duration.between(start.minusSeconds(86_400), clock.now()).toSeconds() / 15;
        return "{\"metric\":{\"instance\":\"" + canary + "\",\"job\":\"a\",\"status\":\"" + code + "\"},\"values\":[[" + now / 1000.0 + ",\"" + looks * each + "\"]]}";
    }

    private VerifyMetrics verify(LoopbackServer server, String onPartial, Check check) throws DeliveryException {
        Environment environment = new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, clock, Secrets.none(), events::add);
        return new VerifyMetrics(
                new VerifyMetricsRequest(List.of(check), server.url(), null, "track=\"canary\"", "track=\"stable\"", List.of(), List.of(), "15s", "5m", "fail").withOnPartial(onPartial), null, environment);
    }
}
