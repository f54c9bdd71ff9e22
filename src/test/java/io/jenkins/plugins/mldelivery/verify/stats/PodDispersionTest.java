package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.verify.stats.PodTraffic.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The guard against bursts: its sums against exact ones, and simulated false alarms, detection and cost with a look at every tick. */
@RunWith(JUnitQuickcheck.class)
public class PodDispersionTest {
    private static final int RUNS = 150;
    private static final int LOOKS = 60;
    private static final double ALPHA = 0.05;

    @Test
    public void theExcessHasTheMeanZeroAndItsVarianceWhenEventsFallByChance() {
        // All ways in which 6 events fall on three pods with 50, 30 and 20 % of the requests.
        double[] requests = {50, 30, 20};
        double mean = 0;
        double square = 0;
        double residuals = 0;
        Spread any = Spread.of(new double[] {6, 0, 0}, requests);
        for (int a = 0; a <= 6; a++) {
            for (int b = 0; a + b <= 6; b++) {
                double[] events = {a, b, 6 - a - b};
                double probability = 720 / (factorial(a) * factorial(b) * factorial(6 - a - b)) * Math.pow(0.5, a) * Math.pow(0.3, b) * Math.pow(0.2, 6 - a - b);
                Spread spread = Spread.of(events, requests);
                mean += probability * spread.excess();
                square += probability * spread.excess() * spread.excess();
                residuals += probability * (Math.pow(a - 3, 2) + Math.pow(b - 1.8, 2) + Math.pow(4.8 - a - b, 2));
                assertEquals("the same for all ways", any.noise(), spread.noise(), 1e-12);
            }
        }
        assertEquals(0, mean, 1e-12);
        assertEquals(any.noise(), square, 1e-9);
        assertEquals(any.events(), residuals, 1e-9);
    }

    @Test
    public void aSinglePodAndASingleEventTellNothing() {
        assertEquals(0, Spread.of(new double[] {40}, new double[] {100}).atLeast(0), 0);
        assertEquals(0, Spread.of(new double[] {1, 0}, new double[] {100, 100}).excess(), 1e-12);
        assertEquals("no pods, no discount", 1, PodDispersion.none().plus(List.of(), List.of()).discount(), 0);
    }

    @Test
    public void aPodThatHasNearlyAllRequestsIsAsIfItWereAlone() {
        PodDispersion uneven = PodDispersion.none();
        for (int look = 0; look < 3; look++) {
            uneven = uneven.plus(List.of(new Pod("a", 9, 100_000), new Pod("b", 0, 1)), List.of(new Pod("c", 9, 100_000)));
        }
        assertEquals(1, uneven.discount(), 0.01);
    }

    @Test
    public void onePodWithAllErrorsIsDispersionAndAllPodsWithManyAreNot() {
        PodDispersion one = PodDispersion.none();
        PodDispersion all = PodDispersion.none();
        for (int look = 0; look < 10; look++) {
            List<Pod> stable = look % 2 == 0 ? pods(1, 1, 0, 2, 1, 0) : pods(1, 0, 2, 0, 0, 2);
            one = one.plus(pods(20, 0), stable);
            all = all.plus(pods(10, 10), stable);
        }
        assertTrue("one pod: " + one.discount(), one.discount() > 10);
        assertTrue("both pods: " + all.discount(), all.discount() < 1.1);
    }

    @Test
    public void aSpellThatStaysOnOnePodIsSeenInWhatPodsHadTogether() {
        // 2 events a look on one pod, 0 on the other, are hardly more than chance in a look.
        PodDispersion spell = PodDispersion.none();
        for (int look = 0; look < 30; look++) {
            spell = spell.plus(pods(2, 0), pods(1, 1));
        }
        assertTrue("discount " + spell.discount(), spell.discount() > 20);
    }

