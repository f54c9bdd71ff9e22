package io.jenkins.plugins.mldelivery.delivery;

import java.util.Arrays;

/** Parts of a text that are to be replaced. Each takes the place of those that it overlaps with. */
final class Spans {
    private static final int FEW = 8;

    /** Of each its first character and the one after its last, in one number, so that sorting needs no objects. */
    private long[] spans = new long[FEW];
    private int size;

    /** @param to after the last character */
    void add(int from, int to) {
        if (size > 0) {
            int lastFrom = (int) (spans[size - 1] >> Integer.SIZE);
            int lastTo = (int) spans[size - 1];
            if (from < lastTo && to > lastFrom) {
                spans[size - 1] = pack(Math.min(from, lastFrom), Math.max(to, lastTo));
                return;
            }
        }
        if (size == spans.length) {
            spans = Arrays.copyOf(spans, 2 * size);
        }
        spans[size++] = pack(from, to);
    }

    private static long pack(int from, int to) {
        return (long) from << Integer.SIZE | to;
    }

    /** The text with each of them replaced; the same text when there are none. */
    String replace(String text, String mask) {
        if (size == 0) {
            return text;
        }
        Arrays.sort(spans, 0, size);
        StringBuilder replaced = new StringBuilder(text.length());
        int copied = 0;
        int end = -1;
        for (int i = 0; i < size; i++) {
            int from = (int) (spans[i] >> Integer.SIZE);
            if (from >= end) {
                replaced.append(text, copied, from).append(mask);
            }
            end = Math.max(end, (int) spans[i]);
            copied = end;
        }
        return replaced.append(text, copied, text.length()).toString();
    }
}
