package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import java.io.IOException;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Histograms of all kinds in one form. */
@RunWith(JUnitQuickcheck.class)
public class BucketsTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    public void aNativeHistogramKeepsItsBucketsAndTheGapsBetweenThem() throws Exception {
        Buckets buckets = nativeHistogram("[[3,\"-0.001\",\"0.001\",\"2\"],[0,\"1\",\"2\",\"3\"],[0,\"4\",\"8\",\"5\"]]");
        assertEquals(Buckets.of(new double[] {-0.001, 0.001, 1, 2, 4, 8, INF}, new double[] {0, 2, 0, 3, 0, 5, 0}), buckets);
        assertTrue("in a gap nothing is lost", buckets.isExact(3) && buckets.isExact(100));
        assertFalse(buckets.isExact(1.5));
        assertEquals(5, buckets.atMost(3), 0);
        assertEquals(0, buckets.cutBy(new double[] {1, 3, INF}), 0);
        assertEquals(5, buckets.cutBy(new double[] {6, INF}), 0);
    }

    @Test
    public void whatANativeHistogramCountedIsKnownWhenItBecomesCoarser() throws Exception {
        Buckets fine = nativeHistogram("[[0,\"1\",\"1.5\",\"3\"],[0,\"1.5\",\"2\",\"1\"]]");
        Buckets coarse = nativeHistogram("[[0,\"1\",\"2\",\"6\"],[0,\"2\",\"4\",\"1\"]]");
        assertEquals(Buckets.of(new double[] {1, 2, 4, INF}, new double[] {0, 2, 1, 0}), coarse.since(fine).orElseThrow());
        assertTrue("less than before", fine.since(coarse).isEmpty());
    }

    @Test
    public void aBrokenNativeHistogramIsRefused() {
        assertThrows(IOException.class, () -> nativeHistogram("[[0,\"2\",\"1\",\"3\"]]"));
        assertThrows(IOException.class, () -> nativeHistogram("[[0,\"1\",\"2\",\"x\"]]"));
    }

    @Test
    public void differentLayoutsMeetInTheBoundsThatTheyShare() {
        Buckets a = Buckets.of(new double[] {1, 2, 5, INF}, new double[] {1, 2, 3, 4});
        Buckets b = Buckets.of(new double[] {1, 3, 5, INF}, new double[] {10, 20, 30, 40});
        assertArrayEquals(new double[] {1, 5, INF}, Buckets.common(List.of(a, b), Deadline.none()), 0);
        assertEquals(Buckets.of(new double[] {1, 5, INF}, new double[] {11, 55, 44}), a.plus(b));
    }

    @Test
    public void aClassicHistogramIsPutTogetherAndWhatIsOddIsTold() throws Exception {
        List<String> notes = new ArrayList<>();
        ClassicHistograms histograms = new ClassicHistograms(new TakenNotes(notes), Sources.budget());
        double[] cumulative = {3, 2, 6};
        String[] bounds = {"0.5", "1.0", "+Inf"};
        for (int i = 0; i < bounds.length; i++) {
            histograms.add("pod", Map.of("le", bounds[i]), List.of(new Point(1, cumulative[i])), null);
        }
        histograms.add("pod", Map.of("le", "x"), List.of(new Point(1, 1)), null);
        histograms.add("other", Map.of("le", "1"), List.of(new Point(1, 1)), null);
        assertEquals(List.of(Buckets.of(new double[] {0.5, 1, INF}, new double[] {3, 0, 3})), histograms.series().stream().map(s -> s.points().get(0).buckets()).toList());
        assertEquals(3, notes.size());
        assertTrue(notes.toString(), notes.toString().contains("holds less than a smaller one") && notes.toString().contains("has no bucket le=\"+Inf\"") && notes.toString().contains("with le=\"x\""));
    }

    /** Against the definitions, bound by bound and bucket by bucket. */
    @Property(trials = 500)
    public void theAlgebraIsThatOfItsDefinitions(long seed) {
        Random random = new Random(seed);
        List<Buckets> all = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            all.add(any(random));
        }
        TreeSet<Double> bounds = new TreeSet<>();
        all.forEach(one -> Arrays.stream(one.bounds()).forEach(bounds::add));
        bounds.removeIf(bound -> !all.stream().allMatch(one -> one.isExact(bound)));
        double[] common = Buckets.common(all, Deadline.none());
        assertArrayEquals(bounds.stream().mapToDouble(Double::doubleValue).toArray(), common, 0);
        Buckets one = all.get(0);
        double[] other = any(random).bounds();
        double cut = 0;
        for (int i = 0; i < one.bounds().length; i++) {
            double below = i == 0 ? Double.NEGATIVE_INFINITY : one.bounds()[i - 1];
            double upper = one.bounds()[i];
            cut += Arrays.stream(other).anyMatch(b -> b > below && b < upper) ? one.counts()[i] : 0;
        }
        assertEquals(cut, one.cutBy(other), 0);
        Buckets last = all.get(all.size() - 1);
        Buckets sum = one.plus(last);
        for (double bound : sum.bounds()) {
            assertEquals(one.atMost(bound) + last.atMost(bound), sum.atMost(bound), 0);
        }
        assertEquals(one.total() + last.total(), sum.total(), 0);
        assertEquals(last.onto(sum.bounds()), sum.since(one.onto(sum.bounds())).orElseThrow());
    }

    private static Buckets any(Random random) {
        TreeSet<Double> bounds = new TreeSet<>(List.of(INF));
        for (int i = random.nextInt(9); i > 0; i--) {
            bounds.add((random.nextInt(15) - 4) / 2.0);
        }
        return Buckets.of(bounds.stream().mapToDouble(Double::doubleValue).toArray(), random.doubles(bounds.size()).map(d -> d < 0.4 ? 0 : Math.floor(d * 50)).toArray());
    }

    /** All of it took a time that grew with the square of the number of buckets: minutes for these. */
    @Test(timeout = 6000)
    public void threeHundredThousandBucketsTakeNoTime() {
        double[] even = IntStream.rangeClosed(1, 300_000).mapToDouble(i -> i == 300_000 ? INF : 2 * i).toArray();
        double[] odd = IntStream.rangeClosed(1, 300_000).mapToDouble(i -> i == 300_000 ? INF : 2 * i + 1).toArray();
        double[] counts = IntStream.range(0, 300_000).mapToDouble(i -> i % 2).toArray();
        Buckets a = Buckets.of(even, counts);
        Buckets b = Buckets.of(odd, counts);
        assertEquals(299_999, a.cutBy(odd) + b.cutBy(even), 1);
        assertEquals(300_000, a.plus(b).total(), 0);
        assertEquals(a.total(), a.plus(a).since(a).orElseThrow().total(), 0);
        assertTrue(Buckets.common(List.of(a, b, a, b), Deadline.none()).length > 1000);
    }

    @Test
    public void zeroIsOneBoundWhateverItsSign() {
        Buckets plus = Buckets.of(new double[] {0.0, 1, INF}, new double[] {0, 1, 0});
        Buckets minus = Buckets.of(new double[] {-0.0, 1, INF}, new double[] {0, 2, 0});
        assertEquals(Buckets.of(new double[] {0, 1, INF}, new double[] {0, 3, 0}), plus.plus(minus));
    }

    private static Buckets nativeHistogram(String buckets) throws IOException {
        String answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"histograms\":[[1.5,{\"count\":\"10\",\"sum\":\"1\",\"buckets\":" + buckets + "}]]}]}}";
        HistogramPoint point = Sources.answer(answer).rows().get(0).histograms().get(0);
        assertEquals(1500, point.millis());
        return point.buckets();
    }
}
