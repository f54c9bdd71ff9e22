package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertTrue;

import java.util.function.ToDoubleFunction;
import org.junit.Test;

/** The promises of the tests with a look at every tick, on seeded simulations: false alarms, wrong passes, coverage, and how soon a doubled error rate is found. */
public class SequentialErrorRatesTest {
    private static final int RUNS = 400;
    private static final int TICKS = 240;
    private static final double ALPHA = 0.05;

    @Test
    public void equalTracksRaiseFalseAlarmsInAtMostAlphaOfTheRuns() {
        int alarms = crossings(0.004, 1, RatioTest::logEvidenceWorse, Math.log(1 / ALPHA));
        assertTrue(alarms + " false alarms in " + RUNS, alarms <= most(ALPHA));
    }

    @Test
    public void equalTracksRaiseFalseAlarmsInAtMostAlphaOfTheRunsWhenErrorsAreFrequent() {
        int alarms = crossings(0.1, 1, RatioTest::logEvidenceWorse, Math.log(1 / ALPHA));
        assertTrue(alarms + " false alarms in " + RUNS, alarms <= most(ALPHA));
    }

    @Test
    public void aCanaryAtTheMarginPassesInAtMostBetaOfTheRuns() {
        int passes = crossings(0.004, 1.5, t -> t.logEvidenceBelow(1.5), Math.log(1 / ALPHA));
        assertTrue(passes + " wrong passes in " + RUNS, passes <= most(ALPHA));
    }

    @Test
    public void theBandHoldsTheTrueRatioAtAllTicksOfMostRuns() {
        int misses = 0;
        for (int run = 0; run < RUNS; run++) {
            Traffic traffic = new Traffic(3000 + run, 0.004, 1.3);
            RatioTest test = RatioTest.none();
            for (int tick = 0; tick < TICKS; tick++) {
                traffic.next();
                test = traffic.feed(test, ALPHA);
            }
            misses += test.lower() > 1.3 || test.upper() < 1.3 ? 1 : 0;
        }
        assertTrue(misses + " misses in " + RUNS, misses <= most(ALPHA));
    }

    @Test
    public void aDoubledErrorRateIsFoundInAlmostEveryRun() {
        int found = crossings(0.004, 2, RatioTest::logEvidenceWorse, Math.log(1 / ALPHA));
        assertTrue("found in " + found + " of " + RUNS, found >= 0.97 * RUNS);
    }

    @Test
    public void anEquallyGoodCanaryIsPassedInAlmostEveryRun() {
        int passed = crossings(0.02, 1, t -> t.logEvidenceBelow(1.5), Math.log(2 / ALPHA));
        assertTrue("passed in " + passed + " of " + RUNS, passed >= 0.9 * RUNS);
    }

    @Test
    public void aDoubledErrorRateIsFoundNearWaldsBound() {
        // E N ≥ ln(1/α) / (KL(p₁‖p̄) + ρ KL(p₀‖p̄)), ρ stable requests a canary request, p̄ the pooled rate: no test of level α is faster on average (overshoot aside).
        double p0 = 0.005;
        double p1 = 0.01;
        int rho = 9;
        double pooled = (p1 + rho * p0) / (1 + rho);
        double bound = Math.log(1 / 0.01) / (kl(p1, pooled) + rho * kl(p0, pooled));
        double sum = 0;
        int runs = 200;
        for (int run = 0; run < runs; run++) {
            java.util.Random random = new java.util.Random(7000 + run);
            RatioTest test = RatioTest.none();
            int requests = 0;
            while (test.logEvidenceWorse() < Math.log(1 / 0.01)) {
                int x = 0;
                int y = 0;
                for (int i = 0; i < 50; i++) {
                    x += random.nextDouble() < p1 ? 1 : 0;
                }
                for (int i = 0; i < 50 * rho; i++) {
                    y += random.nextDouble() < p0 ? 1 : 0;
                }
                requests += 50;
                test = test.plus(x, 50, y, 50 * rho, 0.01);
            }
            sum += requests;
        }
        double times = sum / runs / bound;
        assertTrue("found after " + times + " times Wald's bound of " + bound, times > 0.95 && times < 1.4);
    }

    private static int crossings(double base, double ratio, ToDoubleFunction<RatioTest> logEvidence, double line) {
        int crossed = 0;
        for (int run = 0; run < RUNS; run++) {
            Traffic traffic = new Traffic(1000 + run, base, ratio);
            RatioTest test = RatioTest.none();
            for (int tick = 0; tick < TICKS; tick++) {
                traffic.next();
                test = traffic.feed(test, ALPHA);
                if (logEvidence.applyAsDouble(test) >= line) {
                    crossed++;
                    break;
                }
            }
        }
        return crossed;
    }

    /** What a true share of this much exceeds in one of a thousand simulations. */
    private static double most(double share) {
        return RUNS * share + 3.1 * Math.sqrt(RUNS * share * (1 - share));
    }

    private static double kl(double p, double q) {
        return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }
}
