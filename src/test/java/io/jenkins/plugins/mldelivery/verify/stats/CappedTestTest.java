package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertArrayEquals;
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

/** Caps on what single pods add: their values, that they never raise evidence of harm, and what they are good for. */
@RunWith(JUnitQuickcheck.class)
public class CappedTestTest {
    private static final double ALPHA = 0.01;

    @Test
    public void aPodIsCappedAtTheOthersAndTwoAndAHalfDeviations() {
        PodCaps caps = PodCaps.of(pods(20, 3), TrackPods.none(), new long[0]);
        assertEquals("3 + 2.5 · √4", 8, caps.pods().get(0).events(), 0);
        assertEquals(3, caps.pods().get(1).events(), 0);
        assertEquals(11, caps.events(), 0);
        assertArrayEquals(new long[] {NameHash.of("pod-0")}, caps.capped());
        PodCaps again = PodCaps.of(pods(20, 3), TrackPods.none(), caps.capped());
        assertEquals("without deviations", 3, again.pods().get(0).events(), 0);
    }

    @Test
    public void whatTheTrackHadSoFarCountsWhereItIsMore() {
        TrackPods before = TrackPods.none().plus(pods(8, 8));
        assertEquals(200, before.requests(), 0);
        assertEquals("8 + 2.5 · √9, rounded down", 15, PodCaps.of(pods(20, 3), before, new long[0]).pods().get(0).events(), 0);
        PodCaps larger = PodCaps.of(List.of(new Pod("a", 90, 400), new Pod("b", 6, 100)), before, new long[0]);
        assertEquals("32 + 2.5 · √33 for four times the requests", 46, larger.pods().get(0).events(), 0);
    }

    @Test
    public void aSinglePodAndHarmOnAllPodsAreNotCapped() {
        assertEquals(0, PodCaps.of(pods(500), TrackPods.none(), new long[0]).capped().length);
        assertEquals(0, PodCaps.of(pods(50, 60, 48), TrackPods.none().plus(pods(1, 0, 1)), new long[0]).capped().length);
        assertEquals(0, PodCaps.of(List.of(new Pod("a", 3, 100), new Pod("b", 0, 0)), TrackPods.none(), new long[0]).capped().length);
        assertEquals(0, PodCaps.of(List.of(), TrackPods.none(), new long[0]).pods().size());
    }

    @Test
    public void withoutPodsItIsAFairBet() {
        RatioTest before = RatioTest.none().plus(3, 100, 4, 200, ALPHA);
        double sum = 0;
        double probability = Math.pow(2.0 / 3, 20);
        for (int x = 0; x <= 20; x++) {
            sum += probability * Math.exp(CappedTest.none().logEvidenceWorse(before.plus(x, 100, 20 - x, 200, ALPHA), 1));
            probability *= (20.0 - x) / (x + 1) / 2;
        }
        assertEquals(Math.exp(CappedTest.none().logEvidenceWorse(before, 1)), sum, 1e-9);
    }

    @Test
    public void theWholeEvidenceIsAtMostAFairBetOverAllWaysInWhichEventsFallOnPods() {
        // Two looks of 7 events each on two canary pods and two stable ones: all 120² ways. An untempered fair bet would have the expectation 1.
        List<double[]> ways = new ArrayList<>();
        for (int a = 0; a <= 7; a++) {
            for (int b = 0; a + b <= 7; b++) {
                for (int c = 0; a + b + c <= 7; c++) {
                    ways.add(new double[] {a, b, c, 7 - a - b - c});
                }
            }
        }
        double sum = 0;
        double all = 0;
        for (double[] first : ways) {
            ErrorRateTest one = look(ErrorRateTest.none(), first);
            for (double[] second : ways) {
                double p = probability(first) * probability(second);
                all += p;
                sum += p * Math.exp(look(one, second).logEvidenceWorse());
            }
        }
        assertEquals(1, all, 1e-9);
        assertTrue("expectation " + sum, sum <= 1 && sum > 0.5);
    }

