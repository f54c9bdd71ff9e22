package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import org.junit.Test;

public class RateIntervalTest {
    @Test
    public void itsEndsAreWhereTheTestsAreDecided() {
        Random random = new Random(11);
        for (int i = 0; i < 2000; i++) {
            double trials = 1 + random.nextInt(100_000);
            double events = random.nextInt(4) == 0 ? 0 : Math.floor(trials * Math.pow(random.nextDouble(), 4));
            RateInterval interval = RateInterval.of(events, trials, 0.01, 0.05);
            assertTrue(interval.lower() <= events / trials && events / trials <= interval.upper());
            double bound = 0.0001 + 0.9 * random.nextDouble();
            assertEquals(bound < interval.lower() - 1e-12, bound < events / trials && RateAboveTest.logEvidence(events, trials, bound) >= Math.log(1 / 0.01));
            assertEquals(bound > interval.upper() + 1e-12, bound > events / trials && RateBelowTest.logEvidence(events, trials, bound) >= Math.log(1 / 0.05));
        }
    }

    @Test
    public void whatIsMeasuredAtAnEndIsThatEnd() {
        assertEquals(0, RateInterval.of(0, 100, 0.01, 0.05).lower(), 0);
        assertEquals(1, RateInterval.of(100, 100, 0.01, 0.05).upper(), 0);
        assertTrue(RateInterval.of(0, 100, 0.01, 0.05).upper() < 0.1);
    }

    /** At 200 looks of each of 2,000 runs: it leaves the true rate out less often than allowed. */
    @Test
    public void itHoldsAtEveryLook() {
        Random random = new Random(5);
        int below = 0;
        int above = 0;
        for (int run = 0; run < 2000; run++) {
            double rate = run % 2 == 0 ? 0.02 : 0.2;
            int events = 0;
            boolean tooLow = false;
            boolean tooHigh = false;
            for (int look = 1; look <= 200; look++) {
                for (int i = 0; i < 20; i++) {
                    events += random.nextDouble() < rate ? 1 : 0;
                }
                tooHigh |= RateAboveTest.logEvidence(events, 20.0 * look, rate) >= Math.log(1 / 0.05);
                tooLow |= RateBelowTest.logEvidence(events, 20.0 * look, rate) >= Math.log(1 / 0.05);
            }
            above += tooHigh ? 1 : 0;
            below += tooLow ? 1 : 0;
        }
        assertTrue("below " + below, below <= 2000 * 0.05);
        assertTrue("above " + above, above <= 2000 * 0.05);
    }
}
