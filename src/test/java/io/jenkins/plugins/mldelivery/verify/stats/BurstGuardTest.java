package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.verify.stats.PodTraffic.Shape;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The guard of canaries of a single pod: its sums against exact ones, and simulated false alarms, detection and cost. */
@RunWith(JUnitQuickcheck.class)
public class BurstGuardTest {
    private static final int RUNS = 300;
    private static final int LOOKS = 60;
    private static final double ALPHA = 0.05;

    /** Doubt that is left after so many looks with an event to compare; the pairs are one fewer. */
    private static double doubt(int looks) {
        return 2.0 / (2 + looks - 1);
    }

    @Test
    public void theExcessOfChanceHasTheMeanZero() {
        // Given 6 and 9 events in two looks, 5 of them the canary's: hypergeometric whatever the rates are.
        double mean = 0;
        double variance = 0;
        for (int x = 0; x <= 5; x++) {
            double probability = choose(6, x) * choose(9, 5 - x) / choose(15, 5);
            mean += probability * excess(x, 6, 5 - x, 9, 1, 1);
            variance += probability * (x - 2) * (x - 2);
        }
        assertEquals(0, mean, 1e-12);
        assertEquals(variance, -excess(2, 6, 3, 9, 1, 1) * variance, 1e-12);
    }

    @Test
    public void aSplitThatMovesIsTakenIntoAccount() {
        // The canary had half of the requests in the first look and an eighth in the second: noncentral, with odds of 7. Cornfield's mean is not exact.
        double all = 0;
        double mean = 0;
        for (int x = 0; x <= 12; x++) {
            double ways = choose(16, x) * choose(24, 12 - x) * Math.pow(7, x);
            all += ways;
            mean += ways * excess(x, 16, 12 - x, 24, 1, 7);
        }
        assertEquals("of its variance", 0, mean / all, 0.06);
        double unaware = 0;
        for (int x = 0; x <= 12; x++) {
            unaware += choose(16, x) * choose(24, 12 - x) * Math.pow(7, x) / all * excess(x, 16, 12 - x, 24, 1, 1);
        }
        assertTrue("so that the test above tests something: " + unaware, unaware > 3);
    }

    @Test
    public void aSplitThatMovesFarLeavesTheMeanWithinItsBounds() {
        // Of 1,000 canary events 999 must be in the first look, as the second had one in all.
        double excess = excess(999, 100_000, 1, 1, 1e9, 1);
        assertTrue("excess " + excess, excess >= -1.01 && excess < 0.01);
        assertTrue(excess(50, 100, 50, 100, 1e9, 1) > 100);
    }

    /** In parts of the variance, from one pair of looks with so many events of both tracks, and the canary's requests equal, the stable version's as given. */
    private static double excess(double canary, double events, double nextCanary, double nextEvents, double stable, double nextStable) {
        TickDispersion.Sums sums = TickDispersion.none().plus(canary, 100, events - canary, 100 * stable).plus(nextCanary, 100, nextEvents - nextCanary, 100 * nextStable).sums();
        return sums.excess() / sums.variance();
    }

    private static double choose(int n, int k) {
        double ways = 1;
        for (int i = 0; i < k; i++) {
            ways = ways * (n - i) / (i + 1);
        }
        return ways;
    }

    @Test
    public void aMovingBaseRateAndAnyRatioAreNoDispersion() {
        BurstGuard guard = BurstGuard.none();
        for (int look = 0; look < 40; look++) {
            int errors = look % 10 < 3 ? 50 : 5;
            guard = look(guard, 3 * errors, 100, errors + look % 2, 100);
        }
        assertEquals(1 + doubt(40), guard.discount(), 0.01);
    }

    @Test
    public void aRegressionThatBeginsIsNoDispersionAndOneThatComesAndGoesIs() {
        BurstGuard onset = BurstGuard.none();
        BurstGuard bursts = BurstGuard.none();
        for (int look = 0; look < 40; look++) {
            onset = look(onset, look < 20 ? 4 : 40, 1000, 4 + look % 2, 1000);
            bursts = look(bursts, look % 4 < 3 ? 4 : 40, 1000, 4 + look % 2, 1000);
        }
        assertEquals(1 + doubt(40), onset.discount(), 0.01);
        assertTrue("discount " + bursts.discount(), bursts.discount() > 3);
    }

