package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class VerifyStateTest {
    private static final int CURRENT = 4;
    private static final VerifyState STATE = new VerifyState(
            Instant.parse("2026-01-01T00:00:00.123Z"), true, "it's \"away\"",
            List.of(
                    CheckState.initial(),
                    new CheckState(Verdict.FAIL, "more errors", 0.5, 0.25, Double.NaN, 0, Double.POSITIVE_INFINITY, 3, new RequestEvidence(
                            "triton", new Counters(1_700_000_000_123L, Map.of("x", new Counters.Last(1_700_000_000_123L, 1e12, null), "y", new Counters.Last(1, 0.5, 7L)), Map.of("s", 5L)), Counters.none(),
                            new RatioCounts(1, 2, 3, 4, new OpenTick(5, 6, 7, 8), "ratio/1 text"))),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new HistogramEvidence(
                            null, new HistogramCounters(5, List.of(List.of(0.1, 0.5)), Map.of("x", new HistogramCounters.Last(5, 0, List.of(1.0, 2.0, 0.5), 4L)), Map.of("s", 5L)), HistogramCounters.none(),
                            List.of(0.1, 0.5), new OpenHistogram(List.of(0.5), List.of(1e12, 0.1)), OpenHistogram.NONE, 1, RatioCounts.none(), "slower/1 text", 0, "pods/1 text", 2, 650)),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new Measurements(5, 1, 2, 0, 1)),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new GaugeEvidence(1, 2, 0.1, 3, 0.4, 5, Double.NaN, 7, null))));

    @Test
    public void comesBackFromItsJsonWithEveryBit() throws Exception {
        VerifyState back = VerifyState.fromJson(STATE.toJson());
        assertEquals(STATE.toJson(), back.toJson());
        assertEquals(STATE.started(), back.started());
        assertEquals(STATE.trouble(), back.trouble());
        for (int i = 0; i < STATE.checks().size(); i++) {
            assertEquals(STATE.checks().get(i), back.checks().get(i));
        }
    }

    @Test
    public void isRefusedWhenItIsCutOffAnywhere() {
        String json = STATE.toJson();
        for (int length = 0; length < json.length(); length++) {
            refused(json.substring(0, length));
        }
    }

    @Test
    public void isRefusedWhenSomethingIsMissingOrOfAnotherVersion() {
        refused("null");
        refused("[]");
        for (int version = 1; version <= CURRENT; version++) {
            refused("{\"version\":" + version + "}");
            refused("{\"version\":" + version + ",\"started\":\"2026-01-01T00:00:00Z\"}");
            refused("{\"version\":" + version + ",\"started\":\"yesterday\",\"checks\":[]}");
        }
        refused("{\"version\":" + CURRENT + ",\"started\":\"2026-01-01T00:00:00Z\",\"checks\":[{}]}");
        assertTrue(refused(STATE.toJson().replace("\"version\":4", "\"version\":5")).getMessage().contains("version 5"));
    }

    @Test
    public void evidenceThatDoesNotFitTogetherIsRefused() {
        refused("{\"version\":" + CURRENT + ",\"started\":\"2026-01-01T00:00:00Z\",\"checks\":[null]}");
        refused(STATE.toJson().replace("\"bound\":1", "\"bound\":2"));
        refused(STATE.toJson().replace("\"middle\":0", "\"middle\":7"));
        refused(STATE.toJson().replace("\"triton\"", "\"a model server that nobody knows\""));
    }

    @Test
    public void theEvidenceOfEarlierVersionsBeginsAnewWithinTheSameWait() throws Exception {
        for (int version = 1; version < CURRENT; version++) {
            VerifyState back = VerifyState.fromJson(
                    "{\"version\":" + version + ",\"started\":\"2026-01-01T00:00:00.123Z\",\"answered\":true,\"checks\":[{\"canaryRequests\":70.0},{}]}");
            assertEquals(STATE.started(), back.started());
            assertTrue(back.answered());
            assertEquals(List.of(CheckState.initial(), CheckState.initial()), back.checks());
        }
    }

    private static DeliveryException refused(String json) {
        DeliveryException e = assertThrows(json, DeliveryException.class, () -> VerifyState.fromJson(json));
        assertEquals("state", e.parameter());
        return e;
    }
}
