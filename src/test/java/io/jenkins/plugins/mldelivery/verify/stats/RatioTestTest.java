package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The ratio test against exact sums over all outcomes, against its formula written a second way, and for what must hold of any counts. */
@RunWith(JUnitQuickcheck.class)
public class RatioTestTest {
    private static final double ALPHA = 0.05;

    @Test
    public void evidenceOfHarmIsAFairBetAtEqualRates() {
        // The weights of the mixture sum to 1 exactly when the expectation at the null is 1.
        assertEquals(1, expected(40, 17, 90, 1, RatioTest::logEvidenceWorse), 1e-9);
        assertEquals(1, expected(40, 500, 3, 1, RatioTest::logEvidenceWorse), 1e-9);
    }

    @Test
    public void evidenceOfHarmLosesWhenTheCanaryIsBetter() {
        assertTrue(expected(40, 17, 90, 0.8, RatioTest::logEvidenceWorse) < 1);
        assertTrue(expected(40, 17, 90, 0.1, RatioTest::logEvidenceWorse) < 1);
    }

    @Test
    public void evidenceBelowTheMarginIsAFairBetAtTheMarginAndLosesAboveIt() {
        assertEquals(1, expected(40, 30, 90, 2, t -> t.logEvidenceBelow(2)), 1e-9);
        assertTrue(expected(40, 30, 90, 2.5, t -> t.logEvidenceBelow(2)) < 1);
        // 1.5 is not on the grid (2 is): asked for beforehand it is the null itself, else the grid's ratio next below, so that the bet is worse than fair.
        assertEquals(1, expected(RatioTest.none(1.5), 40, 30, 90, 1.5, t -> t.logEvidenceBelow(1.5)), 1e-9);
        assertTrue(expected(RatioTest.none(1.5), 40, 30, 90, 1.6, t -> t.logEvidenceBelow(1.5)) < 1);
        double between = expected(40, 30, 90, 1.5, t -> t.logEvidenceBelow(1.5));
        assertTrue("expected just below 1, was " + between, between < 1 && between > 0.7);
    }

    @Test
    public void evidenceAboveABoundIsAFairBetAtTheBoundAndLosesBelowIt() {
        assertEquals(1, expected(RatioTest.none(1.25), 40, 30, 90, 1.25, t -> t.logEvidenceAbove(1.25)), 1e-9);
        assertTrue(expected(RatioTest.none(1.25), 40, 30, 90, 1.2, t -> t.logEvidenceAbove(1.25)) < 1);
        double between = expected(40, 30, 90, 1.25, t -> t.logEvidenceAbove(1.25));
        assertTrue("expected just below 1, was " + between, between < 1 && between > 0.6);
        RatioTest test = RatioTest.none().plus(9, 100, 20, 700, ALPHA);
        assertEquals(test.logEvidenceWorse(), test.logEvidenceAbove(1), 0);
    }

    @Test
    public void betsStayFairOverTicksWhoseSplitMoves() {
        double sum = 0;
        for (int first = 0; first <= 12; first++) {
            for (int second = 0; second <= 15; second++) {
                RatioTest test = RatioTest.none().plus(first, 10, 12 - first, 90, ALPHA).plus(second, 50, 15 - second, 50, ALPHA);
                sum += binomial(12, first, 0.1) * binomial(15, second, 0.5) * Math.exp(test.logEvidenceWorse());
            }
        }
        assertEquals(1, sum, 1e-9);
    }

    @Test
    public void betsAreNeverBetterThanFairWhenEventsAreNotRare() {
        // X and Y binomial instead of Poisson: 30 % of the requests fail.
        assertTrue(expectedOfBinomialCounts(0.3, 0.3, RatioTest::logEvidenceWorse) <= 1);
        assertTrue(expectedOfBinomialCounts(0.9, 0.9, RatioTest::logEvidenceWorse) <= 1);
        assertTrue(expectedOfBinomialCounts(0.4, 0.2, t -> t.logEvidenceBelow(2)) <= 1);
        assertTrue(expectedOfBinomialCounts(0.9, 0.45, t -> t.logEvidenceBelow(2)) <= 1);
    }

