package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** <code>CANARY</code> and <code>STABLE</code> in queries. */
public class TrackWordsTest {
    private static final Map<Track, String> MATCHERS = Map.of(Track.CANARY, "pod=~\"c-.*\"", Track.STABLE, "pod=~\"s-\\\\d\"");
    private static final String NUMBER = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"0.2\"]}}";

    private final ManualClock clock = new ManualClock();

    /** What has no end is not searched to the end of the text each time. */
    @Test(timeout = 10_000)
    public void groupingsWithoutAnEndTakeLinearTime() {
        assertFalse(TrackWords.has("by(".repeat(300_000), "TRACK"));
        assertTrue(TrackWords.has("sum by (" + "a,".repeat(100_000) + "b) (up{TRACK})", "TRACK"));
    }

    @Test
    public void aWordAmongTheMatchersStandsForThoseOfItsTrack() {
        assertEquals("sum(x{pod=~\"c-.*\"}) / sum(x{a=\"b\", pod=~\"s-\\\\d\"})", put("sum(x{CANARY}) / sum(x{a=\"b\", STABLE})"));
        assertEquals("x{ pod=~\"c-.*\" , a=\"b\"} - x{pod=~\"c-.*\",c!=\"d\"}", put("x{ CANARY , a=\"b\"} - x{CANARY,c!=\"d\"}"));
        assertEquals("x{\n  pod=~\"c-.*\"\n}", put("x{\n  CANARY\n}"));
        assertEquals("x{\n  pod=~\"c-.*\" # new\n}", put("x{\n  CANARY # new\n}"));
        assertEquals("x{a=\"b\", c=\"d\"}", TrackWords.put("x{CANARY, c=\"d\"}", Map.of(Track.CANARY, "a=\"b\",")));
    }

    @Test
    public void whatOnlyLooksLikeOneStaysAsItIs() {
        for (String query : List.of(
                "CANARY", "CANARY{a=\"b\"}", "x{CANARY=\"b\"}", "x{a=\"{CANARY}\"}", "x{a='{CANARY}'}", "x{a=`,CANARY,`}", "x{a=\"\\\"{CANARY}\"}", "x{CANARYS}", "x{MYCANARY}", "x{canary}",
                "x # {CANARY}", "sum by (le, CANARY, x) (y)", "a + ON(b, CANARY, c) d", "x{a=\"it's\",b=\"{CANARY}\"}", "x{TRACK}")) {
            assertEquals(query, query, put(query));
            assertFalse(query, TrackWords.has(query, Track.CANARY));
        }
        assertTrue("behind a string and a comment it is one", TrackWords.has("x{a='\"'} # it's\n + x{CANARY}", Track.CANARY));
        assertFalse(TrackWords.has("x{CANARY}", Track.STABLE));
    }

    private static String put(String query) {
        return TrackWords.put(query, MATCHERS);
    }

    @Test
    public void aRolloutKnowsItsTracks() throws Exception {
        Check threshold = Check.Threshold.of("errors", "sum(rate(errors_total{CANARY}[1m]))", null, 0.5);
        Check expression = Check.Expression.of("cost", Map.of("a", "cost{CANARY}", "b", "cost{STABLE}"), "a < 2 * b", null);
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, NUMBER))) {
            MetricsGate gate = new MetricsGate(request(server.url(), null, threshold, expression), null, environment());
            Gate.Answer answer = gate.look(facts("pod=~\"churn-stable-.*\""));
            while (answer.verdict() == null) {
                clock.sleep(answer.nextLook());
                answer = gate.look(facts("pod=~\"churn-stable-.*\""));
            }
            assertEquals(answer.reason(), Verdict.PASS, answer.verdict());
            String asked = server.requests().stream().map(r -> URLDecoder.decode(r.body() + r.path(), StandardCharsets.UTF_8)).toList().toString();
            for (String query : List.of("sum(rate(errors_total{pod=~\"churn-canary-.*\"}[1m]))", "cost{pod=~\"churn-canary-.*\"}", "cost{pod=~\"churn-stable-.*\"}")) {
                assertTrue(asked, asked.contains(query));
            }
        }
    }

    @Test
    public void aRollingUpdateHasNoStableVersion() throws Exception {
        String both = "pod=~\"churn-canary-.*\"";
        Gate.Answer answer = new MetricsGate(request("http://127.0.0.1:1", null, Check.Threshold.of("both", "x{CANARY} - x{STABLE}", null, 1.0)), null, environment()).look(facts(both));
        assertEquals(
                "the metrics could not be verified: checks: a query of 'both' asks for STABLE, and a rolling update has no stable version beside the new one. Ask for CANARY alone, or use another strategy.",
                answer.reason());
    }

    @Test
    public void withoutMatchersTheWaitDoesNotBegin() throws Exception {
        Check check = Check.Expression.of("cost", Map.of("a", "cost{CANARY}", "b", "cost{STABLE}"), "a < 2 * b", null);
        DeliveryException e = assertThrows(DeliveryException.class, () -> new VerifyMetrics(request("http://127.0.0.1:1", "track=\"canary\"", check), null, environment()));
        assertEquals(
                "stable: a query of the check 'cost' asks for STABLE, and which series these are is not known. Give their label matchers, or give the checks to mlDeployModel, which knows them.",
                e.getMessage());
        new VerifyMetrics(request("http://127.0.0.1:1", "track=\"canary\"", Check.Threshold.of("one", "x{CANARY}", null, 1.0)), null, environment());
    }

    @Test
    public void whatIsToldOfAQueryCanBeTriedAsItIs() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"))) {
            VerifyMetricsResult result = new VerifyMetrics(request(server.url(), "track=\"c\"", Check.Threshold.of("one", "x{CANARY}", null, 1.0)), null, environment()).run();
            assertTrue(result.reason(), result.reason().contains("query: 'x{track=\"c\"}' gave no data"));
        }
    }

    private static VerifyMetricsRequest request(String url, String canary, Check... checks) {
        return new VerifyMetricsRequest(List.of(checks), url, null, canary, null, List.of(), List.of(), "5s", "1m", "fail");
    }

    private Environment environment() {
        return new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, clock, Secrets.none(), EventSink.none());
    }

    private RolloutFacts facts(String stable) {
        return new RolloutFacts("churn", "ml", "r1", "r1", 0, 2, 10, 0, false, clock.now(), "pod=~\"churn-canary-.*\"", stable);
    }
}
