package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.Test;

/** The tests of histograms: exact sums over outcomes, simulated levels at every look, power, and their state. */
public class HistogramTestsTest {
    private static final double ALPHA = 0.05;
    private static final double[] BOUNDS = {0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7, Double.POSITIVE_INFINITY};
    private static final int RUNS = 300;
    private static final int TICKS = 60;

    @Test
    public void evidenceHasExpectationAtMostOneWhenTheTracksAreEqual() {
        // Three buckets, 4 canary and 7 stable observations, all outcomes of both multinomials.
        double[] p = {0.5, 0.3, 0.2};
        double[] three = {1, 2, 3};
        double differs = 0;
        double slower = 0;
        double below = 0;
        for (int a = 0; a <= 4; a++) {
            for (int b = 0; a + b <= 4; b++) {
                for (int c = 0; c <= 7; c++) {
                    for (int d = 0; c + d <= 7; d++) {
                        double[] canary = {a, b, 4 - a - b};
                        double[] stable = {c, d, 7 - c - d};
                        double q = multinomial(canary, p) * multinomial(stable, p);
                        SlowerTest test = SlowerTest.none(three, 1.5).plus(three, canary, stable, ALPHA);
                        differs += q * Math.exp(DistributionTest.none(three).plus(three, canary, stable).logEvidence());
                        slower += q * Math.exp(test.logEvidence());
                        below += multinomial(canary, new double[] {0.25, 0.45, 0.3}) * multinomial(stable, p) * Math.exp(test.logEvidenceBelow(0));
                    }
                }
            }
        }
        assertTrue("differs " + differs, differs <= 1 && differs > 0.8);
        assertTrue("slower " + slower, slower <= 1 && slower > 0.8);
        assertTrue("below, at the margin: " + below, below <= 1 && below > 0.6);
    }

    @Test
    public void noTickIsABetterThanFairBetWhateverTheOneBeforeItWas() {
        // After a tick the common shares of the buckets are known, and the observations that don't have the event count as well.
        double[] three = {1, 2, 3};
        SlowerTest slower = SlowerTest.none(three, 1.5).plus(three, new double[] {2, 3, 1}, new double[] {9, 8, 7}, ALPHA);
        DistributionTest differs = DistributionTest.none(three).plus(three, new double[] {2, 3, 1}, new double[] {9, 8, 7});
        for (double[] p : new double[][] {{0.4, 0.35, 0.25}, {0.1, 0.1, 0.8}, {0.9, 0.05, 0.05}, {0.02, 0.97, 0.01}}) {
            double nextDiffers = 0;
            double nextSlower = 0;
            double nextOfFaster = 0;
            for (int a = 0; a <= 4; a++) {
                for (int b = 0; a + b <= 4; b++) {
                    for (int c = 0; c <= 7; c++) {
                        for (int d = 0; c + d <= 7; d++) {
                            double[] canary = {a, b, 4 - a - b};
                            double[] stable = {c, d, 7 - c - d};
                            double q = multinomial(canary, p) * multinomial(stable, p);
                            double evidence = Math.exp(slower.plus(three, canary, stable, ALPHA).logEvidence());
                            nextDiffers += q * Math.exp(differs.plus(three, canary, stable).logEvidence());
                            nextSlower += q * evidence;
                            double[] faster = {p[0] + 0.4 * p[1], 0.6 * p[1] + 0.5 * p[2], 0.5 * p[2]};
                            nextOfFaster += multinomial(canary, faster) * multinomial(stable, p) * evidence;
                        }
                    }
                }
            }
            assertTrue("differs " + nextDiffers, nextDiffers <= Math.exp(differs.logEvidence()) * (1 + 1e-12) && nextDiffers > 0);
            assertTrue("slower " + nextSlower, nextSlower <= Math.exp(slower.logEvidence()) * (1 + 1e-12) && nextSlower > 0);
            assertTrue("faster " + nextOfFaster, nextOfFaster <= nextSlower);
        }
    }

