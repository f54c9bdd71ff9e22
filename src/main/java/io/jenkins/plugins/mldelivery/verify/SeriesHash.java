package io.jenkins.plugins.mldelivery.verify;

/** Short names of series and sources, so that the evidence stays small. */
final class SeriesHash {
    private SeriesHash() {}

    /** FNV-1a, 64 bits (the draft <code>draft-eastlake-fnv</code>), over the UTF-16 code units: of 4,000 series no two get the same but once in 10¹² times. */
    static String of(String key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        return Long.toUnsignedString(hash, Character.MAX_RADIX);
    }
}
