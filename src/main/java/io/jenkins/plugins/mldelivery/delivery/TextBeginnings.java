package io.jenkins.plugins.mldelivery.delivery;

import java.util.BitSet;

/** Says quickly of most places of a text that none of many others begins there. */
final class TextBeginnings {
    /** Bits for each text: of the places where nothing begins one of as many seems to have something. */
    private static final int BITS = 32;
    private static final int MIN_BITS = 1 << 10;
    private static final int MAX_BITS = 1 << 24;

    private final int few;
    private final int many;
    private final int mask;
    /** Of texts that have fewer than many characters. */
    private final BitSet shorter = new BitSet();
    /** Of all others. */
    private final BitSet longer = new BitSet();

    /**
     * @param few characters that each text has
     * @param many characters that are looked at where a text has as many
     */
    TextBeginnings(String[] texts, int few, int many) {
        this.few = few;
        this.many = many;
        int bits = (int) Math.min(MAX_BITS, Math.max(MIN_BITS, (long) BITS * texts.length));
        this.mask = Integer.highestOneBit(bits) * (Integer.bitCount(bits) > 1 ? 2 : 1) - 1;
        for (String text : texts) {
            if (text.length() < many) {
                shorter.set(hash(text, 0, few));
            } else {
                longer.set(hash(text, 0, many));
            }
        }
    }

    /** Whether one of the texts may begin at this place, which has the few characters. */
    boolean mayHave(String text, int at) {
        return at <= text.length() - many && longer.get(hash(text, at, many)) || !shorter.isEmpty() && shorter.get(hash(text, at, few));
    }

    private int hash(String text, int at, int length) {
        long hash = 0;
        for (int i = at; i < at + length; i++) {
            hash = (hash + text.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 20) & mask;
    }
}