    @Test
    public void aShiftedMedianIsFoundNearWaldsBound() {
        // The share above the bound grows from 0.5 to 0.56; bound as for two binomials with three stable requests for each of the canary's.
        double pooled = (0.56 + 3 * 0.5) / 4;
        double bound = Math.log(100) / (kl(0.56, pooled) + 3 * kl(0.5, pooled));
        double[] two = {1, 2};
        double requests = 0;
        for (int run = 0; run < 60; run++) {
            Random random = new Random(run);
            SlowerTest test = SlowerTest.none(two, 1.5);
            while (test.logEvidence() < Math.log(100)) {
                test = test.plus(two, halves(random, 50, 0.56), halves(random, 150, 0.5), ALPHA);
                requests += 50.0 / 60;
            }
        }
        assertTrue("found after " + requests + " requests, the bound is " + bound, requests > 0.9 * bound && requests < 2 * bound);
    }

    private static double[] halves(Random random, int n, double p) {
        double above = random.doubles(n).filter(u -> u < p).count();
        return new double[] {n - above, above};
    }

    private static double kl(double p, double q) {
        return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }

    @Test
    public void discountedEvidenceIsWeaker() {
        double[] three = {1, 2, 3};
        double[] canary = {10, 40, 50};
        double[] stable = {500, 200, 100};
        SlowerTest plain = SlowerTest.none(three, 1.5).plus(three, canary, stable, ALPHA);
        SlowerTest discounted = SlowerTest.none(three, 1.5).plus(three, canary, stable, ALPHA, 3);
        assertTrue(discounted.logEvidence() <= plain.logEvidence() / 3 && discounted.logEvidence(0) <= plain.logEvidence(0) / 3);
        assertTrue(discounted.logEvidenceBelow(0) <= plain.logEvidenceBelow(0) / 3 && discounted.lower(0) <= plain.lower(0));
        assertTrue(DistributionTest.none(three).plus(three, canary, stable, 3).logEvidence() <= DistributionTest.none(three).plus(three, canary, stable).logEvidence() / 3);
        assertEquals(discounted.logEvidence(), SlowerTest.fromText(discounted.toText()).logEvidence(), 0);
        assertThrows(IllegalArgumentException.class, () -> SlowerTest.none(three, 1.5).plus(three, canary, stable, ALPHA, 0.5));
        assertThrows(IllegalArgumentException.class, () -> DistributionTest.none(three).plus(three, canary, stable, Double.NaN));
    }

