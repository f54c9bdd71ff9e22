package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Commands;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import io.jenkins.plugins.mldelivery.testing.Told;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Looks in two halves, of which the first one is made by somebody who is not believed. */
@RunWith(JUnitQuickcheck.class)
public class DetachedLookTest {
    private static final Commands NONE = (command, lines) -> {
        throw new AssertionError("no program is run here");
    };

    private final ManualClock clock = new ManualClock();
    private final Told told = new Told();

    private VerifyMetrics here(VerifyMetricsRequest request) throws DeliveryException {
        return new VerifyMetrics(request, null, new Environment(NONE, clock, Secrets.none(), told));
    }

    private static VerifyMetricsRequest pages(String url) {
        return new VerifyMetricsRequest(List.of(Check.ErrorRate.defaults()), null, null, null, null, List.of(url + "/canary"), List.of(url + "/stable"), "15s", "10m", "fail");
    }

    private static VerifyMetricsRequest server(String url, String credentialsId) {
        return new VerifyMetricsRequest(List.of(Check.Threshold.of("p99", "latency", null, 0.5)), url, credentialsId, null, null, List.of(), List.of(), "15s", "10m", "fail");
    }

    @Test
    public void twoHalvesAreAWholeLook() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (LoopbackServer models = LoopbackServer.start(r -> {
            boolean canary = r.path().equals("/canary");
            int n = canary ? looks.incrementAndGet() : looks.get();
            return new LoopbackServer.Answer(200, "http_requests_total{code=\"200\"} " + n * 900 + "\nhttp_requests_total{code=\"500\"} " + n * (canary ? 100 : 5) + "\n");
        })) {
            VerifyMetrics verify = here(pages(models.url()));
            VerifyState state = verify.start(clock.now());
            VerifyMetricsResult result = null;
            for (int i = 0; result == null && i < 20; i++) {
                clock.sleep(Duration.ofSeconds(15));
                // What goes to the agent goes over its channel.
                DetachedLook look = (DetachedLook) copy(new DetachedLook(pages(models.url()), 0, state.toJson(), clock.now()));
                VerifyState after = DetachedLook.take(look.read(NONE, Secrets.none(), new SharedReads()), state, verify.notes());
                VerifyMetrics.Look whole = verify.told(state, after);
                state = whole.state();
                result = whole.result();
            }
            assertEquals(Verdict.FAIL, result.verdict());
            assertTrue(told.toString(), told.notes().toString().contains("errorRate: reads the metrics of the preset"));
            assertEquals("each thing once", told.notes().size(), told.notes().stream().distinct().count());
        }
    }

    private static Object copy(Object value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    @Test
    public void nothingSecretComesBack() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(
                200, "{\"status\":\"success\",\"warnings\":[\"you sent " + r.authorization() + "\"],\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}"));
                LoopbackServer refusing = LoopbackServer.start(r -> new LoopbackServer.Answer(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"" + r.authorization() + "\"}"))) {
            Secrets secrets = id -> Optional.of(new Login(null, SecretText.of("s3cret-token")));
            VerifyState state = here(server(server.url(), null)).start(clock.now());
            String answer = new DetachedLook(server(server.url(), "id"), 0, state.toJson(), clock.now()).read(NONE, secrets, new SharedReads());
            assertTrue(answer, answer.contains("you sent Bearer ****"));
            DeliveryException e = assertThrows(
                    DeliveryException.class, () -> new DetachedLook(server(refusing.url(), "id"), 0, state.toJson(), clock.now()).read(NONE, secrets, new SharedReads()));
            assertFalse(e.getMessage(), e.getMessage().contains("s3cret"));
            assertTrue(e.getMessage(), e.getMessage().contains("Bearer ****"));
        }
    }

    @Test
    public void anAnswerOfAnotherWaitIsNotTaken() throws Exception {
        VerifyState before = here(server("http://127.0.0.1:1", null)).start(clock.now());
        VerifyState other = new VerifyState(clock.now().plusSeconds(1), true, null, before.checks());
        VerifyState more = new VerifyState(clock.now(), true, null, List.of(CheckState.initial(), CheckState.initial()));
        for (Object answer : new Object[] {null, 1, List.of(), Map.of("state", "x"), "", "[]", "{\"state\":1}", "{\"state\":\"{}\"}", answer(other), answer(more), "x".repeat(DetachedLook.MAX_ANSWER + 1)}) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> DetachedLook.take(answer, before, SourceNotes.none()));
            assertTrue(e.getMessage(), e.getMessage().length() < 500);
        }
    }

    private static String answer(VerifyState state) {
        return "{\"state\":" + TextNode.valueOf(state.toJson()) + "}";
    }

    @Test
    public void whatWasDecidedStays() throws Exception {
        CheckState failed = CheckState.initial().decided(Verdict.FAIL, "it was bad");
        VerifyState before = new VerifyState(clock.now(), true, null, List.of(failed, CheckState.initial()));
        VerifyState claimed = new VerifyState(clock.now(), true, null, List.of(CheckState.initial().decided(Verdict.PASS, "trust me"), CheckState.initial().decided(Verdict.PASS, "seen")));
        VerifyState after = DetachedLook.take(answer(claimed), before, SourceNotes.none());
        assertEquals(List.of(Verdict.FAIL, Verdict.PASS), after.checks().stream().map(CheckState::verdict).toList());
    }

    /** Each look tells them anew. */
    @Test
    public void anAgentsReasonsAreCut() throws Exception {
        VerifyState before = new VerifyState(clock.now(), true, null, List.of(CheckState.initial()));
        String text = "x".repeat(100_000);
        VerifyState claimed = new VerifyState(clock.now(), true, text, List.of(CheckState.initial().decided(Verdict.PASS, text)));
        VerifyState after = DetachedLook.take(answer(claimed), before, SourceNotes.none());
        assertEquals("x".repeat(2_000) + "…", after.checks().get(0).reason());
        assertEquals("x".repeat(2_000) + "…", after.trouble());
    }

    @Property(trials = 300)
    public void anyAnswer(@From(HostileText.class) @HostileText.Like({
        "{\"state\":\"{\\\"version\\\":6,\\\"started\\\":\\\"2026-01-01T00:00:00Z\\\",\\\"answered\\\":true,\\\"trouble\\\":null,\\\"checks\\\":[{\\\"verdict\\\":null,\\\"reason\\\":\\\"no data yet\\\",\\\"canary\\\":\\\"NaN\\\","
                + "\\\"samples\\\":0,\\\"evidence\\\":null}]}\",\"notes\":[{\"warning\":true,\"text\":\"odd\"}]}"}) String answer) throws Exception {
        VerifyState before = new VerifyState(Instant.parse("2026-01-01T00:00:00Z"), false, null, List.of(CheckState.initial()));
        VerifyMetrics verify = here(server("http://127.0.0.1:1", null));
        HostileText.survives(answer, () -> verify.told(before, DetachedLook.take(answer, before, verify.notes())));
    }

    @Test
    public void anAgentThatIsAwayIsWaitedForUntilTheTimeOut() throws Exception {
        VerifyMetrics verify = here(server("http://127.0.0.1:1", null));
        VerifyState state = verify.start(clock.now());
        VerifyMetrics.Look first = verify.told(state, verify.unread(state, "the agent a is not connected"));
        assertNull(first.result());
        assertEquals(Duration.ofSeconds(5), first.nextLook());
        clock.sleep(Duration.ofMinutes(10));
        VerifyMetrics.Look last = verify.told(first.state(), verify.unread(first.state(), "the agent a is not connected"));
        assertEquals(Verdict.INCONCLUSIVE, last.result().verdict());
        assertEquals("nothing measured within 10m: the agent a is not connected", last.result().reason());
        assertEquals(List.of("the agent a is not connected; looking again until the time is over"), told.warnings());
    }
}
