package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import org.junit.Test;

/** The guard against bursts: the theorem it rests on by exact sums, and simulated false alarms with a look at every tick on traces whose errors are not independent. */
public class DispersionTest {
    private static final int RUNS = 400;
    private static final int TICKS = 240;
    private static final double ALPHA = 0.05;

    /** Adds one tick's errors to {canary, stable}. */
    private interface Errors {
        void tick(Random random, double[] counts);
    }

    @Test
    public void groupsNoLargerThanTheDiscountAreNeverBetterThanAFairBet() {
        // 12 events in groups of 1, 2, 4 and 5, each group on the canary with probability θ = 0.3; counts divided by 5.
        int[] groups = {1, 2, 4, 5};
        double sum = 0;
        for (int set = 0; set < 16; set++) {
            double x = 0;
            double probability = 1;
            for (int g = 0; g < 4; g++) {
                boolean canary = (set >> g & 1) == 1;
                x += canary ? groups[g] : 0;
                probability *= canary ? 0.3 : 0.7;
            }
            sum += probability * Math.exp(RatioTest.none().plus(x / 5, 3, (12 - x) / 5, 7, ALPHA).logEvidenceWorse());
        }
        assertTrue("expected at most 1, was " + sum, sum <= 1 && sum > 0.5);
    }

    @Test
    public void independentErrorsAreHardlyDiscounted() {
        double estimate = 0;
        for (int run = 0; run < 50; run++) {
            Random random = new Random(run);
            Dispersion dispersion = Dispersion.none();
            for (int tick = 0; tick < 200; tick++) {
                dispersion = dispersion.plus(poisson(random, 0.5), 50, poisson(random, 2.25), 450);
            }
            estimate += dispersion.estimate() / 50;
            assertEquals("a tick as usual", dispersion.estimate(), dispersion.discount(3), 0);
        }
        assertTrue("mean estimate " + estimate, estimate < 1.05);
    }

    @Test
    public void harmIsNotTakenForBursts() {
        Random random = new Random(6);
        Dispersion dispersion = Dispersion.none();
        for (int tick = 0; tick < 400; tick++) {
            dispersion = dispersion.plus(poisson(random, 5), 50, poisson(random, 4.5), 450);
        }
        assertTrue("estimate " + dispersion.estimate(), dispersion.estimate() < 1.2);
    }

    @Test
    public void aBurstFromNowhereCountsAsAFewEvents() {
        assertEquals(50, Dispersion.none().discount(100), 1e-9);
        Dispersion quiet = Dispersion.none();
        for (int tick = 0; tick < 100; tick++) {
            quiet = quiet.plus(1, 100, 1, 100);
        }
        assertTrue("discount " + quiet.discount(1000), quiet.discount(1000) > 150);
    }

    @Test
    public void negativeBinomialErrorsKeepTheLevel() {
        level((random, c) -> burst(random, c, 0.25, 2.25, 10), 0.1);
        level((random, c) -> burst(random, c, 1.5, 1.5, 10), 0.5);
        level((random, c) -> burst(random, c, 0.25, 2.25, 3), 0.1);
    }

    @Test
    public void rareBurstsOnOnePodKeepTheLevel() {
        level((random, c) -> {
            c[0] += poisson(random, 0.25);
            c[1] += poisson(random, 2.25);
            if (random.nextInt(40) == 0) {
                c[random.nextInt(10) == 0 ? 0 : 1] += poisson(random, 20);
            }
        }, 0.1);
    }

    @Test
    public void fewPodsWhoseRatesJumpKeepTheLevel() {
        level((random, c) -> {
            for (int pod = 0; pod < 10; pod++) {
                c[pod == 0 ? 0 : 1] += poisson(random, 0.25 * Math.exp(random.nextGaussian() - 0.5));
            }
        }, 0.1);
    }

