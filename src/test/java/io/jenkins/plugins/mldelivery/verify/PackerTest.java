package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramPoint;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class PackerTest {
    @Property(trials = 300)
    public void everyNumberComesBackExactly(long whole, double number, Long created) {
        Unpacker back = new Unpacker("k", new Packer().whole(whole).signed(whole).number(number).number(whole).orNull(created).orNull(null).text("k"));
        assertEquals(whole, back.whole());
        assertEquals(whole, back.signed());
        assertEquals(Double.doubleToRawLongBits(number), Double.doubleToRawLongBits(back.number()));
        assertEquals(whole, back.number(), 0);
        assertEquals(created, back.orNull());
        assertEquals(null, back.orNull());
        back.end();
    }

    @Test
    public void oddNumbersComeBackExactly() {
        for (double odd : new double[] {0, -0.0, -1, 0.5, 1e15, 1e17, Packer.MOST_EXACT - 1, Packer.MOST_EXACT, 1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE}) {
            assertEquals(Double.doubleToRawLongBits(odd), Double.doubleToRawLongBits(new Unpacker("k", new Packer().number(odd).text("k")).number()));
        }
    }

    @Property(trials = 300)
    public void bitsComeBack(long seed, @InRange(minInt = 0, maxInt = 120) int count) {
        Random random = new Random(seed);
        int[] widths = random.ints(count, 0, 54).toArray();
        List<Double> numbers = new ArrayList<>();
        for (int width : widths) {
            numbers.add(width == 0 ? 0.0 : (double) (random.nextLong() >>> Long.SIZE - width));
            assertTrue(Packer.width(numbers.get(numbers.size() - 1)) <= width);
        }
        String text = new Packer().bits(numbers, widths).name(0xfedcba987654L).text("k");
        Unpacker back = new Unpacker("k", text);
        assertEquals(numbers, back.bits(widths));
        assertEquals(0xfedcba987654L, back.name());
        back.end();
        assertThrows(IllegalArgumentException.class, () -> new Unpacker("k", "k:AA").bits(new int[] {4, 5}));
    }

    @Test
    public void aNumberNeedsAsManyBitsAsItHas() {
        assertEquals(0, Packer.width(0));
        assertEquals(1, Packer.width(1));
        assertEquals(17, Packer.width(65_536));
        assertEquals(53, Packer.width(Packer.MOST_EXACT - 1));
    }

    @Property(trials = 300)
    public void rowsOfZerosComeBack(long seed, @InRange(minInt = 0, maxInt = 200) int count, @InRange(minInt = 1, maxInt = 9) int rare) {
        Random random = new Random(seed);
        List<Double> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(random.nextInt(rare) > 0 ? 0.0 : random.nextInt(1000) / 2.0);
        }
        Unpacker back = new Unpacker("k", new Packer().numbers(numbers).name(0xfedcba987654L).text("k"));
        assertEquals(numbers, back.numbers(count));
        assertEquals(0xfedcba987654L, back.name());
        back.end();
    }

    @Property(trials = 300)
    public void whateverIsDamagedIsRefusedOrAnotherText(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "counters/1:" : "histograms/1:");
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append("ABCDEFxyz0189+/=".charAt(random.nextInt(16)));
        }
        for (String damaged : List.of(text.toString(), text.substring(0, text.length() / 2))) {
            try {
                Counters.fromText(damaged.replace("histograms", "counters"));
                HistogramCounters.fromText(damaged.replace("counters", "histograms"));
            } catch (IllegalArgumentException e) {
                // Nothing else may come out of it.
            }
        }
    }

    /** A text with one layout of buckets and series that counted nothing in it: of each series it has some bytes. */
    private static String emptySeries(int bounds, int series) {
        Packer packer = new Packer().signed(0).whole(1).whole(bounds).numbers(IntStream.range(0, bounds).mapToObj(i -> (double) i).toList());
        IntStream.rangeClosed(0, bounds).forEach(i -> packer.whole(0));
        packer.whole(series);
        IntStream.rangeClosed(1, series).forEach(i -> packer.name(i).signed(0).whole(1));
        return packer.whole(0).text("histograms/2");
    }

    @Test
    public void aTextCantAskForMoreNumbersThanATrackMayHave() {
        assertEquals(190, HistogramCounters.fromText(emptySeries(ReadLimits.MAX_BUCKETS, 190)).last().size());
        for (int[] size : new int[][] {{ReadLimits.MAX_BUCKETS, 300}, {ReadLimits.MAX_BUCKETS + 1, 1}, {1, HistogramTicks.MAX_SERIES + 1}}) {
            String text = emptySeries(size[0], size[1]);
            assertThrows(size[0] + " × " + size[1], IllegalArgumentException.class, () -> HistogramCounters.fromText(text));
        }
        // The bounds are looked at before anything else of the text: here the series are not even there.
        String falling = new Packer().signed(0).whole(1).whole(2).numbers(List.of(2.0, 1.0)).whole(0).whole(0).whole(0).whole(1).name(1).text("histograms/2");
        assertEquals("the buckets' bounds don't rise", assertThrows(IllegalArgumentException.class, () -> HistogramCounters.fromText(falling)).getMessage());
    }

    @Test
    public void zerosOfAllListsOfATextAreCountedTogether() {
        Packer packer = new Packer();
        List<Double> zeros = Collections.nCopies(60_000, 0.0);
        IntStream.range(0, 4).forEach(i -> packer.numbers(zeros));
        Unpacker from = new Unpacker("k", packer.text("k"));
        IntStream.range(0, 3).forEach(i -> assertEquals(zeros, from.numbers(zeros.size())));
        assertThrows(IllegalArgumentException.class, () -> from.numbers(zeros.size()));
        assertThrows(IllegalArgumentException.class, () -> new Unpacker("k", "k:AA").bits(new int[Unpacker.MAX_NUMBERS + 1]));
    }

    @Test
    public void whatIsKeptOfPodsThatComeAndGoCanBeReadAgain() {
        double[] bounds = IntStream.range(0, ReadLimits.MAX_BUCKETS).mapToDouble(i -> i + 1 < ReadLimits.MAX_BUCKETS ? i : Double.POSITIVE_INFINITY).toArray();
        HistogramCounters counters = HistogramCounters.none();
        for (int look = 0; look < 3; look++) {
            int first = look * 90;
            long millis = 1_000_000 + look;
            List<HistogramSeries> series = IntStream.range(first, first + 90).mapToObj(pod -> new HistogramSeries("pod " + pod, Map.of(), List.of(new HistogramPoint(millis, Buckets.of(bounds, new double[bounds.length]))), null)).toList();
            counters = counters.after(new HistogramReading(series, Map.of(), Map.of(), false), Instant.EPOCH).next();
        }
        assertEquals("the oldest of those that are away are forgotten", ReadLimits.MAX_TRACK_BUCKETS, counters.buckets());
        assertEquals(counters, HistogramCounters.fromText(counters.toText()));
    }

    @Test
    public void anotherKindOrMoreThanThereShouldBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Unpacker("k", "other:AA"));
        assertThrows(IllegalArgumentException.class, () -> new Unpacker("k", null));
        Unpacker longer = new Unpacker("k", new Packer().whole(1).whole(2).text("k"));
        longer.whole();
        assertThrows(IllegalArgumentException.class, longer::end);
    }
}
