package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import io.jenkins.plugins.mldelivery.verify.stats.NameHash;
import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;

/** Short names of series and sources, so that the evidence stays small. */
final class SeriesHash {
    private SeriesHash() {}

    /** A {@link NameHash} as text. */
    static String of(String key) {
        return text(NameHash.of(key));
    }

    /** The same of the text that a key stands for. */
    static String of(SeriesKey key) {
        return text(key.name());
    }

    static void pack(Packer packer, String hash) {
        packer.name(Long.parseUnsignedLong(hash, Character.MAX_RADIX));
    }

    static String unpack(Unpacker from) {
        return text(from.name());
    }

    private static String text(long hash) {
        return Long.toUnsignedString(hash, Character.MAX_RADIX);
    }
}
