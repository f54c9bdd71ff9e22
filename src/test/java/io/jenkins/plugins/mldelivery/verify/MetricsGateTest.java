package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** A rollout's questions answered from metrics. */
public class MetricsGateTest {
    private final Pods pods = new Pods();
    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();

    @Test
    public void answersWithoutWaitingUntilThereIsAVerdict() throws Exception {
        serve(100, 0, 900, 0);
        Gate gate = gate("fail");
        Gate.Answer first = gate.look(facts(0));
        assertNull(first.verdict());
        assertEquals(Duration.ofSeconds(5), first.nextLook());
        assertEquals(Verdict.FAIL, lookTwice(gate, facts(0), 700, 300, 8900, 100).verdict());
    }

    /** So many requests, half of them until a look, half until the next one: a page is judged by its third sample. */
    private Gate.Answer lookTwice(Gate gate, RolloutFacts facts, int canaryGood, int canaryBad, int stableGood, int stableBad) throws Exception {
        clock.sleep(Duration.ofSeconds(5));
        serve(canaryGood / 2, canaryBad / 2, stableGood / 2, stableBad / 2);
        assertNull(gate.look(facts).verdict());
        clock.sleep(Duration.ofSeconds(5));
        serve(canaryGood / 2, canaryBad / 2, stableGood / 2, stableBad / 2);
        return gate.look(facts);
    }

    @Test
    public void eachTrafficStepIsANewQuestion() throws Exception {
        serve(100, 0, 900, 0);
        Gate gate = gate("fail");
        gate.look(facts(0));
        assertEquals(Verdict.PASS, lookTwice(gate, facts(0), 10_000, 0, 90_000, 0).verdict());
        assertNull("what the first step saw is no evidence for the second", gate.look(facts(1)).verdict());
        assertEquals(2, events.stream().filter(Event.Started.class::isInstance).count());
    }

    @Test
    public void theStepsOfARolloutShareTheirErrorProbability() throws Exception {
        assertEquals("ten errors more are enough for one step", Verdict.FAIL, afterErrors(1));
        assertNull("but not for one of a million", afterErrors(1_000_000));
    }

    private Verdict afterErrors(int steps) throws Exception {
        serve(100, 0, 900, 0);
        MetricsGate gate = gate("fail");
        RolloutFacts facts = new RolloutFacts("churn", "ml", "r1", "r1", 0, steps, 10, 0, false, clock.now(), "pod=~\"churn-canary-.*\"", "pod=~\"churn-stable-.*\"");
        gate.look(facts);
        return lookTwice(gate, facts, 190, 10, 1800, 0).verdict();
    }

    @Test
    public void anInconclusiveEndPassesOnlyWhenTheUserSaysSo() throws Exception {
        serve(1, 0, 1, 0);
        assertEquals(Verdict.INCONCLUSIVE, lastAnswer(gate("fail")).verdict());
        Gate.Answer passed = lastAnswer(gate("pass"));
        assertEquals(Verdict.PASS, passed.verdict());
        assertTrue(passed.reason(), passed.reason().startsWith("inconclusive, which this rollout accepts: no verdict within 1m"));
    }

    @Test
    public void anUnstableEndGoesOnAndIsRemembered() throws Exception {
        serve(1, 0, 1, 0);
        MetricsGate gate = gate("unstable");
        assertNull(gate.unstable());
        Gate.Answer passed = lastAnswer(gate);
        assertEquals("as with mlVerifyMetrics in the body, which passes and marks the build", Verdict.PASS, passed.verdict());
        assertTrue(passed.reason(), passed.reason().startsWith("inconclusive, which this rollout accepts: no verdict within 1m"));
        assertTrue(gate.unstable(), gate.unstable().startsWith("no verdict within 1m"));
        MetricsGate second = gate("unstable");
        second.restore(gate.evidence());
        assertEquals("also after a restart", gate.unstable(), second.unstable());
        second.look(facts(1));
        assertEquals("and at the steps that follow", gate.unstable(), second.unstable());
        MetricsGate lenient = gate("pass");
        lastAnswer(lenient);
        assertNull("who lets it pass wants no mark", lenient.unstable());
    }

    @Test
    public void metricsThatCanNotBeReadAreNoReasonToGoOn() throws Exception {
        pods.away(true);
        Gate.Answer answer = lastAnswer(gate("pass"));
        assertEquals(Verdict.FAIL, answer.verdict());
        assertTrue(answer.reason(), answer.reason().startsWith("the metrics could not be verified: cluster: the pods can't be reached"));
    }

