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
    private static final VerifyState STATE = new VerifyState(
            Instant.parse("2026-01-01T00:00:00.123Z"), true, "it's \"away\"",
            List.of(
                    CheckState.initial(),
                    new CheckState(
                            Verdict.FAIL, "more errors", new Counters(1_700_000_000_123L, Map.of("x", new Counters.Last(1_700_000_000_123L, 1e12, null), "y", new Counters.Last(1, 0.5, 7L)), Map.of("s", 5L)), Counters.none(), 1, 2, 3, 4, new OpenTick(5, 6, 7, 8), "ratio/1 text", 0,
                            Double.POSITIVE_INFINITY, Double.NaN)));

    @Test
    public void comesBackFromItsJsonWithEveryBit() throws Exception {
        VerifyState back = VerifyState.fromJson(STATE.toJson());
        assertEquals(STATE.toJson(), back.toJson());
        assertEquals(STATE.started(), back.started());
        assertEquals(STATE.trouble(), back.trouble());
        CheckState before = STATE.checks().get(1);
        CheckState after = back.checks().get(1);
        assertEquals(before.canary(), after.canary());
        assertEquals(before.stable(), after.stable());
        assertEquals(before.open(), after.open());
        assertEquals(Verdict.FAIL, after.verdict());
        assertEquals("ratio/1 text", after.evidence());
        assertEquals(0, after.lower(), 0);
        assertEquals(Double.POSITIVE_INFINITY, after.upper(), 0);
        assertTrue(Double.isNaN(after.value()));
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
        for (int version = 1; version <= 2; version++) {
            refused("{\"version\":" + version + "}");
            refused("{\"version\":" + version + ",\"started\":\"2026-01-01T00:00:00Z\"}");
            refused("{\"version\":" + version + ",\"started\":\"yesterday\",\"checks\":[]}");
        }
        refused("{\"version\":2,\"started\":\"2026-01-01T00:00:00Z\",\"checks\":[{}]}");
        assertTrue(refused(STATE.toJson().replace("\"version\":2", "\"version\":3")).getMessage().contains("version 3"));
    }

    @Test
    public void theEvidenceOfTheFirstReleasesBeginsAnewWithinTheSameWait() throws Exception {
        VerifyState back = VerifyState.fromJson("{\"version\":1,\"started\":\"2026-01-01T00:00:00.123Z\",\"answered\":true,\"checks\":[{\"canaryRequests\":70.0},{}]}");
        assertEquals(STATE.started(), back.started());
        assertTrue(back.answered());
        assertEquals(2, back.checks().size());
        assertEquals(0, back.checks().get(0).canaryRequests(), 0);
    }

    private static DeliveryException refused(String json) {
        DeliveryException e = assertThrows(json, DeliveryException.class, () -> VerifyState.fromJson(json));
        assertEquals("state", e.parameter());
        return e;
    }
}