    @Property(trials = 100)
    public void exchangedTracksAndRenamedPodsHaveTheSameDiscount(@InRange(minInt = 0, maxInt = 30) int a, @InRange(minInt = 0, maxInt = 30) int b, @InRange(minInt = 0, maxInt = 30) int c) {
        PodDispersion one = PodDispersion.none().plus(pods(a, b), pods(c, a, b)).plus(pods(b, c), pods(a, a, c));
        PodDispersion exchanged = PodDispersion.none().plus(pods(c, a, b), pods(a, b)).plus(pods(a, a, c), pods(b, c));
        PodDispersion reversed = PodDispersion.none().plus(pods(b, a), pods(b, a, c)).plus(pods(c, b), pods(c, a, a));
        assertEquals(one.discount(), exchanged.discount(), 1e-9 * one.discount());
        assertEquals(one.discount(), reversed.discount(), 1e-9 * one.discount());
        assertTrue(one.discount() >= 1);
    }

    @Property(trials = 50)
    public void largerPodsWithTheSameSharesHaveTheSameDiscount(@InRange(minInt = 1, maxInt = 30) int a, @InRange(minInt = 1, maxInt = 30) int b, @InRange(minInt = 2, maxInt = 1000) int times) {
        List<Pod> canary = List.of(new Pod("a", a, 100), new Pod("b", b, 300));
        List<Pod> scaled = List.of(new Pod("a", a, 100.0 * times), new Pod("b", b, 300.0 * times));
        assertEquals(PodDispersion.none().plus(canary, canary).discount(), PodDispersion.none().plus(scaled, scaled).discount(), 1e-9);
    }

    @Test
    public void burstsOnSinglePodsKeepTheLevel() {
        level(Shape.BURSTY, 2, 18);
        level(Shape.BURSTY, 2, 2);
        level(Shape.BURSTY, 5, 5);
    }

    @Test
    public void badSpellsOfSinglePodsKeepTheLevel() {
        level(Shape.SPELLS, 2, 18);
        level(Shape.SPELLS, 2, 2);
        level(Shape.SPELLS, 5, 5);
    }

    @Test
    public void anIncidentOnBothTracksKeepsTheLevel() {
        level(Shape.INCIDENT, 2, 18);
    }