    @Test
    public void equalTracksRaiseFalseAlarmsInAtMostAlphaOfTheRuns() {
        int differs = 0;
        int slower = 0;
        int misses = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            DistributionTest distribution = DistributionTest.none(BOUNDS);
            SlowerTest latency = SlowerTest.none(BOUNDS, 1.5);
            boolean first = false;
            boolean second = false;
            for (int tick = 0; tick < TICKS; tick++) {
                double load = 1 + 0.5 * Math.sin(tick / 9.0); // both tracks get slower together
                double[] canary = draw(random, 20, load);
                double[] stable = draw(random, 100, load);
                distribution = distribution.plus(BOUNDS, canary, stable);
                latency = latency.plus(BOUNDS, canary, stable, ALPHA);
                first |= distribution.logEvidence() >= Math.log(1 / ALPHA);
                second |= latency.logEvidence() >= Math.log(1 / ALPHA);
            }
            differs += first ? 1 : 0;
            slower += second ? 1 : 0;
            misses += latency.lower(5) > 1 || latency.upper(5) < 1 ? 1 : 0;
        }
        double most = RUNS * ALPHA + 3.1 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA));
        assertTrue(differs + " and " + slower + " false alarms, " + misses + " bands without 1", differs <= most && slower <= most && misses <= most);
    }

    @Test
    public void aSlowerCanaryIsFoundAndAnEqualOneIsShownToBeNoWorse() {
        Random random = new Random(1);
        SlowerTest worse = SlowerTest.none(BOUNDS, 1.5);
        SlowerTest same = SlowerTest.none(BOUNDS, 1.5);
        DistributionTest shifted = DistributionTest.none(BOUNDS);
        for (int tick = 0; tick < 60; tick++) {
            double[] stable = draw(random, 300, 1);
            double[] slow = draw(random, 50, 1.5);
            worse = worse.plus(BOUNDS, slow, stable, ALPHA);
            same = same.plus(BOUNDS, draw(random, 50, 1), stable, ALPHA);
            shifted = shifted.plus(BOUNDS, slow, stable);
        }
        int p90 = 4; // P(−ln U > 2.5) is 0.08, > 2 is 0.14.
        assertTrue(worse.logEvidence() >= Math.log(1 / ALPHA) && worse.logEvidence(p90) >= Math.log(1 / ALPHA) && worse.lower(p90) > 1);
        assertTrue("below the margin: " + same.logEvidenceBelow(p90), same.logEvidenceBelow(p90) >= Math.log(1 / ALPHA));
        assertTrue("upper " + same.upper(p90) + ", slower " + same.logEvidence(), same.upper(p90) < 1.75 && same.logEvidence() < Math.log(1 / ALPHA));
        assertTrue(shifted.logEvidence() >= Math.log(1 / ALPHA));
        assertTrue("PSI " + shifted.psi(0.95), shifted.psi(0.95).atLeast() > 0.05);
        double truth = Math.exp(-2.5 / 1.5) / Math.exp(-2.5);
        assertEquals(truth, worse.estimate(p90), 0.15 * truth);
        assertTrue(worse.lower(p90) <= truth && worse.upper(p90) >= truth);
    }

    @Test
    public void oneBoundIsTheRatioTestOfItsEvents() {
        // 1 event of each track. "Slower" is mixed over ratios of its own, each as likely.
        double[] two = {1, 2};
        SlowerTest test = SlowerTest.none(two, 1.5).plus(two, new double[] {9, 1}, new double[] {69, 1}, ALPHA);
        RatioTest ratio = RatioTest.none(1.5).plus(1, 10, 1, 70, ALPHA);
        double sum = 0;
        for (double log : new double[] {0.03, 0.07, 0.15, 0.35, 0.8, 2}) {
            sum += Math.exp(log) / Math.pow(1 + Math.expm1(log) / 8, 2) / 6;
        }
        assertEquals(Math.log(sum), test.logEvidence(0), 1e-12);
        assertEquals(ratio.logEvidenceBelow(1.5), test.logEvidenceBelow(0), 0.05);
        assertEquals(test.logEvidence(0), test.logEvidence(), 1e-12);
    }

    @Test
    public void exchangedTracksAreAsDifferent() {
        double[] three = {1, 2, 3};
        DistributionTest one = DistributionTest.none(three);
        DistributionTest other = DistributionTest.none(three);
        Random random = new Random(4);
        for (int tick = 0; tick < 20; tick++) {
            double[] canary = {random.nextInt(9), random.nextInt(5), 1};
            double[] stable = {random.nextInt(30), random.nextInt(9), random.nextInt(3)};
            one = one.plus(three, canary, stable);
            other = other.plus(three, stable, canary);
        }
        assertEquals(one.logEvidence(), other.logEvidence(), 0.3);
    }

    @Test
    public void changedBucketsAreRefused() {
        double[] three = {1, 2, 3};
        DistributionTest test = DistributionTest.none(three).plus(three, new double[] {1, 2, 3}, new double[] {3, 2, 1});
        String message = assertThrows(
                IllegalArgumentException.class, () -> test.plus(new double[] {1, 2, 4}, new double[] {1, 2, 3}, new double[] {3, 2, 1})).getMessage();
        assertEquals("the buckets changed from [1.0, 2.0, 3.0] to [1.0, 2.0, 4.0]", message);
        assertThrows(IllegalArgumentException.class, () -> SlowerTest.none(three, 1.5).plus(new double[] {1, 2}, new double[2], new double[2], ALPHA));
        assertThrows(IllegalArgumentException.class, () -> test.plus(three, new double[] {1, -2, 3}, new double[3]));
        assertThrows(IllegalArgumentException.class, () -> test.plus(three, new double[2], new double[3]));
        assertThrows(IllegalArgumentException.class, () -> DistributionTest.none(new double[] {2, 1}));
        assertThrows(IllegalArgumentException.class, () -> DistributionTest.none(new double[101]));
        assertThrows(IllegalArgumentException.class, () -> SlowerTest.none(three, 1));
    }

    @Test
    public void theStateOfAHundredBucketsIsSmallAndRestoredExactly() {
        double[] bounds = new double[100];
        Arrays.setAll(bounds, i -> i);
        DistributionTest distribution = DistributionTest.none(bounds);
        SlowerTest slower = SlowerTest.none(bounds, 1.25);
        Random random = new Random(2);
        for (int tick = 0; tick < 5; tick++) {
            double[] canary = random.doubles(100, 0, 1e9).map(Math::floor).toArray();
            double[] stable = random.doubles(100, 0, 1e10).map(Math::floor).toArray();
            distribution = distribution.plus(bounds, canary, stable);
            slower = slower.plus(bounds, canary, stable, ALPHA);
        }
        DistributionTest readDistribution = DistributionTest.fromText(distribution.toText());
        SlowerTest readSlower = SlowerTest.fromText(slower.toText());
        assertTrue(distribution.toText().length() + " and " + slower.toText().length() + " characters",
                distribution.toText().length() <= 32_768 && slower.toText().length() <= 32_768);
        assertEquals(distribution.toText(), readDistribution.toText());
        assertEquals(slower.toText(), readSlower.toText());
        assertEquals(distribution.logEvidence(), readDistribution.logEvidence(), 0);
        assertEquals(slower.logEvidenceBelow(50), readSlower.logEvidenceBelow(50), 0);
        String cut = slower.toText().substring(0, 9_007);
        assertThrows(IllegalArgumentException.class, () -> SlowerTest.fromText(cut));
        String text = distribution.toText();
        assertThrows(IllegalArgumentException.class, () -> DistributionTest.fromText(text.substring(0, 9_015)));
        assertThrows(IllegalArgumentException.class, () -> SlowerTest.fromText(text));
    }

    @Test
    public void countsOfAllSizesGiveNumbers() {
        double[] three = {1, 2, 3};
        DistributionTest distribution = DistributionTest.none(three);
        SlowerTest slower = SlowerTest.none(three, 1.25);
        for (double size : new double[] {0, 1, 1e6, 1e12, 3}) {
            distribution = distribution.plus(three, new double[] {size, 0, size}, new double[] {0, size, 2 * size});
            slower = slower.plus(three, new double[] {size, 0, size}, new double[] {0, size, 2 * size}, ALPHA);
            assertTrue(Double.isFinite(distribution.logEvidence()) && Double.isFinite(slower.logEvidence()) && Double.isFinite(slower.logEvidenceBelow(1)));
            assertTrue(slower.lower(1) <= slower.upper(1));
        }
        assertArrayEquals(new double[] {1_000_001_000_004.0, 0, 1_000_001_000_004.0}, slower.canary(), 0);
    }

    /** Exponential latencies with this mean. */
    private static double[] draw(Random random, int n, double mean) {
        double[] counts = new double[BOUNDS.length];
        for (int i = 0; i < n; i++) {
            double latency = -mean * Math.log(1 - random.nextDouble());
            int bucket = 0;
            while (latency > BOUNDS[bucket]) {
                bucket++;
            }
            counts[bucket]++;
        }
        return counts;
    }

    private static double multinomial(double[] counts, double[] p) {
        double probability = 1;
        int n = 0;
        for (int i = 0; i < counts.length; i++) {
            for (int k = 1; k <= counts[i]; k++) {
                n++;
                probability *= p[i] * n / k;
            }
        }
        return probability;
    }
}