    @Test
    public void evidenceIsTheWeightedMeanOfTheLikelihoodRatios() {
        RatioTest test = RatioTest.none().plus(9, 100, 20, 700, ALPHA);
        double sum = 0;
        double weights = 0;
        for (int k = 1; k <= 96; k++) {
            double v = Math.log(64) * k / 96;
            double weight = 0.85 * Math.pow(v, 3) / (6 * Math.pow(0.22, 4)) * Math.exp(-v / 0.22) + 0.15 / Math.log(64);
            weights += weight;
            sum += weight * Math.pow(theta(Math.exp(v), 100, 700) / theta(1, 100, 700), 9)
                    * Math.pow((1 - theta(Math.exp(v), 100, 700)) / (1 - theta(1, 100, 700)), 20);
        }
        assertEquals(Math.log(sum / weights), test.logEvidenceWorse(), 1e-9);
    }

    @Test
    public void evidenceAboveARatioIsTheMeanOverADensityForAnyNull() {
        RatioTest test = RatioTest.none(2).plus(9, 100, 20, 700, ALPHA);
        double sum = 0;
        double weights = 0;
        for (int k = 1; k <= 96 - 16; k++) {
            double v = Math.log(64) * k / 96;
            double weight = 0.85 * v / 0.25 * Math.exp(-v / 0.5) + 0.15 / Math.log(64);
            weights += weight;
            sum += weight * Math.pow(theta(2 * Math.exp(v), 100, 700) / theta(2, 100, 700), 9)
                    * Math.pow((1 - theta(2 * Math.exp(v), 100, 700)) / (1 - theta(2, 100, 700)), 20);
        }
        assertEquals(Math.log(sum / weights), test.logEvidenceAbove(2), 1e-9);
    }

    @Test
    public void bothDensitiesHaveAllTheirStakeOnTheirReach() {
        double any = 0;
        double harm = 0;
        for (double v = 0.0005; v < Math.log(64); v += 0.001) {
            any += 0.001 * Prior.density(v);
            harm += 0.001 * Prior.harm(v);
        }
        assertEquals(1, any, 0.003);
        assertEquals(1, harm, 1e-4);
    }

    @Test
    public void theMeanOfTwoPointsHasItsClosedForm() {
        // ln((e^a + e^b) / 2) = (a+b)/2 + ln cosh((a−b)/2)
        assertEquals(1.5 + Math.log(Math.cosh(0.5)), Logs.mean(new double[] {9, 1, 2, 9}, 1, 3), 1e-12);
        // Far beyond what exp can hold only the larger one counts.
        assertEquals(1e12 - Math.log(2), Logs.mean(new double[] {1e12, -1e12}, 0, 2), 1e-3);
    }

    @Test
    public void theQuickLogarithmIsTheExactOne() {
        for (double x : new double[] {0, 1e-300, -1e-17, 1e-9, -1e-5, 0.01, -0.0299, 0.03, -0.0301, 0.0301, 0.5, -0.9, 63}) {
            assertEquals(Math.log1p(x), Logs.log1p(x), 1e-14 * Math.abs(Math.log1p(x)));
        }
    }

    @Test
    public void aHundredThousandTicksDriftNoMoreThanRounding() {
        RatioTest many = RatioTest.none(1.5);
        for (int tick = 0; tick < 100_000; tick++) {
            many = many.plus(3, 600, 20, 5400, ALPHA);
        }
        RatioTest one = RatioTest.none(1.5).plus(300_000, 60_000_000, 2_000_000, 540_000_000, ALPHA);
        assertEquals(one.logEvidenceWorse(), many.logEvidenceWorse(), 1e-6 * Math.abs(one.logEvidenceWorse()) + 1e-6);
        assertEquals(one.logEvidenceBelow(1.5), many.logEvidenceBelow(1.5), 1e-6 * Math.abs(one.logEvidenceBelow(1.5)) + 1e-6);
        assertEquals(one.lower(), many.lower(), 0);
        assertEquals(one.upper(), many.upper(), 0);
    }