    @Test
    public void withoutPodsTheSameBurstsBreakTheLevel() {
        // So that the tests above test something.
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            RatioTest test = RatioTest.none();
            boolean alarm = false;
            for (int look = 0; look < LOOKS && !alarm; look++) {
                double x = 0;
                double y = 0;
                for (int pod = 0; pod < 4; pod++) {
                    double z = random.nextGaussian();
                    double errors = 0;
                    for (double left = 0.75 * z * z - exponential(random); left > 0; left -= exponential(random)) {
                        errors++;
                    }
                    x += pod < 2 ? errors : 0;
                    y += pod < 2 ? 0 : errors;
                }
                test = test.plus(x, 300, y, 300, ALPHA);
                alarm = test.logEvidenceWorse() >= Math.log(1 / ALPHA);
            }
            alarms += alarm ? 1 : 0;
        }
        assertTrue(alarms + " of " + RUNS, alarms > 0.15 * RUNS);
    }

    @Test
    public void plainTrafficHardlyPays() {
        double guarded = 0;
        double plain = 0;
        for (int run = 0; run < 200; run++) {
            guarded += looksUntilFound(new PodTraffic(run, Shape.PLAIN, 2, 18), 2, 0, true);
            plain += looksUntilFound(new PodTraffic(run, Shape.PLAIN, 2, 18), 2, 0, false);
        }
        assertTrue("slower by the factor " + guarded / plain, guarded / plain < 1.2);
    }

    @Test
    public void harmThatBeginsLateIsFoundAsSoonAsWithoutTheGuard() {
        double guarded = 0;
        double plain = 0;
        for (int run = 0; run < 100; run++) {
            guarded += looksUntilFound(new PodTraffic(run, Shape.PLAIN, 2, 18), 10, 30, true) - 30;
            plain += looksUntilFound(new PodTraffic(run, Shape.PLAIN, 2, 18), 10, 30, false) - 30;
        }
        assertTrue("found after " + guarded / 100 + " looks instead of " + plain / 100, guarded / plain < 1.3);
    }

    @Test
    public void aHugeRegressionIsFoundInItsFirstLook() {
        ErrorRateTest onePod = ErrorRateTest.none(1.5).seen(List.of(new Pod("a", 30, 100)), List.of(new Pod("b", 1, 100))).plus(30, 100, 1, 100, 0.01);
        assertTrue("evidence " + onePod.logEvidenceWorse(), onePod.logEvidenceWorse() >= Math.log(100));
        ErrorRateTest twoPods = ErrorRateTest.none(1.5).seen(pods(14, 16), pods(1, 0)).plus(30, 200, 1, 200, 0.01);
        assertTrue("evidence " + twoPods.logEvidenceWorse(), twoPods.logEvidenceWorse() >= Math.log(100));
    }

    @Test
    public void itsTextRestoresItExactly() {
        PodTraffic traffic = new PodTraffic(3, Shape.BURSTY, 2, 5);
        PodTraffic same = new PodTraffic(3, Shape.BURSTY, 2, 5);
        ErrorRateTest test = ErrorRateTest.none(1.5);
        ErrorRateTest read = ErrorRateTest.none(1.5);
        for (int look = 0; look < 30; look++) {
            test = traffic.feed(test, 2, ALPHA);
            read = same.feed(ErrorRateTest.fromText(read.toText()), 2, ALPHA);
        }
        assertEquals(test.toText(), read.toText());
        assertEquals(test.discount(), read.discount(), 0);
        assertEquals(test.logEvidenceBelow(1.5), read.logEvidenceBelow(1.5), 0);
        String text = test.toText();
        assertThrows(IllegalArgumentException.class, () -> ErrorRateTest.fromText(text.substring(0, text.indexOf(';'))));
        assertThrows(IllegalArgumentException.class, () -> ErrorRateTest.fromText(text.substring(0, text.length() - 64)));
        assertThrows(IllegalArgumentException.class, () -> PodDispersion.fromText("pods/0:AAAA"));
        assertThrows(IllegalArgumentException.class, () -> new Pod("a", -1, 3));
        assertThrows(IllegalArgumentException.class, () -> new Pod("a", 1, Double.NaN));
    }

    @Test
    public void thousandsOfPodsKeepTheStateSmall() {
        PodDispersion many = PodDispersion.none();
        for (int look = 0; look < 5; look++) {
            List<Pod> pods = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                pods.add(new Pod("pod-" + look + "-" + i, i % 7 == 0 ? 1 : 0, 100));
            }
            many = many.plus(pods, pods);
        }
        assertTrue("discount " + many.discount(), many.discount() < 1.5);
        assertTrue(many.toText().length() + " characters", many.toText().length() <= 8 * 1024);
        assertEquals(many.discount(), PodDispersion.fromText(many.toText()).discount(), 0);
    }

    private static void level(Shape shape, int canaryPods, int stablePods) {
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            PodTraffic traffic = new PodTraffic(900 + run, shape, canaryPods, stablePods);
            ErrorRateTest test = ErrorRateTest.none();
            boolean alarm = false;
            for (int look = 0; look < LOOKS && !alarm; look++) {
                test = traffic.feed(test, 1, ALPHA);
                alarm = test.logEvidenceWorse() >= Math.log(1 / ALPHA);
            }
            alarms += alarm ? 1 : 0;
        }
        assertTrue(shape + " " + canaryPods + ":" + stablePods + ", " + alarms + " false alarms in " + RUNS, alarms <= RUNS * ALPHA + 3.1 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA)));
    }

    private static int looksUntilFound(PodTraffic traffic, double ratio, int onset, boolean guarded) {
        ErrorRateTest test = ErrorRateTest.none();
        int looks = 0;
        double evidence = 0;
        while (evidence < Math.log(100)) {
            test = traffic.feed(test, looks < onset ? 1 : ratio, 0.01);
            looks++;
            evidence = guarded ? test.logEvidenceWorse() : test.ratio().undiscounted().logEvidenceWorse();
        }
        return looks;
    }

    private static List<Pod> pods(double... events) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < events.length; i++) {
            pods.add(new Pod("pod-" + i, events[i], 100));
        }
        return pods;
    }

    private static double exponential(Random random) {
        return -Math.log(1 - random.nextDouble());
    }

    private static double factorial(int n) {
        return n <= 1 ? 1 : n * factorial(n - 1);
    }
}
