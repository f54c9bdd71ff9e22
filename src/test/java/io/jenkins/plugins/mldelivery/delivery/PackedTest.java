package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class PackedTest {
    @Test
    public void textsComeBack() throws Exception {
        List<String> texts = Arrays.asList("", null, "grüß 🙂", "\0\n", "x".repeat(100_000));
        assertEquals(texts, Packed.unpack(Packed.pack(texts), 5));
        assertEquals(List.of(), Packed.unpack(Packed.pack(List.of()), 0));
    }

    @Test
    public void anythingElseIsRefused() {
        byte[] two = Packed.pack(List.of("a", "bc"));
        assertThrows(IOException.class, () -> Packed.unpack(two, 1));
        assertThrows(IOException.class, () -> Packed.unpack(new byte[0], 9));
        assertThrows(IOException.class, () -> Packed.unpack(Arrays.copyOf(two, two.length - 1), 9));
        assertThrows(IOException.class, () -> Packed.unpack(Arrays.copyOf(two, two.length + 1), 9));
        assertThrows("a count that would take all memory", IOException.class, () -> Packed.unpack(new byte[] {127, -1, -1, -1}, Integer.MAX_VALUE));
        assertThrows("not UTF-8", IOException.class, () -> Packed.unpack(new byte[] {0, 0, 0, 1, 0, 0, 0, 1, -1}, 9));
    }

    @Property(trials = 2000)
    public void anyBytesAreTextsOrRefused(long seed) {
        Random random = new Random(seed);
        byte[] bytes = Packed.pack(Collections.nCopies(random.nextInt(5), "text"));
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        byte[] some = Arrays.copyOf(bytes, random.nextInt(bytes.length + 4));
        try {
            assertArrayEquals("only what was packed", some, Packed.pack(Packed.unpack(some, 100)));
        } catch (IOException e) {
            // Refused.
            assertEquals(IOException.class, e.getClass() == java.nio.charset.MalformedInputException.class ? IOException.class : e.getClass());
        }
    }
}