    @Test
    public void aServerThatIsAwayAtTheBeginningOfAStepEndsNoRollout() throws Exception {
        serve(100, 0, 900, 0);
        MetricsGate gate = gate("fail");
        pods.away(true);
        for (int second = 0; second < 55; second += 5) {
            assertNull("after " + second + " s", gate.look(facts(0)).verdict());
            clock.sleep(Duration.ofSeconds(5));
        }
        pods.away(false);
        gate = restored(gate);
        assertNull(gate.look(facts(0)).verdict());
    }

    @Test
    public void aSourceThatHasAnsweredAtAnEarlierStepLeavesTheNextOneInconclusive() throws Exception {
        serve(100, 0, 900, 0);
        MetricsGate gate = gate("pass");
        gate.look(facts(0));
        pods.away(true);
        MetricsGate second = restored(gate);
        Gate.Answer answer = second.look(facts(1));
        while (answer.verdict() == null) {
            clock.sleep(answer.nextLook());
            answer = second.look(facts(1));
        }
        assertEquals(answer.reason(), Verdict.PASS, answer.verdict());
        assertTrue(answer.reason(), answer.reason().startsWith("inconclusive, which this rollout accepts: no verdict within 1m: the pods can't be reached"));
    }

    private MetricsGate restored(MetricsGate gate) throws Exception {
        MetricsGate other = gate("pass");
        other.restore(gate.evidence());
        return other;
    }

