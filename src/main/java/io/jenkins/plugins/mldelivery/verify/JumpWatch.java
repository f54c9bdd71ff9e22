package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.Map;
import java.util.TreeMap;

/** Finds the series of a track that show several processes in turn, see {@link Jumps}. */
final class JumpWatch {
    /** Series that fell and are followed; more of them tell no more. */
    private static final int MAX_SERIES = 200;

    private final Map<String, Jumps> series;
    private boolean sure;
    private boolean open;

    /** @param before those of the last look, by a short name of the series */
    JumpWatch(Map<String, Jumps> before) {
        this.series = new TreeMap<>(before);
    }

    /**
     * The next sample of a series.
     *
     * @param before the sample before, or null
     * @param created when the series began to count, as it is said with this sample, or null
     */
    void saw(String name, SeriesWalk.Mark<Double> before, double value, Long created) {
        if (before == null) {
            return;
        }
        boolean older = created != null && before.created() != null && created < before.created();
        Jumps next = older ? Jumps.certain(value) : Jumps.after(series.get(name), before.value(), value);
        if (next == null) {
            series.remove(name);
        } else if (series.size() < MAX_SERIES || series.containsKey(name)) {
            series.put(name, next);
        }
    }

    /** All samples of a series were seen in this look. */
    void ends(String name) {
        Jumps jumps = series.get(name);
        sure |= jumps != null && jumps.isSure();
        open |= jumps != null && jumps.isOpen();
    }

    /** To go on from. */
    Map<String, Jumps> next() {
        return series;
    }

    /** What was found. */
    Found found() {
        return new Found(sure, open);
    }

    /**
     * What a look found.
     *
     * @param isSure whether there is one that shows several processes
     * @param isOpen whether there is one that may
     */
    record Found(boolean isSure, boolean isOpen) {}

    static void pack(Packer to, Map<String, Jumps> all) {
        to.whole(all.size());
        new TreeMap<>(all).forEach((name, one) -> {
            SeriesHash.pack(to, name);
            one.pack(to);
        });
    }

    /** Reads {@link #pack}, at the end of a text. */
    static Map<String, Jumps> unpack(Unpacker from) {
        Map<String, Jumps> all = new TreeMap<>();
        for (int left = from.isEnd() ? 0 : from.count(); left > 0; left--) {
            all.put(SeriesHash.unpack(from), Jumps.unpack(from));
        }
        return all;
    }
}
