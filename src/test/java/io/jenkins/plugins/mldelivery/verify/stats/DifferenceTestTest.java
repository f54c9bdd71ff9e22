package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.junit.Test;

/** The tests of gauges against published and numerically integrated values, and their levels with a look at every tick. */
public class DifferenceTestTest {
    private static final double ALPHA = 0.05;
    private static final int RUNS = 1000;
    private static final int TICKS = 200;

    @Test
    public void theBoundedBandIsTheEmpiricalBernsteinOneOfConfseq() {
        // predmix_empbern_twosided_cs(x, alpha=0.05) of confseq at 50 and 200 observations of 0.5 + 0.3 sin(1.7 i), with running intersection.
        BoundedDifferenceTest test = BoundedDifferenceTest.none(0, 1, 0);
        double[] lowers = new double[201];
        double[] uppers = new double[201];
        for (int i = 1; i <= 200; i++) {
            double x = 0.5 + 0.3 * Math.sin(1.7 * i);
            // z = ½ + (canary − stable)/2
            test = test.plus(x, 1 - x, ALPHA);
            lowers[i] = test.lower();
            uppers[i] = test.upper();
        }
        assertEquals(2 * 0.33292943457365776 - 1, lowers[50], 1e-9);
        assertEquals(2 * 0.6718766021982984 - 1, uppers[50], 1e-9);
        assertEquals(2 * 0.4440274389869603 - 1, lowers[200], 1e-9);
        assertEquals(2 * 0.5557285485471735 - 1, uppers[200], 1e-9);
        assertEquals("vacuous as in confseq", -1, lowers[10], 0);
        assertEquals(200, test.ticks());
    }

    @Test
    public void boundedBetsAreFairAtTheNullAndLoseBelowIt() {
        double fair = 0;
        double worse = 0;
        for (int set = 0; set < 1 << 10; set++) {
            BoundedDifferenceTest test = BoundedDifferenceTest.none(0, 1, 0.2);
            double atNull = 1;
            double below = 1;
            for (int i = 0; i < 10; i++) {
                boolean up = (set >> i & 1) == 1;
                test = test.plus(up ? 1 : 0, up ? 0 : 1, ALPHA); // differences 1 and −1, mean 0.2 when P(up) = 0.6
                atNull *= up ? 0.6 : 0.4;
                below *= 0.5;
            }
            fair += atNull * Math.exp(test.logEvidenceAbove(0.2));
            worse += below * Math.exp(test.logEvidenceAbove(0.2));
        }
        assertEquals(1, fair, 1e-9);
        assertTrue(worse < 1);
    }

    @Test
    public void theNormalEvidenceIsTheBayesFactorOfItsPriors() {
        // Integrated numerically over μ and σ (scipy): ln B = 1.332029708 two-sided, 2.007429259 with the prior on μ > 0 alone.
        NormalDifferenceTest test = NormalDifferenceTest.none();
        for (double d : new double[] {0.3, 1.1, -0.2, 0.9, 0.6, 1.4, 0.1}) {
            test = test.plus(5 + d, 5, ALPHA);
        }
        double up = test.logEvidenceAbove(0);
        double down = test.logEvidenceBelow(0);
        assertEquals(2.0074292592, up, 1e-7);
        assertEquals(1.3320297082, Logs.mean(new double[] {up, down}, 0, 2), 1e-7);
        assertEquals(0.6, test.estimate(), 1e-12);
    }

    @Test
    public void studentsDistributionHasItsTabledValues() {
        assertEquals(0.911350756505015, StudentT.cdf(1.5, 7), 1e-12);
        assertEquals(0.04146951855619118, StudentT.cdf(-2.3, 4), 1e-12);
        assertEquals(0.539817815488198, StudentT.cdf(0.1, 1000), 1e-10);
        assertEquals(0.002038288793892733, StudentT.cdf(-8, 3), 1e-12);
        assertEquals(0.5, StudentT.cdf(0, 5), 1e-12);
        assertEquals("Γ(½) = √π", Math.log(Math.PI) / 2, StudentT.logGamma(0.5), 1e-12);
        assertEquals("ln 20!", 42.335616460753485, StudentT.logGamma(21), 1e-11);
    }

    @Test
    public void theEndsOfTheNormalBandAreWhereItsEvidenceIs() {
        NormalDifferenceTest test = NormalDifferenceTest.none();
        Random random = new Random(3);
        for (int i = 0; i < 30; i++) {
            test = test.plus(random.nextGaussian(), random.nextGaussian(), i < 29 ? 1e-300 : ALPHA);
        }
        double up = test.logEvidenceAbove(test.lower());
        double down = test.logEvidenceBelow(test.lower());
        assertEquals(Math.log(1 / ALPHA), Logs.mean(new double[] {up, down}, 0, 2), 1e-9);
    }

    @Test
    public void gaugesThatAreEqualRaiseFalseAlarmsInAtMostAlphaOfTheRuns() {
        level(NormalDifferenceTest::none, Random::nextGaussian);
        level(() -> BoundedDifferenceTest.none(0, 1, 0), Random::nextDouble);
        level(() -> BoundedDifferenceTest.none(0, 1, 0), r -> r.nextInt(10) == 0 ? 1 : 0);
    }

