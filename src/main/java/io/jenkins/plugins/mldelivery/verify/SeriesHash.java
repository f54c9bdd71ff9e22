package io.jenkins.plugins.mldelivery.verify;

/** Short names of series and sources, so that the evidence stays small. */
final class SeriesHash {
    private SeriesHash() {}

    /** Length of a name. */
    static final int BYTES = 6;

    /** The upper 48 bits of FNV-1a with 64 bits (the draft <code>draft-eastlake-fnv</code>), over the UTF-16 code units: of 4,000 series two get the same once in 30 million times. */
    static String of(String key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        return Long.toUnsignedString(hash >>> Long.SIZE - 8 * BYTES, Character.MAX_RADIX);
    }
}