    @Test
    public void knowsTheTracksOfTheRollout() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"))) {
            VerifyMetricsRequest request = new VerifyMetricsRequest(
                    List.of(new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 1.5, 0.01, 0.05, 0, 1)), server.url(), null, null, null, List.of(), List.of(), "5s", "1m", "fail");
            new MetricsGate(request, pods, environment()).look(facts(0));
            assertEquals(
                    List.of("query=http_requests_total{pod=~\"churn-canary-.*\"}[300000ms]&timeout=20000ms&limit=50001", "query=http_requests_total{pod=~\"churn-stable-.*\"}[300000ms]&timeout=20000ms&limit=50001"),
                    server.requests().stream().map(r -> URLDecoder.decode(r.body(), StandardCharsets.UTF_8)).toList());
            assertEquals(0, pods.scrapes);
        }
    }

    @Test
    public void anotherGateGoesOnWithTheEvidenceOfTheFirst() throws Exception {
        serve(100, 0, 900, 0);
        MetricsGate first = gate("fail");
        assertNull("nothing was seen yet", first.evidence());
        first.look(facts(0));
        clock.sleep(Duration.ofSeconds(5));
        serve(350, 150, 4450, 50);
        assertNull(first.look(facts(0)).verdict());
        clock.sleep(Duration.ofSeconds(5));
        serve(350, 150, 4450, 50);
        MetricsGate second = gate("fail");
        second.restore(first.evidence());
        Gate.Answer failed = second.look(facts(0));
        assertEquals("a gate that began only now has one look, which is none to compare with", Verdict.FAIL, failed.verdict());

        serve(800, 300, 90_000, 100);
        MetricsGate third = gate("fail");
        third.restore(second.evidence());
        assertEquals("a verdict once given stays", failed, third.look(facts(0)));
        assertNull("but not for the next step", third.look(facts(1)).verdict());
    }

    /** It is kept in files that more people may read than may use the secret. */
    @Test
    public void whatIsKeptHoldsNoSecretThatAServerQuotes() throws Exception {
        String said = "{\"status\":\"error\",\"errorType\":\"internal\",\"error\":\"you sent hunter2-hunter2\"}";
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(500, said))) {
            VerifyMetricsRequest request = new VerifyMetricsRequest(
                    List.of(Check.ErrorRate.defaults()), server.url(), null, null, null, List.of(), List.of(), "5s", "10s", "fail");
            Environment environment = environment();
            environment.known().learn(SecretText.of("hunter2-hunter2"));
            MetricsGate gate = new MetricsGate(request, pods, environment);
            assertNull(gate.look(facts(0)).verdict());
            assertTrue(gate.evidence(), gate.evidence().contains("you sent ****"));
            clock.sleep(Duration.ofSeconds(10));
            assertEquals(Verdict.FAIL, gate.look(facts(0)).verdict());
            assertTrue(gate.evidence(), gate.evidence().contains("you sent ****"));
            assertFalse(gate.evidence(), gate.evidence().contains("hunter2"));
            MetricsGate second = new MetricsGate(request, pods, environment);
            second.restore(gate.evidence());
            assertEquals(Verdict.FAIL, second.look(facts(0)).verdict());
        }
    }

    @Test
    public void ofSeveralChecksTheDecidingOneIsNamed() throws Exception {
        Check.ErrorRate calls = new Check.ErrorRate("calls", "http_requests_total", "code=~\"5..\"", 1.5, 0.01, 0.05, 0, 1);
        for (List<Check> checks : List.<List<Check>>of(List.of(calls), List.of(calls, Check.ErrorRate.defaults()))) {
            serve(100, 0, 900, 0);
            MetricsGate gate = new MetricsGate(new VerifyMetricsRequest(checks, null, null, null, null, List.of(), List.of(), "5s", "1m", "fail"), pods, environment());
            gate.look(facts(0));
            String name = checks.size() == 1 ? "" : "calls: ";
            serve(150, 0, 950, 0);
            String late = lastAnswer(gate).reason();
            assertTrue(late, late.startsWith(name + "no verdict within 1m: "));
            gate.look(facts(1));
            String worse = lookTwice(gate, facts(1), 700, 300, 8900, 100).reason();
            assertTrue(worse, worse.startsWith(name + "errors at least "));
        }
    }

    @Test
    public void damagedEvidenceIsRefused() throws Exception {
        for (String damaged : List.of("{", "{}", "{\"version\":2,\"step\":0}", "{\"version\":1,\"step\":0,\"verdict\":\"MAYBE\"}", "{\"version\":1,\"step\":0,\"state\":\"x\"}")) {
            MetricsGate gate = gate("fail");
            assertEquals(damaged, "state", assertThrows(DeliveryException.class, () -> gate.restore(damaged)).parameter());
        }
    }

    @Test
    public void aPreviewWithoutTrafficPassesUnseen() throws Exception {
        Gate.Answer preview = gate("fail").look(facts(0, 0, 0));
        assertEquals(Gate.Answer.of(Verdict.PASS, "the preview has no traffic to judge"), preview);
        assertEquals(0, pods.scrapes);
        serve(100, 0, 900, 0);
        assertNull("copies of requests are traffic", gate("fail").look(facts(0, 0, 100)).verdict());
        assertTrue("it looked", pods.scrapes > 0);
    }

    @Test
    public void whereThereIsNoStableVersionBesideTheNewOneOnlyTheNewOneIsChecked() throws Exception {
        String both = "pod=~\"churn-.*\"";
        RolloutFacts rolling = new RolloutFacts("churn", "ml", "r1", "r1", 0, 1, 100, 0, false, clock.now(), both, both);
        Gate.Answer compared = gate("fail").look(rolling);
        assertEquals(Verdict.FAIL, compared.verdict());
        assertTrue(compared.reason(), compared.reason().contains("checks: 'errorRate' compares the canary with the stable version"));
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"0.2\"]}}"))) {
            Check.Threshold threshold = new Check.Threshold("p99", "slow", null, 0.5, 1, 0, "inconclusive");
            Gate gate = new MetricsGate(
                    new VerifyMetricsRequest(List.of(threshold), server.url(), null, null, null, List.of(), List.of(), "5s", "1m", "fail"), pods, environment());
            Gate.Answer answer = gate.look(rolling);
            while (answer.verdict() == null) {
                clock.sleep(answer.nextLook());
                answer = gate.look(rolling);
            }
            assertEquals(answer.reason(), Verdict.PASS, answer.verdict());
        }
    }

    private RolloutFacts alone() {
        String both = "pod=~\"churn-.*\"";
        return new RolloutFacts("churn", "ml", "r1", "r1", 0, 1, 100, 0, false, clock.now(), both, both, true);
    }

    /** Its pods are those of the stable track, whose place they have taken. */
    @Test
    public void whereTheVersionBeforeServedNobodyTheErrorRateIsJudgedByWhatIsAcceptable() throws Exception {
        // Of 3000 requests: none, those of a version that is much worse, and those of one that is near the limit of 1 %.
        for (int errors : List.of(0, 300, 30)) {
            RolloutFacts alone = alone();
            Check.ErrorRate rate = new Check.ErrorRate("errorRate", null, null, 1.5, 0.01, 0.05, 0.01, 50);
            MetricsGate gate = new MetricsGate(request(rate, "fail"), pods, environment());
            // What the canary's track has is nobody's here.
            serve(0, 5_000, 100, 0);
            gate.look(alone);
            Gate.Answer answer = lookTwice(gate, alone, 0, 9_000, 3_000 - errors, errors);
            assertEquals(answer.reason(), errors == 0 ? Verdict.PASS : errors == 300 ? Verdict.FAIL : null, answer.verdict());
            if (answer.verdict() != null) {
                assertTrue(answer.reason(), answer.reason().startsWith(
                        "errors " + (errors == 0 ? "below" : "above") + " the acceptable 1.00 %, 9"));
            }
        }
    }

    @Test
    public void whereNothingIsLeftThatJudgesTheNewVersionAloneItIsNotPassed() throws Exception {
        List<Check> none = List.of(
                Check.Latency.defaults(), new Check.ErrorRate("errorRate", null, null, 1.5, 0.01, 0.05, 0, 50));
        for (Check check : none) {
            Gate.Answer failed = new MetricsGate(request(check, "fail"), pods, environment()).look(alone());
            String reason = check.name() + " left out: the version before had no ready pod to compare with, and no other check judges the new version by "
                    + "its own values. Give an errorRate with an acceptable rate, a threshold or an expression";
            assertEquals(Gate.Answer.of(Verdict.INCONCLUSIVE, reason), failed);
            MetricsGate accepting = new MetricsGate(request(check, "unstable"), pods, environment());
            assertEquals(Verdict.PASS, accepting.look(alone()).verdict());
            assertEquals(reason, accepting.unstable());
        }
    }

    private static VerifyMetricsRequest request(Check check, String onInconclusive) {
        return new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "5s", "1m", onInconclusive);
    }

    @Test
    public void whatOnlyComparesIsLeftOutWhereTheVersionBeforeServedNobody() throws Exception {
        String leftOut = "latency left out: the version before had no ready pod to compare with";
        for (String value : List.of("0.2", "0.7")) {
            String page = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"" + value + "\"]}}";
            try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, page))) {
                Check.Threshold threshold = new Check.Threshold("p99", "slow", null, 0.5, 1, 0, "inconclusive");
                VerifyMetricsRequest request = VerifyMetricsRequest.of(List.of(threshold, Check.Latency.defaults()));
                Gate gate = new MetricsGate(
                        new VerifyMetricsRequest(request.checks(), server.url(), null, null, null, List.of(), List.of(), "5s", "1m", "fail"), pods, environment());
                RolloutFacts alone = alone();
                Gate.Answer answer = gate.look(alone);
                while (answer.verdict() == null) {
                    clock.sleep(answer.nextLook());
                    answer = gate.look(alone);
                }
                assertEquals(value.equals("0.2") ? Verdict.PASS : Verdict.FAIL, answer.verdict());
                assertTrue(answer.reason(), answer.reason().endsWith("; " + leftOut));
            }
        }
    }

    @Test
    public void evidenceIsOfItsOwnChecksAndItsOwnPods() throws Exception {
        serve(1000, 0, 9000, 0);
        MetricsGate first = gate("fail");
        first.look(facts(0));
        String evidence = first.evidence();
        assertNotNull(evidence);
        MetricsGate same = gate("fail");
        same.restore(evidence);
        assertEquals(evidence, same.evidence());
        MetricsGate other = gate("pass");
        other.restore(evidence);
        assertNull("evidence for other checks", other.evidence());
        int scrapes = pods.scrapes;
        RolloutFacts f = facts(0);
        MetricsGate replaced = gate("fail");
        replaced.restore(new ObjectMapper().readTree(evidence).deepCopy().toString().replace("\"verdict\":null,\"reason\":null", "\"verdict\":\"PASS\",\"reason\":\"fine\""));
        assertEquals("a verdict stays", Verdict.PASS, replaced.look(f).verdict());
        assertEquals(scrapes, pods.scrapes);
        RolloutFacts others = new RolloutFacts(
                f.model(), f.namespace(), f.revision(), "other pods", f.step(), f.steps(), f.weight(), f.mirror(), f.paused(), f.onset(), f.canarySelector(), f.stableSelector());
        assertNull("other pods are judged themselves", replaced.look(others).verdict());
        assertTrue(pods.scrapes > scrapes);
    }

    @Test
    public void wrongParametersAreToldBeforeTheRolloutBegins() {
        assertEquals("onInconclusive", assertThrows(DeliveryException.class, () -> gate("maybe")).parameter());
    }

    private Gate.Answer lastAnswer(Gate gate) throws Exception {
        while (true) {
            Gate.Answer answer = gate.look(facts(0));
            if (answer.verdict() != null) {
                return answer;
            }
            clock.sleep(answer.nextLook());
        }
    }

    private void serve(long canaryGood, long canaryBad, long stableGood, long stableBad) {
        pods.serve(Track.CANARY, "c", canaryGood, canaryBad).serve(Track.STABLE, "s", stableGood, stableBad);
    }

    private MetricsGate gate(String onInconclusive) throws DeliveryException {
        return new MetricsGate(
                new VerifyMetricsRequest(List.of(Check.ErrorRate.defaults()), null, null, null, null, List.of(), List.of(), "5s", "1m", onInconclusive), pods, environment());
    }

    private Environment environment() {
        return new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, clock, Secrets.none(), events::add);
    }

    private RolloutFacts facts(int step) {
        return facts(step, 10, 0);
    }

    private RolloutFacts facts(int step, int weight, int mirror) {
        return new RolloutFacts("churn", "ml", "r1", "r1", step, 2, weight, mirror, false, clock.now(), "pod=~\"churn-canary-.*\"", "pod=~\"churn-stable-.*\"");
    }
}
