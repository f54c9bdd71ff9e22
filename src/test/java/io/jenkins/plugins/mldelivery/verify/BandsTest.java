package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class BandsTest {
    private static final double ALPHA = 0.01;
    private static final Check.ErrorRate CHECK = new Check.ErrorRate("errorRate", "requests", "code=\"500\"", 1.5, ALPHA, 0.05, 0.02, 0);

    private static CheckState state(double canaryErrors, double canaryRequests, double stableErrors, double stableRequests) {
        RatioCounts counts = new RatioCounts(canaryErrors, canaryRequests, stableErrors, stableRequests, OpenTick.NONE, null);
        RequestEvidence none = RequestEvidence.none();
        return new CheckState(null, "", 0, 0, 0, 0, 0, 0, new RequestEvidence(null, none.canary(), none.stable(), counts, 0));
    }

    @Test
    public void theBandIsTheCanarysOwnAndPassesTheAcceptableRateAtTheVerdict() {
        Random random = new Random(3);
        int passed = 0;
        for (int i = 0; i < 500; i++) {
            double requests = 1 + random.nextInt(3000);
            double errors = Math.floor(requests * random.nextDouble() * 0.02);
            CheckState s = state(errors, requests, 3 * errors, 7 * requests);
            Event.Band band = Bands.of(CHECK, s, ALPHA);
            assertTrue(band.lower() <= errors / requests && errors / requests <= band.upper());
            RatioCounts counts = ((RequestEvidence) s.evidence()).counts();
            boolean pass = new RatioJudge("errors", 1.5, 0.02, ALPHA, 0.05).judge(counts, counts.evidence(1.5)).verdict() == Verdict.PASS;
            assertEquals(pass, band.limits().get(0).decides());
            assertEquals(pass, band.upper() <= 0.02 + 1e-12);
            passed += pass ? 1 : 0;
        }
        assertTrue(passed + " of 500", passed > 50 && passed < 450);
    }

    @Test
    public void theLimitsAreTheAcceptableRateAndTheStableVersionsTimesTheMargin() {
        List<Event.Limit> limits = Bands.of(CHECK, state(1, 100, 10, 1000), ALPHA).limits();
        assertEquals(List.of("acceptable", "1.5 times the stable version's"), limits.stream().map(Event.Limit::name).toList());
        assertEquals(0.02, limits.get(0).value(), 0);
        assertEquals(0.015, limits.get(1).value(), 1e-12);
    }

    @Test
    public void aloneOnlyTheAcceptableRateDecides() {
        Event.Band band = Bands.of(new Check.OwnErrorRate(CHECK), state(300, 1000, 0, 0), ALPHA);
        assertEquals(List.of(new Event.Limit("acceptable", 0.02, true)), band.limits());
        assertTrue(band.lower() > 0.02);
    }

    @Test
    public void withoutRequestsThereIsNone() {
        assertEquals(Event.Band.NONE, Bands.of(CHECK, state(0, 0, 10, 1000), ALPHA));
        assertEquals(Event.Band.NONE, Bands.of(CHECK, CheckState.initial(), ALPHA));
    }
}