    @Test
    public void itsTextRestoresItExactly() {
        RatioTest test = RatioTest.none(1.5, 1.25).plus(9, 100, 20, 700, ALPHA).plus(2, 90, 7, 610, ALPHA);
        RatioTest read = RatioTest.fromText(test.toText());
        assertArrayEquals(test.logLikelihood(), read.logLikelihood(), 0);
        assertEquals(test.logEvidenceBelow(1.5), read.logEvidenceBelow(1.5), 0);
        assertEquals(test.lower(), read.lower(), 0);
        assertEquals(test.upper(), read.upper(), 0);
        assertThrows(IllegalArgumentException.class, () -> RatioTest.fromText("ratio/1:AAAA"));
        assertThrows(IllegalArgumentException.class, () -> RatioTest.fromText(test.toText().substring(0, 500)));
        assertThrows(IllegalArgumentException.class, () -> RatioTest.none(40));
    }

    @Test
    public void aDiscountedTestRestoresItsDiscount() {
        RatioTest test = RatioTest.none(1.5).plus(90, 1000, 20, 700, ALPHA, 2.5);
        RatioTest read = RatioTest.fromText(test.toText());
        assertEquals(test.logEvidenceWorse(), read.logEvidenceWorse(), 0);
        assertEquals(test.logEvidenceBelow(1.5), read.logEvidenceBelow(1.5), 0);
        assertEquals("a discount must be 1 or more, not 0.9", assertThrows(IllegalArgumentException.class, () -> test.plus(1, 10, 1, 10, ALPHA, 0.9)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> test.plus(1, 10, 1, 10, ALPHA, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> test.plus(1, 10, 1, 10, ALPHA, Double.POSITIVE_INFINITY));
    }

    @Property(trials = 200)
    public void noDiscountMakesEvidenceStronger(
            @InRange(minInt = 0, maxInt = 500) int x, @InRange(minInt = 1, maxInt = 5000) int n, @InRange(minInt = 1, maxInt = 500) int y,
            @InRange(minInt = 1, maxInt = 5000) int m, @InRange(minDouble = 1, maxDouble = 50) double discount) {
        // Tempered it is at most the untempered evidence's power, so it passes 1/α only where that does: the level holds for any discount.
        RatioTest plain = RatioTest.none(1.5).plus(x, n, y, m, ALPHA);
        RatioTest discounted = RatioTest.none(1.5).plus(x, n, y, m, ALPHA, discount);
        assertTrue(discounted.logEvidenceWorse() <= plain.logEvidenceWorse() / discount + 1e-9);
        assertTrue(discounted.logEvidenceBelow(1.5) <= plain.logEvidenceBelow(1.5) / discount + 1e-9);
        assertTrue(discounted.logEvidenceAbove(2) <= plain.logEvidenceAbove(2) / discount + 1e-9);
        assertTrue(discounted.lower() <= plain.lower() && discounted.upper() >= plain.upper());
    }

    @Property(trials = 100)
    public void theLastDiscountCountsForAllTicksAlike(
            @InRange(minInt = 0, maxInt = 50) int x, @InRange(minInt = 1, maxInt = 5000) int n, @InRange(minInt = 1, maxInt = 50) int y,
            @InRange(minInt = 1, maxInt = 5000) int m, @InRange(minDouble = 1, maxDouble = 9) double first, @InRange(minDouble = 1, maxDouble = 9) double last) {
        RatioTest one = RatioTest.none(1.5).plus(x, n, y, m, ALPHA, first).plus(y, n, x, m, ALPHA, last);
        RatioTest other = RatioTest.none(1.5).plus(x, n, y, m, ALPHA, 1).plus(y, n, x, m, ALPHA, last);
        assertEquals(other.logEvidenceWorse(), one.logEvidenceWorse(), 0);
        assertEquals(other.logEvidenceBelow(1.5), one.logEvidenceBelow(1.5), 0);
    }

    @Test
    public void theGridIsEvenInTheLogarithmAndHoldsOne() {
        assertEquals(1.0 / 64, RatioGrid.ratio(0), 1e-15);
        assertEquals(1, RatioGrid.ratio(RatioGrid.ONE), 0);
        assertEquals(64, RatioGrid.ratio(RatioGrid.SIZE - 1), 1e-12);
        for (int i = 0; i < RatioGrid.SIZE; i++) {
            assertEquals(i, RatioGrid.atLeast(RatioGrid.ratio(i)));
        }
        assertEquals(0, RatioGrid.atLeast(0));
        assertEquals(RatioGrid.SIZE - 1, RatioGrid.atLeast(Double.POSITIVE_INFINITY));
    }

    @Test
    public void aTickThatSaysNothingChangesNothing() {
        RatioTest test = RatioTest.none().plus(3, 100, 2, 100, ALPHA);
        assertSame(test, test.plus(0, 100, 0, 100, ALPHA));
        assertSame(test, test.plus(0, 0, 5, 100, ALPHA));
        assertSame(test, test.plus(5, 100, 0, 0, ALPHA));
        assertTrue(Double.isNaN(RatioTest.none().estimate()));
        assertEquals(0, RatioTest.none().logEvidenceWorse(), 1e-12);
    }

    @Property(trials = 300)
    public void everyCountUpToTenToTheTwelfthGivesNumbers(
            @InRange(minDouble = 0, maxDouble = 12) double events, @InRange(minDouble = 0, maxDouble = 12) double others, @InRange(minDouble = 0, maxDouble = 12) double n,
            @InRange(minDouble = 0, maxDouble = 12) double m) {
        RatioTest test = RatioTest.none();
        for (int tick = 0; tick < 3; tick++) {
            test = test.plus(count(events), count(n), count(others), count(m), ALPHA);
            assertTrue(Double.isFinite(test.logEvidenceWorse()) && Double.isFinite(test.logEvidenceBelow(1.5)));
            assertTrue(test.lower() <= test.upper() * (1 + 1e-9));
            for (double value : test.logLikelihood()) {
                assertTrue(Double.isFinite(value));
            }
        }
    }

    @Property(trials = 200)
    public void exchangedTracksGiveTheMirroredTest(
            @InRange(minInt = 0, maxInt = 2000) int x, @InRange(minInt = 1, maxInt = 100_000) int n, @InRange(minInt = 0, maxInt = 2000) int y,
            @InRange(minInt = 1, maxInt = 100_000) int m) {
        double[] straight = RatioTest.none().plus(x, n, y, m, ALPHA).logLikelihood();
        double[] mirrored = RatioTest.none().plus(y, m, x, n, ALPHA).logLikelihood();
        for (int i = 0; i < straight.length; i++) {
            assertEquals(straight[i], mirrored[straight.length - 1 - i], 1e-6);
        }
    }

    @Property(trials = 200)
    public void ticksOfTheSameSplitCountLikeOne(
            @InRange(minInt = 0, maxInt = 500) int x1, @InRange(minInt = 0, maxInt = 500) int x2, @InRange(minInt = 0, maxInt = 500) int y1,
            @InRange(minInt = 0, maxInt = 500) int y2, @InRange(minInt = 1, maxInt = 99) int share, @InRange(minInt = 1, maxInt = 1000) int size1,
            @InRange(minInt = 1, maxInt = 1000) int size2) {
        RatioTest two = RatioTest.none()
                .plus(x1, share * size1, y1, (100 - share) * size1, ALPHA)
                .plus(x2, share * size2, y2, (100 - share) * size2, ALPHA);
        RatioTest one = RatioTest.none().plus(x1 + x2, share * (size1 + size2), y1 + y2, (100 - share) * (size1 + size2), ALPHA);
        assertArrayEquals(one.logLikelihood(), two.logLikelihood(), 1e-6);
        assertTrue("a look in between can only narrow the band", two.lower() >= one.lower() * (1 - 1e-9) && two.upper() <= one.upper() * (1 + 1e-9));
    }

    @Property(trials = 200)
    public void aRestoredTestGoesOnTheSame(
            @InRange(minInt = 0, maxInt = 500) int x, @InRange(minInt = 1, maxInt = 5000) int n, @InRange(minInt = 0, maxInt = 500) int y,
            @InRange(minInt = 1, maxInt = 5000) int m) {
        RatioTest kept = RatioTest.none().plus(x, n, y, m, ALPHA);
        RatioTest restored = RatioTest.fromText(kept.toText());
        RatioTest next = kept.plus(y, n, x, m, ALPHA);
        RatioTest nextRestored = restored.plus(y, n, x, m, ALPHA);
        assertArrayEquals(next.logLikelihood(), nextRestored.logLikelihood(), 0);
        assertEquals(next.lower(), nextRestored.lower(), 0);
        assertEquals(next.upper(), nextRestored.upper(), 0);
    }

    @Property(trials = 200)
    public void moreCanaryErrorsAreMoreEvidenceOfHarmAndLessOfHealth(
            @InRange(minInt = 0, maxInt = 500) int x, @InRange(minInt = 1, maxInt = 5000) int n, @InRange(minInt = 1, maxInt = 500) int y,
            @InRange(minInt = 1, maxInt = 5000) int m) {
        RatioTest few = RatioTest.none().plus(x, n, y, m, ALPHA);
        RatioTest more = RatioTest.none().plus(x + 1, n, y - 1, m, ALPHA);
        assertTrue(more.logEvidenceWorse() >= few.logEvidenceWorse() - 1e-9);
        assertTrue(more.logEvidenceBelow(1.5) <= few.logEvidenceBelow(1.5) + 1e-9);
    }

    @Test
    public void theEstimateAndItsBandCloseInOnTheTrueRatio() {
        RatioTest test = RatioTest.none().plus(30_000, 1_000_000, 90_000, 9_000_000, ALPHA);
        assertEquals(3, test.estimate(), 3 * 0.03);
        assertTrue(test.lower() > 2.7 && test.lower() <= 3 && test.upper() < 3.3 && test.upper() >= 3);
    }

    /** The expectation of the evidence over all ways in which that many events fall on the tracks when the ratio is r. */
    private static double expected(int events, double n, double m, double r, java.util.function.ToDoubleFunction<RatioTest> logEvidence) {
        return expected(RatioTest.none(), events, n, m, r, logEvidence);
    }

    private static double expected(RatioTest none, int events, double n, double m, double r, java.util.function.ToDoubleFunction<RatioTest> logEvidence) {
        double sum = 0;
        for (int x = 0; x <= events; x++) {
            sum += binomial(events, x, theta(r, n, m)) * Math.exp(logEvidence.applyAsDouble(none.plus(x, n, events - x, m, ALPHA)));
        }
        return sum;
    }

    private static double expectedOfBinomialCounts(double p, double q, java.util.function.ToDoubleFunction<RatioTest> logEvidence) {
        double sum = 0;
        for (int x = 0; x <= 20; x++) {
            for (int y = 0; y <= 60; y++) {
                sum += binomial(20, x, p) * binomial(60, y, q) * Math.exp(logEvidence.applyAsDouble(RatioTest.none().plus(x, 20, y, 60, ALPHA)));
            }
        }
        return sum;
    }

    private static double theta(double r, double n, double m) {
        return n * r / (n * r + m);
    }

    private static double binomial(int n, int k, double p) {
        double ways = 1;
        for (int i = 0; i < k; i++) {
            ways = ways * (n - i) / (i + 1);
        }
        return ways * Math.pow(p, k) * Math.pow(1 - p, n - k);
    }

    private static double count(double exponent) {
        return Math.floor(Math.pow(10, exponent)) - 1; // 0 to 10¹²
    }
}
