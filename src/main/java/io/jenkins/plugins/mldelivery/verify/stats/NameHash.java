package io.jenkins.plugins.mldelivery.verify.stats;

/** Short numbers for the names of pods and series, so that the evidence stays small. */
public final class NameHash {
    /** Length of a number. */
    public static final int BYTES = 6;

    private static final long BEGIN = 0xcbf29ce484222325L;

    private NameHash() {}

    /**
     * The upper 48 bits of FNV-1a with 64 bits (the draft <code>draft-eastlake-fnv</code>), over the UTF-16 code units: of 4,000 names two get the same once in 30 million times.
     *
     * @return from 0 to below 2<sup>48</sup>
     */
    public static long of(String name) {
        Running hash = new Running();
        for (int i = 0; i < name.length(); i++) {
            hash.add(name.charAt(i));
        }
        return hash.number();
    }

    /** The number of a name that is told character by character, so that nobody needs to put it together. */
    public static final class Running {
        private long hash = BEGIN;

        /** The next character. */
        public void add(char c) {
            hash = (hash ^ c) * 0x100000001b3L;
        }

        /** That of all characters so far. */
        public long number() {
            return hash >>> Long.SIZE - 8 * BYTES;
        }
    }
}