    @Property(trials = 200)
    public void noCapRaisesTheEvidence(@InRange(minInt = 0, maxInt = 1_000_000) int seed, @InRange(minInt = 1, maxInt = 12) int looks) {
        Random random = new Random(seed);
        ErrorRateTest test = ErrorRateTest.none();
        CappedTest capped = CappedTest.none();
        for (int look = 0; look < looks; look++) {
            List<Pod> canary = pods(events(random), events(random));
            List<Pod> stable = pods(events(random), events(random), events(random));
            double x = sum(canary);
            double y = sum(stable);
            double n = 200 + random.nextInt(300);
            capped = capped.seen(canary, stable).plus(x, n, 300);
            test = test.seen(canary, stable).plus(x, n, y, 300, ALPHA);
        }
        double all = CappedTest.none().logEvidenceWorse(test.ratio(), 1);
        double left = capped.logEvidenceWorse(test.ratio(), 1);
        assertTrue(capped.discount() >= 1);
        assertTrue(left + " with caps, " + all, left <= all + 1e-9);
        double most = Logs.sum(new double[] {Math.log(0.8) + test.untemperedTotals(), Math.log(0.2) + all});
        assertTrue(test.logEvidenceWorse() + " against " + most, test.logEvidenceWorse() <= most + 1e-9);
    }

    @Test
    public void whatWasCappedBeforeTheTickIsWholeIsTakenFromIt() {
        CappedTest capped = CappedTest.none().seen(pods(20, 3), pods(1, 1)).seen(pods(2, 2), pods(1, 1)).plus(27, 400, 400);
        CappedTest plain = CappedTest.none().seen(pods(8, 3), pods(1, 1)).seen(pods(2, 2), pods(1, 1)).plus(15, 400, 400);
        assertEquals("12 of 27 capped", plain.discount() + 4 * 12.0 / 27, capped.discount(), 1e-12);
        RatioTest of27 = RatioTest.none().plus(27, 400, 4, 400, ALPHA);
        RatioTest of15 = RatioTest.none().plus(15, 400, 4, 400, ALPHA, capped.discount());
        assertEquals(of15.logEvidenceWorse(), capped.logEvidenceWorse(of27, 1), 0.02);
        CappedTest more = CappedTest.none().seen(pods(20, 3), pods(1, 1)).plus(0, 200, 200);
        assertEquals("no more is taken than the tick has", 0, more.logEvidenceWorse(RatioTest.none(), 1), 1e-9);
    }

    @Test
    public void whatAPodCountedUnderSeveralCodesIsCappedTogether() {
        List<Pod> split = List.of(new Pod("pod-0", 0, 80), new Pod("pod-1", 0, 97), new Pod("pod-0", 20, 20), new Pod("pod-1", 3, 3));
        CappedTest ofSplit = CappedTest.none().seen(split, pods(1, 1)).plus(23, 200, 200);
        CappedTest whole = CappedTest.none().seen(pods(20, 3), pods(1, 1)).plus(23, 200, 200);
        assertEquals(whole.toText(PodDispersion.none().plus(pods(20, 3), pods(1, 1))), ofSplit.toText(PodDispersion.none().plus(split, pods(1, 1))));
        List<Pod> one = List.of(new Pod("pod-0", 0, 80), new Pod("pod-0", 20, 20));
        assertEquals("a single pod", 1, CappedTest.none().seen(one, pods(1)).discount(), 0);
    }

    @Test
    public void besideASingleCanaryPodTheStablePodsTellTheirWholeDispersion() {
        CappedTest capped = CappedTest.none();
        PodDispersion all = PodDispersion.none();
        for (int look = 0; look < 10; look++) {
            capped = capped.seen(pods(2), pods(1, 0, look % 3 == 0 ? 20 : 1, 2));
            all = all.plus(pods(2), pods(1, 0, look % 3 == 0 ? 20 : 1, 2));
        }
        assertTrue("discount " + all.discount(), all.discount() > 5);
        assertEquals(all.discount(), capped.discount(), 0);
    }

