package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The test of a rate that is not acceptable against exact sums and its formula. */
@RunWith(JUnitQuickcheck.class)
public class RateAboveTestTest {
    @Test
    public void isAFairBetAtTheBoundAndLosesBelowIt() {
        assertEquals(1, expected(50, 0.1, 0.1), 1e-9);
        assertEquals(1, expected(3, 0.9, 0.9), 1e-9);
        assertTrue(expected(50, 0.08, 0.1) < 1);
        assertTrue(expected(50, 0.001, 0.1) < 1);
    }

    @Test
    public void evidenceIsTheMeanOfTheLikelihoodRatios() {
        double sum = 0;
        for (int k = 1; k <= 12; k++) {
            double p = 0.01 + 0.99 * Math.pow(2, -k);
            sum += Math.pow(p / 0.01, 5) * Math.pow((1 - p) / 0.99, 95);
        }
        assertEquals(Math.log(sum / 12), RateAboveTest.logEvidence(5, 100, 0.01), 1e-9);
        assertEquals(0, RateAboveTest.logEvidence(0, 0, 0.001), 1e-12);
    }

    @Test
    public void findsRatesThatAreLittleOrMuchAboveTheBound() {
        double shown = Math.log(1 / 0.01);
        assertTrue("twice the bound", RateAboveTest.logEvidence(40, 2_000, 0.01) >= shown);
        assertTrue("half of all", RateAboveTest.logEvidence(4, 8, 0.01) >= shown);
        assertTrue("the bound itself", RateAboveTest.logEvidence(20, 2_000, 0.01) < 0);
    }

    @Property(trials = 300)
    public void everyCountUpToTenToTheTwelfthGivesANumber(
            @InRange(minDouble = 0, maxDouble = 12) double size, @InRange(minDouble = 0, maxDouble = 1) double share, @InRange(minDouble = 1e-9, maxDouble = 0.999) double bound) {
        double trials = Math.floor(Math.pow(10, size)) - 1;
        double events = Math.floor(trials * share);
        double evidence = RateAboveTest.logEvidence(events, trials, bound);
        assertTrue(Double.isFinite(evidence));
        if (events >= 1) {
            assertTrue("one event less is less evidence", evidence >= RateAboveTest.logEvidence(events - 1, trials, bound) - 1e-9 * Math.abs(evidence) - 1e-9);
        }
    }

    private static double expected(int n, double p, double bound) {
        double sum = 0;
        double ways = 1;
        for (int x = 0; x <= n; x++) {
            sum += ways * Math.pow(p, x) * Math.pow(1 - p, n - x) * Math.exp(RateAboveTest.logEvidence(x, n, bound));
            ways = ways * (n - x) / (x + 1);
        }
        return sum;
    }
}
