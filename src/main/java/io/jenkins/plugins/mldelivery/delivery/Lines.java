package io.jenkins.plugins.mldelivery.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Splits output into lines of UTF-8 text, in linear time and in at most 64 KiB of memory: a longer line is cut there, whatever follows up to its end is dropped.
 * A line ends with a line feed, before which a carriage return is left out; the last one also with the output.
 */
public final class Lines implements CommandOutput {
    /** The longest line, in bytes. */
    public static final int MAX_LINE = 64 * 1024;

    private static final int SMALL = 1024;

    private final Consumer<String> consumer;
    private byte[] line = new byte[SMALL];
    private int length;
    private boolean cutting;
    private long cut;

    /** @param consumer takes each line without its end; of one that was cut, its beginning and "…" */
    public Lines(Consumer<String> consumer) {
        this.consumer = Objects.requireNonNull(consumer);
    }

    @Override
    public void accept(byte[] bytes, int count) {
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, start, i);
                end();
                start = i + 1;
            }
        }
        keep(bytes, start, count);
    }

    /** Hands on a last line without an end. Call it once, after the last byte. */
    public void finish() {
        if (length > 0 || cutting) {
            end();
        }
    }

    /** How many lines were cut so far. */
    public long cut() {
        return cut;
    }

    private void keep(byte[] bytes, int from, int to) {
        int taken = Math.min(to - from, MAX_LINE - length);
        cutting |= taken < to - from;
        if (length + taken > line.length) {
            line = Arrays.copyOf(line, Math.min(MAX_LINE, Math.max(2 * line.length, length + taken)));
        }
        System.arraycopy(bytes, from, line, length, taken);
        length += taken;
    }

    private void end() {
        boolean returned = !cutting && length > 0 && line[length - 1] == '\r';
        String text = new String(line, 0, returned ? length - 1 : length, StandardCharsets.UTF_8);
        cut += cutting ? 1 : 0;
        String whole = cutting ? text + "…" : text;
        length = 0;
        cutting = false;
        consumer.accept(whole);
    }
}