    @Test
    public void aRealDifferenceIsShownAndASmallOneIsShownToBeWithinTheMargin() {
        Random random = new Random(8);
        DifferenceTest worse = NormalDifferenceTest.none();
        DifferenceTest same = NormalDifferenceTest.none();
        DifferenceTest bounded = BoundedDifferenceTest.none(0, 1, 0, 0.3);
        DifferenceTest equal = BoundedDifferenceTest.none(0, 1, 0, 0.3);
        for (int tick = 0; tick < 300; tick++) {
            worse = worse.plus(1 + random.nextGaussian(), random.nextGaussian(), ALPHA);
            same = same.plus(random.nextGaussian(), random.nextGaussian(), ALPHA);
            bounded = bounded.plus(0.4 + 0.5 * random.nextDouble(), 0.5 * random.nextDouble(), ALPHA);
            equal = equal.plus(random.nextDouble(), random.nextDouble(), ALPHA);
        }
        double line = Math.log(1 / ALPHA);
        assertTrue(worse.logEvidenceAbove(0) >= line && worse.lower() > 0);
        assertTrue(same.logEvidenceBelow(1) >= line && same.logEvidenceAbove(0) < line && same.upper() < 1);
        assertTrue(bounded.logEvidenceAbove(0) >= line && bounded.lower() > 0);
        assertTrue(equal.logEvidenceBelow(0.3) >= line && equal.logEvidenceAbove(0) < line);
    }

    @Test
    public void exchangedTracksMirrorAndAScaleChangesNothing() {
        Random random = new Random(9);
        NormalDifferenceTest one = NormalDifferenceTest.none();
        NormalDifferenceTest other = NormalDifferenceTest.none();
        NormalDifferenceTest scaled = NormalDifferenceTest.none();
        BoundedDifferenceTest bounded = BoundedDifferenceTest.none(0, 1, 0);
        BoundedDifferenceTest mirrored = BoundedDifferenceTest.none(0, 1, 0);
        BoundedDifferenceTest large = BoundedDifferenceTest.none(0, 1e6, 0);
        for (int i = 0; i < 50; i++) {
            double c = random.nextDouble();
            double s = 0.8 * random.nextDouble();
            one = one.plus(c, s, ALPHA);
            other = other.plus(s, c, ALPHA);
            scaled = scaled.plus(1e6 * c, 1e6 * s, ALPHA);
            bounded = bounded.plus(c, s, ALPHA);
            mirrored = mirrored.plus(s, c, ALPHA);
            large = large.plus(1e6 * c, 1e6 * s, ALPHA);
        }
        assertEquals(one.logEvidenceAbove(0), other.logEvidenceBelow(0), 1e-9);
        assertEquals(one.lower(), -other.upper(), 1e-9);
        assertEquals(one.logEvidenceAbove(0), scaled.logEvidenceAbove(0), 1e-9);
        assertEquals(bounded.logEvidenceAbove(0), mirrored.logEvidenceBelow(0), 1e-9);
        assertEquals(bounded.logEvidenceAbove(0), large.logEvidenceAbove(0), 1e-9);
        assertEquals(1e6 * bounded.upper(), large.upper(), 1e-3);
    }

    @Test
    public void theirTextsRestoreThemExactly() {
        NormalDifferenceTest normal = NormalDifferenceTest.none().plus(1, 2, ALPHA).plus(3, 1, ALPHA).plus(2, 2.5, ALPHA);
        assertEquals(normal.toText(), NormalDifferenceTest.fromText(normal.toText()).toText());
        BoundedDifferenceTest bounded = BoundedDifferenceTest.none(0, 4, 0, 0.5).plus(1, 2, ALPHA).plus(3, 1, ALPHA);
        BoundedDifferenceTest read = BoundedDifferenceTest.fromText(bounded.toText());
        assertEquals(bounded.toText(), read.toText());
        assertEquals(bounded.plus(4, 0, ALPHA).logEvidenceAbove(0.5), read.plus(4, 0, ALPHA).logEvidenceAbove(0.5), 0);
        assertThrows(IllegalArgumentException.class, () -> BoundedDifferenceTest.fromText(normal.toText()));
        assertThrows(IllegalArgumentException.class, () -> NormalDifferenceTest.fromText("normal/1:AAAA"));
    }

    @Test
    public void whatCanNotBeMeasuredIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> NormalDifferenceTest.none().plus(Double.NaN, 1, ALPHA));
        assertThrows(IllegalArgumentException.class, () -> BoundedDifferenceTest.none(0, 1, 0).plus(1.1, 0, ALPHA));
        assertThrows(IllegalArgumentException.class, () -> BoundedDifferenceTest.none(1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> BoundedDifferenceTest.none(0, 1));
        assertThrows(IllegalArgumentException.class, () -> BoundedDifferenceTest.none(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> BoundedDifferenceTest.none(0, 1, 0).logEvidenceAbove(0.1));
    }

    @Test
    public void aHundredThousandTicksStayNumbers() {
        DifferenceTest normal = NormalDifferenceTest.none();
        for (int i = 0; i < 100_000; i++) {
            normal = normal.plus(1e9 + (i % 7), 1e9 + (i % 5), ALPHA);
        }
        assertEquals(1, normal.estimate(), 1e-3);
        assertTrue(Double.isFinite(normal.logEvidenceAbove(0)) && normal.lower() > 0.9 && normal.upper() < 1.1);
    }

    private static void level(Supplier<DifferenceTest> none, ToDoubleFunction<Random> measure) {
        int alarms = 0;
        int misses = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            DifferenceTest test = none.get();
            boolean alarm = false;
            for (int tick = 0; tick < TICKS; tick++) {
                test = test.plus(measure.applyAsDouble(random), measure.applyAsDouble(random), ALPHA);
                alarm |= test.logEvidenceAbove(0) >= Math.log(1 / ALPHA);
            }
            alarms += alarm ? 1 : 0;
            misses += test.lower() > 0 || test.upper() < 0 ? 1 : 0;
        }
        double most = RUNS * ALPHA + 3.1 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA));
        assertTrue(alarms + " false alarms in " + RUNS, alarms <= most);
        assertTrue(misses + " bands without 0 in " + RUNS, misses <= most);
    }
}