    @Test
    public void withoutTheGuardTheSameBurstsBreakTheLevel() {
        // So that the tests above test something.
        int alarms = 0;
        for (int run = 0; run < 100; run++) {
            Random random = new Random(run);
            RatioTest test = RatioTest.none();
            boolean alarm = false;
            for (int tick = 0; tick < TICKS && !alarm; tick++) {
                double[] c = {0, 0};
                burst(random, c, 0.25, 2.25, 10);
                test = test.plus(c[0], 50, c[1], 450, ALPHA);
                alarm = test.logEvidenceWorse() >= Math.log(1 / ALPHA);
            }
            alarms += alarm ? 1 : 0;
        }
        assertTrue(alarms + " of 100", alarms > 30);
    }

    @Test
    public void theGuardCostsLittleOnPlainTraces() {
        double plain = 0;
        double guarded = 0;
        for (int run = 0; run < 200; run++) {
            Random random = new Random(run);
            RatioTest test = RatioTest.none();
            GuardedRatioTest guard = GuardedRatioTest.none();
            while (guard.logEvidenceWorse() < Math.log(100) || test.logEvidenceWorse() < Math.log(100)) {
                double x = poisson(random, 0.5);
                double y = poisson(random, 2.25);
                if (test.logEvidenceWorse() < Math.log(100)) {
                    test = test.plus(x, 50, y, 450, 0.01);
                    plain++;
                }
                if (guard.logEvidenceWorse() < Math.log(100)) {
                    guard = guard.plus(x, 50, y, 450, 0.01);
                    guarded++;
                }
            }
        }
        assertTrue("slower by the factor " + guarded / plain, guarded / plain < 1.2);
    }

    @Test
    public void itsTextRestoresItExactly() {
        GuardedRatioTest test = GuardedRatioTest.none(1.5).plus(7, 100, 2, 300, ALPHA).plus(0, 100, 9, 300, ALPHA);
        GuardedRatioTest read = GuardedRatioTest.fromText(test.toText());
        GuardedRatioTest next = test.plus(40, 100, 3, 300, ALPHA);
        GuardedRatioTest nextRead = read.plus(40, 100, 3, 300, ALPHA);
        assertEquals(next.toText(), nextRead.toText());
        assertEquals(next.logEvidenceBelow(1.5), nextRead.logEvidenceBelow(1.5), 0);
        assertThrows(IllegalArgumentException.class, () -> GuardedRatioTest.fromText("ratio/1:AAAA"));
        assertThrows(IllegalArgumentException.class, () -> Dispersion.fromText("dispersion/1:AAAA"));
    }

    private static void level(Errors errors, double share) {
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(900 + run);
            GuardedRatioTest test = GuardedRatioTest.none();
            boolean alarm = false;
            for (int tick = 0; tick < TICKS && !alarm; tick++) {
                double[] c = {0, 0};
                errors.tick(random, c);
                test = test.plus(c[0], 500 * share, c[1], 500 * (1 - share), ALPHA);
                alarm = test.logEvidenceWorse() >= Math.log(1 / ALPHA);
            }
            alarms += alarm ? 1 : 0;
        }
        assertTrue(alarms + " false alarms in " + RUNS, alarms <= RUNS * ALPHA + 3.1 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA)));
    }

    /** Negative binomial counts with these means and a variance of f times the mean: Poisson numbers of groups with logarithmic sizes. */
    private static void burst(Random random, double[] c, double canary, double stable, double f) {
        double q = 1 - 1 / f;
        double groups = Math.log(f) / (f - 1);
        for (int i = poisson(random, canary * groups); i > 0; i--) {
            c[0] += logarithmic(random, q);
        }
        for (int i = poisson(random, stable * groups); i > 0; i--) {
            c[1] += logarithmic(random, q);
        }
    }

    private static int logarithmic(Random random, double q) {
        double left = random.nextDouble();
        double p = -q / Math.log1p(-q);
        int k = 1;
        while (left > p && k < 10_000) {
            left -= p;
            p *= q * k / (k + 1);
            k++;
        }
        return k;
    }

    private static int poisson(Random random, double mean) {
        double limit = Math.exp(-mean);
        int k = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            k++;
        }
        return k;
    }
}
