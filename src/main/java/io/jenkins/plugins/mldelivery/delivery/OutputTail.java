package io.jenkins.plugins.mldelivery.delivery;

import java.nio.charset.StandardCharsets;

/** Keeps the last bytes of an output, in a ring: linear in time, constant in memory. */
final class OutputTail {
    private final byte[] ring;
    private int next;
    private boolean full;

    /** @param size how many bytes are kept at most */
    OutputTail(int size) {
        ring = new byte[size];
    }

    synchronized void add(byte[] bytes, int length) {
        int from = Math.max(0, length - ring.length);
        for (int done = from; done < length; ) {
            int run = Math.min(length - done, ring.length - next);
            System.arraycopy(bytes, done, ring, next, run);
            done += run;
            next += run;
            if (next == ring.length) {
                next = 0;
                full = true;
            }
        }
    }

    /**
     * The kept end as UTF-8 text, from its first whole line: of a line whose beginning is gone, a secret in it could not
     * be told any more. What is all one line begins with its first whole character.
     */
    synchronized String text() {
        if (!full) {
            return new String(ring, 0, next, StandardCharsets.UTF_8);
        }
        byte[] whole = new byte[ring.length];
        System.arraycopy(ring, next, whole, 0, ring.length - next);
        System.arraycopy(ring, 0, whole, ring.length - next, next);
        int start = 0;
        while (start < Math.min(Utf8.LONGEST, whole.length) && Utf8.continues(whole[start])) {
            start++;
        }
        for (int i = start; i < whole.length - 1; i++) {
            if (whole[i] == '\n') {
                start = i + 1;
                break;
            }
        }
        return new String(whole, start, whole.length - start, StandardCharsets.UTF_8);
    }

    /** The little of the encoding that a cut needs to know. */
    private static final class Utf8 {
        private static final int LONGEST = 4;
        private static final int CONTINUATION_MASK = 0xC0;
        private static final int CONTINUATION = 0x80;

        static boolean continues(byte b) {
            return (b & CONTINUATION_MASK) == CONTINUATION;
        }
    }
}
