package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.stats.BoundedDifferenceTest;
import io.jenkins.plugins.mldelivery.verify.stats.BurstGuard;
import io.jenkins.plugins.mldelivery.verify.stats.DistributionTest;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.NormalDifferenceTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import io.jenkins.plugins.mldelivery.verify.stats.SlowerTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class VerifyStateTest {
    private static final int CURRENT = 6;
    private static final double[] BOUNDS = {0.1, 0.5, Double.POSITIVE_INFINITY};
    private static final double[] COUNTS = {3, 5, 7};
    private static final List<Pod> SOME = List.of(new Pod("a", 1, 10), new Pod("b", 3, 12.5));
    private static final BurstGuard BURSTS = BurstGuard.none().plus(SOME, SOME);
    private static final ErrorRateTest ERRORS = ErrorRateTest.none(1.5).seen(SOME, SOME).plus(4, 22.5, 4, 22.5, 0.01);
    private static final SlowerTest SLOWER = SlowerTest.none(BOUNDS, 1.5).plus(BOUNDS, COUNTS, COUNTS, 0.01, 1.2);
    private static final DistributionTest DRIFT = DistributionTest.none(BOUNDS).plus(BOUNDS, COUNTS, COUNTS, 1.2);
    private static final VerifyState STATE = new VerifyState(
            Instant.parse("2026-01-01T00:00:00.123Z"), true, "it's \"away\"",
            List.of(
                    CheckState.initial(),
                    new CheckState(Verdict.FAIL, "more errors", 0.5, 0.25, Double.NaN, 0, Double.POSITIVE_INFINITY, 3, new RequestEvidence(
                            "triton", new Counters(1_700_000_000_123L, Map.of("x", new Counters.Last(1_700_000_000_123L, 1e12, null), "y", new Counters.Last(1, 0.5, 7L)), Map.of("s", 5L), Map.of("x", new Jumps(List.of(3.0, 7.0), 7, 0.5, 2, 1, 3)), Map.of("s", 4L), new Growths(7.5, Map.of("s", new PageGrowth(4, 3, 7.5, 2, 1.5, 0.25, 1)))), Counters.none(),
                            new RatioCounts(1, 2, 3, 4, new OpenTick(5, 6, 7, 8), ERRORS), 2, 9)),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new HistogramEvidence(
                            null, new HistogramCounters(5, List.of(List.of(0.1, 0.5)), Map.of("x", new HistogramCounters.Last(5, 0, List.of(1.0, 2.0, 0.5), 4L)), Map.of("s", 5L), Map.of(), Map.of("s", 3L), Growths.none()), HistogramCounters.none(),
                            List.of(0.1, 0.5), new OpenHistogram(List.of(0.5), List.of(1e12, 0.1)), OpenHistogram.NONE, 1, RatioCounts.none(), SLOWER, 0, BURSTS, 2, 650)),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new Measurements(5, 1, 2, 0, 1)),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new GaugeEvidence(1, 2, 0.1, 3, 0.4, 5, Double.NaN, 7, 1, 2, null)),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new GaugeEvidence(1, 2, 0.1, 3, 0.4, 5, 6, 7, 1, 2, NormalDifferenceTest.none(0.1).plus(0.1, 0.3, 0.01))),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new GaugeEvidence(1, 2, 0.1, 3, 0.4, 5, 6, 7, 1, 2, BoundedDifferenceTest.none(0, 1, 0.1).plus(0.1, 0.3, 0.01))),
                    new CheckState(null, "open", 0, 0, 0, 0, 0, 0, new HistogramEvidence(
                            null, HistogramCounters.none(), HistogramCounters.none(), List.of(0.1, 0.5), OpenHistogram.NONE, OpenHistogram.NONE, 1, RatioCounts.none(), DRIFT, 0, BURSTS, 2, 650))));

    @Test
    public void comesBackFromItsJsonWithEveryBit() throws Exception {
        VerifyState back = VerifyState.fromJson(STATE.toJson());
        assertEquals(STATE.toJson(), back.toJson());
        assertEquals(STATE.started(), back.started());
        assertEquals(STATE.trouble(), back.trouble());
        assertEquals(STATE.checks().size(), back.checks().size());
        for (int i : new int[] {0, 3, 4}) {
            assertEquals(STATE.checks().get(i), back.checks().get(i));
        }
        RatioCounts counts = ((RequestEvidence) back.checks().get(1).evidence()).counts();
        assertEquals(ERRORS.toText(), counts.test().toText());
        assertEquals(new RatioCounts(1, 2, 3, 4, new OpenTick(5, 6, 7, 8), counts.test()), counts);
        HistogramEvidence slower = (HistogramEvidence) back.checks().get(2).evidence();
        HistogramEvidence before = (HistogramEvidence) STATE.checks().get(2).evidence();
        assertEquals(SLOWER.toText(), ((SlowerTest) slower.test()).toText());
        assertEquals(BURSTS.toText(), slower.bursts().toText());
        assertEquals(
                before, new HistogramEvidence(
                        slower.preset(), slower.canary(), slower.stable(), slower.layout(), slower.openCanary(), slower.openStable(), slower.bound(), slower.counts(), SLOWER, slower.middle(), BURSTS,
                        slower.passes(), slower.nextPass()));
        assertEquals(0.2, -((NormalDifferenceTest) ((GaugeEvidence) back.checks().get(5).evidence()).test()).estimate(), 1e-12);
        assertEquals(0.2, -((BoundedDifferenceTest) ((GaugeEvidence) back.checks().get(6).evidence()).test()).estimate(), 1e-12);
        assertEquals(DRIFT.toText(), ((DistributionTest) ((HistogramEvidence) back.checks().get(7).evidence()).test()).toText());
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
        assertTrue(refused(STATE.toJson().replace("\"version\":6", "\"version\":7")).getMessage().contains("version 7"));
    }

    @Test
    public void evidenceThatDoesNotFitTogetherIsRefused() {
        refused("{\"version\":" + CURRENT + ",\"started\":\"2026-01-01T00:00:00Z\",\"checks\":[null]}");
        refused(STATE.toJson().replace("\"bound\":1", "\"bound\":2"));
        refused(STATE.toJson().replace("\"middle\":0", "\"middle\":7"));
        for (String kind : List.of("ratio/", "slower/", "pods/", "looks/", "histograms/", "capped/", "normal/", "bounded/", "distribution/")) {
            assertTrue(refused(STATE.toJson().replace(kind, "other/")).getMessage().contains("expected "));
            refused(STATE.toJson().replaceAll(kind + "([0-9]):....", kind + "$1:"));
        }
        refused(STATE.toJson().replaceAll("\"slower/[^\"]*\"", "7"));
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

    @Test
    public void maskedItSaysNoSecretAndIsTheSameElse() throws Exception {
        KnownSecrets known = new KnownSecrets();
        assertEquals(STATE, STATE.masked(known));
        known.learn(SecretText.of("more errors"));
        known.learn(SecretText.of("it's \"away\""));
        VerifyState masked = STATE.masked(known);
        assertEquals("****", masked.trouble());
        assertEquals("****", masked.checks().get(1).reason());
        assertEquals(STATE.checks().get(1), masked.checks().get(1).decided(Verdict.FAIL, "more errors"));
        assertEquals(masked.toJson(), VerifyState.fromJson(masked.toJson()).toJson());
        assertNull(new VerifyState(STATE.started(), true, null, List.of()).masked(known).trouble());
    }
}