    @Test
    public void severalPodsAreComparedWithEachOtherAlone() {
        BurstGuard guard = BurstGuard.none();
        PodDispersion pods = PodDispersion.none();
        for (int look = 0; look < 20; look++) {
            double errors = look % 4 < 3 ? 4 : 40;
            List<Pod> canary = List.of(new Pod("a", errors, 100), new Pod("b", errors, 100));
            List<Pod> stable = List.of(new Pod("c", 4, 100));
            guard = guard.plus(look % 3 == 0 ? canary.subList(0, 1) : canary, stable);
            pods = pods.plus(look % 3 == 0 ? canary.subList(0, 1) : canary, stable);
        }
        assertEquals(pods.discount(), guard.discount(), 0);
        List<Pod> split = List.of(new Pod("a", 0, 50), new Pod("a", 4, 50), new Pod("b", 0, 0));
        assertTrue("one pod, by several codes", BurstGuard.none().plus(split, split).discount() > 1);
        assertEquals("nothing seen", 1, BurstGuard.none().plus(List.of(), List.of()).discount(), 0);
    }

    @Property(trials = 100)
    public void exchangedTracksHaveTheSameDiscount(long seed, @InRange(minInt = 1, maxInt = 40) int looks) {
        Random random = new Random(seed);
        BurstGuard one = BurstGuard.none();
        BurstGuard exchanged = BurstGuard.none();
        for (int look = 0; look < looks; look++) {
            int x = random.nextInt(9) * random.nextInt(9);
            int y = random.nextInt(9) * random.nextInt(9);
            int n = random.nextInt(4) == 0 ? 0 : 100 + random.nextInt(900);
            int m = 100 + random.nextInt(900);
            one = look(one, n == 0 ? 0 : x, n, y, m);
            exchanged = look(exchanged, y, m, n == 0 ? 0 : x, n);
        }
        assertEquals(one.discount(), exchanged.discount(), 1e-9 * one.discount());
        assertTrue(one.discount() >= 1 && Double.isFinite(one.discount()));
    }

    @Property(trials = 200)
    public void countsOfEverySizeGiveNumbers(@InRange(minDouble = 0, maxDouble = 12) double a, @InRange(minDouble = 0, maxDouble = 12) double b, @InRange(minDouble = 0, maxDouble = 12) double c) {
        BurstGuard guard = BurstGuard.none();
        for (int look = 0; look < 12; look++) {
            double x = Math.floor(Math.pow(10, look % 3 == 0 ? a : look % 3 == 1 ? b : 0)) - 1;
            double y = Math.floor(Math.pow(10, look % 2 == 0 ? c : b)) - 1;
            guard = look(guard, x, x + Math.pow(10, c), y, y + Math.pow(10, look % 2 == 0 ? a : 12));
            assertTrue(guard.discount() >= 1 && Double.isFinite(guard.discount()));
        }
    }

