package io.jenkins.plugins.mldelivery.verify.stats;

/** Short numbers for the names of pods and series, so that the evidence stays small. */
public final class NameHash {
    /** Length of a number. */
    public static final int BYTES = 6;

    private NameHash() {}

    /**
     * The upper 48 bits of FNV-1a with 64 bits (the draft <code>draft-eastlake-fnv</code>), over the UTF-16 code units: of 4,000 names two get the same once in 30 million times.
     *
     * @return from 0 to below 2<sup>48</sup>
     */
    public static long of(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash >>> Long.SIZE - 8 * BYTES;
    }
}