    @Test
    public void aSingleCanaryPodThatIsNotInEachLookIsJudgedByTheStablePodsWholeDispersionAsWell() {
        CappedTest capped = CappedTest.none();
        PodDispersion all = PodDispersion.none();
        for (int look = 0; look < 20; look++) {
            List<Pod> canary = look % 2 == 0 ? pods(2) : List.of();
            List<Pod> stable = look % 2 == 0 ? List.of() : pods(1, 0, look % 3 == 0 ? 20 : 1, 2);
            capped = capped.seen(canary, stable);
            all = all.plus(canary, stable);
        }
        assertEquals(all.discount(), capped.discount(), 0);
    }

    @Test
    public void onePodOfSeveralIsCappedInALookThatSeesItAlone() {
        TrackPods before = TrackPods.none().plus(pods(1, 1));
        assertEquals("1 + 2.5 · √2, rounded down", 4, PodCaps.of(pods(20), before, new long[0]).pods().get(0).events(), 0);
    }

    @Test
    public void doubledErrorsAreFoundAmongBadSpells() {
        int found = 0;
        int totals = 0;
        for (int run = 0; run < 100; run++) {
            PodTraffic traffic = new PodTraffic(run, Shape.SPELLS, 2, 18);
            ErrorRateTest test = ErrorRateTest.none();
            double most = 0;
            double mostOfTotals = 0;
            for (int look = 0; look < 60; look++) {
                test = traffic.feed(test, 2, ALPHA);
                most = Math.max(most, test.logEvidenceWorse());
                mostOfTotals = Math.max(mostOfTotals, test.ratio().logEvidenceWorse());
            }
            found += most >= Math.log(1 / ALPHA) ? 1 : 0;
            totals += mostOfTotals >= Math.log(1 / ALPHA) ? 1 : 0;
        }
        assertTrue("found " + found + ", by the totals " + totals, found >= 80 && found >= totals + 30);
    }

    @Test
    public void itsStateIsSmallAndRestoredExactly() {
        PodTraffic traffic = new PodTraffic(5, Shape.SPELLS, 2, 18);
        ErrorRateTest test = ErrorRateTest.none(1.5);
        for (int look = 0; look < 200; look++) {
            test = traffic.feed(test, 2, ALPHA);
        }
        String[] parts = test.toText().split(";");
        PodDispersion all = PodDispersion.fromText(parts[2]);
        CappedTest read = CappedTest.fromText(parts[4], all);
        assertEquals(parts[4], read.toText(all));
        assertTrue(parts[4].length() + " characters", parts[4].length() <= 900);
        ErrorRateTest again = ErrorRateTest.fromText(test.toText());
        assertEquals(test.logEvidenceWorse(), again.logEvidenceWorse(), 0);
        assertEquals(traffic.feed(test, 2, ALPHA).toText().length(), test.toText().length(), 400);
        assertThrows(IllegalArgumentException.class, () -> CappedTest.fromText("capped/0:AAAA", all));
        assertThrows(IllegalArgumentException.class, () -> CappedTest.fromText(parts[4].substring(0, 40), all));
        assertThrows(IllegalArgumentException.class, () -> CappedTest.fromText(parts[4], PodDispersion.none()));
    }

    private static ErrorRateTest look(ErrorRateTest test, double[] events) {
        return test.seen(pods(events[0], events[1]), pods(events[2], events[3])).plus(events[0] + events[1], 200, events[2] + events[3], 200, ALPHA);
    }

    /** Of a way in which 7 events fall on four pods with as many requests each. */
    private static double probability(double[] events) {
        double ways = 5040;
        for (double n : events) {
            for (int k = 2; k <= n; k++) {
                ways /= k;
            }
        }
        return ways * Math.pow(0.25, 7);
    }

    private static double events(Random random) {
        return random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(4);
    }

    private static double sum(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::events).sum();
    }

    private static List<Pod> pods(double... events) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < events.length; i++) {
            pods.add(new Pod("pod-" + i, events[i], 100));
        }
        return pods;
    }
}
