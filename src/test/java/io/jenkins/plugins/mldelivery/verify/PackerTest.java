package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    @Test
    public void anotherKindOrMoreThanThereShouldBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Unpacker("k", "other:AA"));
        assertThrows(IllegalArgumentException.class, () -> new Unpacker("k", null));
        Unpacker longer = new Unpacker("k", new Packer().whole(1).whole(2).text("k"));
        longer.whole();
        assertThrows(IllegalArgumentException.class, longer::end);
    }
}