    @Test
    public void burstsOnASinglePodKeepTheLevel() {
        assertTrue("so that this tests something", alarms(Shape.BURSTY, 1, 1, false) > 0.15 * RUNS);
        double most = RUNS * ALPHA + 3.1 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA));
        for (int stable : new int[] {1, 9}) {
            int alarms = alarms(Shape.BURSTY, 1, stable, true);
            assertTrue("1:" + stable + ", " + alarms + " false alarms in " + RUNS, alarms <= most);
        }
    }

    @Test
    public void tracksThatAreNeverInOneLookAreComparedAllTheSame() {
        // Scrapes a minute apart, each track's at its own moment, and looks oftener than that.
        BurstGuard together = BurstGuard.none();
        BurstGuard apart = BurstGuard.none();
        Random random = new Random(4);
        for (int look = 0; look < 20; look++) {
            List<Pod> canary = List.of(new Pod("a", look % 4 < 3 ? 4 : 40, 1000));
            List<Pod> stable = List.of(new Pod("b", 4 + random.nextInt(2), 1000));
            together = together.plus(canary, stable);
            apart = apart.plus(canary, List.of()).plus(List.of(), stable);
            assertEquals("look " + look, together.discount(), apart.discount(), 0);
        }
        assertTrue("so that this tests something", together.discount() > 3);
    }

    @Test
    public void plainTrafficPaysLittleAndLateHarmIsFoundAsWell() {
        double guarded = 0;
        double plain = 0;
        double late = 0;
        double latePlain = 0;
        for (int run = 0; run < 200; run++) {
            guarded += looksUntilFound(run, 3, 0, true);
            plain += looksUntilFound(run, 3, 0, false);
            late += looksUntilFound(run, 10, 30, true) - 30;
            latePlain += looksUntilFound(run, 10, 30, false) - 30;
        }
        assertTrue("slower by the factor " + guarded / plain, guarded / plain < 1.5);
        assertTrue("late harm by the factor " + late / latePlain, late / latePlain < 1.5);
    }

    @Test
    public void itsTextRestoresItExactly() {
        Random random = new Random(3);
        BurstGuard guard = BurstGuard.none();
        BurstGuard read = BurstGuard.none();
        for (int look = 0; look < 30; look++) {
            int x = random.nextInt(20);
            int y = random.nextInt(20);
            int m = look % 3 == 2 ? 0 : 300 + look;
            guard = look(guard, x, 100, m == 0 ? 0 : y, m);
            read = look(BurstGuard.fromText(read.toText()), x, 100, m == 0 ? 0 : y, m);
        }
        assertEquals(guard.toText(), read.toText());
        assertEquals(guard.discount(), read.discount(), 0);
        String text = guard.toText();
        assertTrue(text.length() + " characters", text.length() < 700);
        for (String damaged : List.of("", "pods/2:AAAA", text.substring(0, text.length() - 8), text.replace("looks/1", "looks/0"), text + "AAAA")) {
            assertThrows(damaged, IllegalArgumentException.class, () -> BurstGuard.fromText(damaged));
        }
    }

    @Test
    public void numbersThatCannotBeAreRefused() {
        // Looks, several; the open look, whole looks; then of each length the open and the last period, pairs, excess, variance, largest, of largest.
        double[] sound = new double[7 + 2 * 13];
        BurstGuard.fromText(text(sound));
        for (int i = 0; i < sound.length; i++) {
            for (double damage : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
                double[] damaged = sound.clone();
                damaged[i] = damage;
                boolean mayBe = damage == -1 && (i - 7) % 13 == 9;
                if (!mayBe) {
                    assertThrows(i + ": " + damage, IllegalArgumentException.class, () -> BurstGuard.fromText(text(damaged)));
                }
            }
        }
    }

    private static String text(double[] numbers) {
        Packer to = new Packer();
        for (int i = 0; i < numbers.length; i++) {
            if (i < 2 || i == 6) {
                to.whole(numbers[i] == 0 ? i == 0 ? 5 : 3 : Long.MIN_VALUE);
            } else {
                to.number(numbers[i]);
            }
        }
        return PodDispersion.none().toText() + ";" + to.text("looks/1");
    }

    private static BurstGuard look(BurstGuard guard, double x, double n, double y, double m) {
        return guard.plus(List.of(new Pod("a", x, n)), List.of(new Pod("b", y, m)));
    }

    private static int alarms(Shape shape, int canaryPods, int stablePods, boolean guarded) {
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            alarms += looksUntilFound(new PodTraffic(900 + run, shape, canaryPods, stablePods), 1, 0, guarded) < LOOKS ? 1 : 0;
        }
        return alarms;
    }

    private static int looksUntilFound(int run, double ratio, int onset, boolean guarded) {
        return looksUntilFound(new PodTraffic(run, Shape.PLAIN, 1, 1), ratio, onset, guarded);
    }

    private static int looksUntilFound(PodTraffic traffic, double ratio, int onset, boolean guarded) {
        ErrorRateTest test = ErrorRateTest.none();
        int looks = 0;
        while (looks < LOOKS && evidence(test, guarded) < Math.log(1 / ALPHA)) {
            test = traffic.feed(test, looks < onset ? 1 : ratio, ALPHA);
            looks++;
        }
        return looks;
    }

    private static double evidence(ErrorRateTest test, boolean guarded) {
        return guarded ? test.logEvidenceWorse() : test.untemperedTotals();
    }
}
