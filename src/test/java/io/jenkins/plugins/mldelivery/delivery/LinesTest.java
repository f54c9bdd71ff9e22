package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

public class LinesTest {
    private final List<String> told = new ArrayList<>();
    private final Lines lines = new Lines(told::add);

    private void take(String text, int chunk) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += chunk) {
            byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk));
            lines.accept(piece, piece.length);
        }
    }

    @Test
    public void piecesOfAnySizeMakeTheSameLines() {
        for (int chunk = 1; chunk < 20; chunk++) {
            told.clear();
            take("eins\r\n\ngrüß 🙂\nlast", chunk);
            assertEquals(List.of("eins", "", "grüß 🙂"), told);
            lines.finish();
            assertEquals(List.of("eins", "", "grüß 🙂", "last"), told);
        }
    }

    @Test
    public void nothingIsOneLineLess() {
        lines.finish();
        take("a\n", 5);
        lines.finish();
        assertEquals(List.of("a"), told);
    }

    @Test
    public void aLongLineIsCutAndTheNextOneIsWhole() {
        take("x".repeat(Lines.MAX_LINE) + "\n" + "y".repeat(3 * Lines.MAX_LINE) + "\nnext\n" + "z".repeat(Lines.MAX_LINE + 1), 1000);
        lines.finish();
        assertEquals(4, told.size());
        assertEquals("x".repeat(Lines.MAX_LINE), told.get(0));
        assertEquals("y".repeat(Lines.MAX_LINE) + "…", told.get(1));
        assertEquals("next", told.get(2));
        assertEquals("z".repeat(Lines.MAX_LINE) + "…", told.get(3));
        assertEquals(2, lines.cut());
    }

    @Test
    public void timeIsLinear() {
        long start = System.nanoTime();
        byte[] bytes = "x".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 4_000; i++) {
            lines.accept(bytes, bytes.length);
        }
        byte[] ends = "\n".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
        lines.accept(ends, ends.length);
        assertTrue("256 MB took too long", System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        assertEquals(64 * 1024, told.size());
    }
}
