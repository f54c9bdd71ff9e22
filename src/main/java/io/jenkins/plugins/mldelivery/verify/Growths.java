package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How the pages of a track grew.
 *
 * @param counted what all of them counted that is evidence
 * @param young those that were first read a few samples ago, by a short name of each
 */
record Growths(double counted, Map<String, PageGrowth> young) {
    Growths {
        Numbers.amounts(counted);
        Objects.requireNonNull(young, "young");
    }

    static Growths none() {
        return new Growths(0, Map.of());
    }

    boolean isNone() {
        return counted == 0 && young.isEmpty();
    }

    void pack(Packer to, long readUpTo) {
        to.number(counted).whole(young.size());
        new TreeMap<>(young).forEach((page, one) -> {
            SeriesHash.pack(to, page);
            one.pack(to, readUpTo);
        });
    }

    /** Reads {@link #pack}, at the end of a text. */
    static Growths unpack(Unpacker from, long readUpTo) {
        if (from.isEnd()) {
            return none();
        }
        double counted = from.number();
        Map<String, PageGrowth> young = new TreeMap<>();
        for (int left = from.count(); left > 0; left--) {
            young.put(SeriesHash.unpack(from), PageGrowth.unpack(from, readUpTo));
        }
        return new Growths(counted, young);
    }
}
