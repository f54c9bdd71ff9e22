package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Finds the series of a track that show several processes in turn, see {@link Jumps}. */
final class JumpWatch {
    /** Series that fell and are followed; more of them tell no more. */
    private static final int MAX_SERIES = 200;

    private final Map<String, Jumps> series;
    /** Series that fell in this look, by their source, with how many samples after they fell before; and sources of which one that a restart would have made fall did not. */
    private final Map<String, Map<String, Integer>> fallen = new HashMap<>();
    private final Set<String> steady = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    /** Of the series that is walked: what it began at in this look, and how it fell. */
    private Double began;
    private boolean fell;
    private boolean fellLow;
    private int quiet;

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
        began = began == null ? before.value() : began;
        fell |= value < before.value();
        if (value < before.value() && !Jumps.isHigh(before.value(), value)) {
            fellLow = true;
            // A first fall is none soon after another.
            quiet = series.containsKey(name) ? series.get(name).quiet() : Integer.MAX_VALUE;
        }
        boolean older = created != null && before.created() != null && created < before.created();
        Jumps next = older ? Jumps.certain(value) : Jumps.after(series.get(name), before.value(), value);
        if (next == null) {
            series.remove(name);
        } else if (series.size() < MAX_SERIES || series.containsKey(name)) {
            series.put(name, next);
        }
    }

    /**
     * All samples of a series were seen in this look.
     *
     * @param source what exposes it; null for a sum over several, whose series are not judged
     */
    void ends(String name, String source) {
        if (source != null) {
            ended.add(name);
            if (fellLow) {
                fallen.computeIfAbsent(source, s -> new HashMap<>()).put(name, quiet);
            }
            if (!fell && began != null && began >= Jumps.FEW) {
                steady.add(source);
            }
        }
        began = null;
        fell = false;
        fellLow = false;
    }

    /** All series were seen in this look. */
    void endsLook() {
        fallen.forEach((source, names) -> {
            if (steady.contains(source)) {
                names.forEach((name, before) -> series.computeIfPresent(name, (key, jumps) -> jumps.alone(before)));
            }
        });
    }

    /** To go on from. */
    Map<String, Jumps> next() {
        return series;
    }

    /** What was found. */
    Found found() {
        return new Found(isAny(Jumps::isSure), isAny(Jumps::isOpen));
    }

    private boolean isAny(Predicate<Jumps> what) {
        return series.entrySet().stream().anyMatch(one -> ended.contains(one.getKey()) && what.test(one.getValue()));
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
