package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The test of an acceptable rate against exact sums and its formula. */
@RunWith(JUnitQuickcheck.class)
public class RateBelowTestTest {
    @Test
    public void isAFairBetAtTheBoundAndLosesAboveIt() {
        assertEquals(1, expected(50, 0.1, 0.1), 1e-9);
        assertEquals(1, expected(3, 0.9, 0.9), 1e-9);
        assertTrue(expected(50, 0.12, 0.1) < 1);
        assertTrue(expected(50, 0.9, 0.1) < 1);
    }

    @Test
    public void withoutEventsTheEvidenceIsTheMeanOfTheSurvivalRatios() {
        double sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += Math.pow((1 - 0.01 * i / 8) / (1 - 0.01), 300);
        }
        assertEquals(Math.log(sum / 8), RateBelowTest.logEvidence(0, 300, 0.01), 1e-9);
    }

    @Test
    public void oneEventRulesOutTheRateZeroButNotTheOthers() {
        double sum = 0;
        for (int i = 1; i < 8; i++) {
            sum += i / 8.0 * Math.pow((1 - 0.01 * i / 8) / (1 - 0.01), 299);
        }
        assertEquals(Math.log(sum / 8), RateBelowTest.logEvidence(1, 300, 0.01), 1e-9);
    }

    @Test
    public void nothingSeenIsNoEvidence() {
        assertEquals(0, RateBelowTest.logEvidence(0, 0, 0.001), 1e-12);
    }

    @Property(trials = 300)
    public void everyCountUpToTenToTheTwelfthGivesANumber(
            @InRange(minDouble = 0, maxDouble = 12) double size, @InRange(minDouble = 0, maxDouble = 1) double share, @InRange(minDouble = 1e-9, maxDouble = 0.999) double bound) {
        double trials = Math.floor(Math.pow(10, size)) - 1;
        double events = Math.floor(trials * share);
        double evidence = RateBelowTest.logEvidence(events, trials, bound);
        assertTrue(Double.isFinite(evidence));
        if (events >= 1) {
            assertTrue("one more event is less evidence", evidence <= RateBelowTest.logEvidence(events - 1, trials, bound) + 1e-9 * Math.abs(evidence) + 1e-9);
        }
    }

    private static double expected(int n, double p, double bound) {
        double sum = 0;
        double ways = 1;
        for (int x = 0; x <= n; x++) {
            sum += ways * Math.pow(p, x) * Math.pow(1 - p, n - x) * Math.exp(RateBelowTest.logEvidence(x, n, bound));
            ways = ways * (n - x) / (x + 1);
        }
        return sum;
    }
}
