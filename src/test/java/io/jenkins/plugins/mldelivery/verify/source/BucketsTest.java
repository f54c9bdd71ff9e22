package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Histograms of all kinds in one form. */
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
        assertArrayEquals(new double[] {1, 5, INF}, Buckets.common(List.of(a, b)), 0);
        assertEquals(Buckets.of(new double[] {1, 5, INF}, new double[] {11, 55, 44}), a.plus(b));
    }

    @Test
    public void aClassicHistogramIsPutTogetherAndWhatIsOddIsTold() {
        List<String> notes = new ArrayList<>();
        ClassicHistograms histograms = new ClassicHistograms(new TakenNotes(notes));
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

    private static Buckets nativeHistogram(String buckets) throws IOException {
        String answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"histograms\":[[1.5,{\"count\":\"10\",\"sum\":\"1\",\"buckets\":" + buckets + "}]]}]}}";
        HistogramPoint point = ApiAnswer.parse(answer.getBytes(StandardCharsets.UTF_8)).rows().get(0).histograms().get(0);
        assertEquals(1500, point.millis());
        return point.buckets();
    }
}
