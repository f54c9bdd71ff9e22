package io.jenkins.plugins.mldelivery.delivery;

import java.util.UUID;

/**
 * Hashes of parts of texts, which can be had without reading the part again (Rabin and Karp, "Efficient randomized
 * pattern-matching algorithms", 1987): the characters are the coefficients of a polynomial modulo 2⁶¹−1 at a random place,
 * so nobody can choose texts that agree in them.
 */
final class TextHashes {
    /** Characters of a block: only parts of whole blocks are asked for. */
    static final int BLOCK = 64;

    private static final int BITS = 61;
    private static final long PRIME = (1L << BITS) - 1;

    private final long base;
    /** Of each number of blocks the base's power. */
    private final long[] powers;

    /** @param longest characters of the longest part that will be asked for */
    TextHashes(int longest) {
        // Of the 122 random bits of such an id, so that nobody can choose texts that have one hash.
        UUID random = UUID.randomUUID();
        long mixed = random.getMostSignificantBits() ^ Long.rotateLeft(random.getLeastSignificantBits(), Integer.SIZE);
        base = (mixed >>> Long.SIZE - BITS) % (PRIME - 1) + 1;
        powers = new long[longest / BLOCK + 1];
        powers[0] = 1;
        long block = 1;
        for (int i = 0; i < BLOCK; i++) {
            block = times(block, base);
        }
        for (int i = 1; i < powers.length; i++) {
            powers[i] = times(powers[i - 1], block);
        }
    }

    private static long times(long a, long b) {
        long low = a * b;
        long high = Math.multiplyHigh(a, b) << Long.SIZE - BITS | low >>> BITS;
        return reduced((low & PRIME) + high);
    }

    private static long reduced(long number) {
        long once = (number & PRIME) + (number >>> BITS);
        return once >= PRIME ? once - PRIME : once;
    }

    /** Of a text's beginnings of one block, two, and so on. */
    long[] ofBlocks(String text) {
        long[] blocks = new long[text.length() / BLOCK];
        long sum = 0;
        for (int i = 0; i < blocks.length * BLOCK; i++) {
            sum = reduced(times(sum, base) + text.charAt(i));
            if ((i + 1) % BLOCK == 0) {
                blocks[i / BLOCK] = sum;
            }
        }
        return blocks;
    }

    /** Of all of a text's beginnings, for {@link #ofPart}. */
    long[] of(String text) {
        long[] sums = new long[text.length() + 1];
        for (int i = 0; i < text.length(); i++) {
            sums[i + 1] = reduced(times(sums[i], base) + text.charAt(i));
        }
        return sums;
    }

    /** Of the part of a text that begins at a place and has so many blocks. */
    long ofPart(long[] sums, int from, int blocks) {
        return reduced(sums[from + blocks * BLOCK] + PRIME - times(sums[from], powers[blocks]));
    }
}
