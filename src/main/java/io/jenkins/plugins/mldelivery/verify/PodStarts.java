package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When the sources of a track began to serve: when the first request of each was counted, as far as that can be known. A
 * source that had counted something when it was read for the first time, without a word of when it began, is an old one.
 */
final class PodStarts {
    /** So long a start is remembered, and what comes after it is told as that of a young pod. */
    static final Duration YOUNG = Duration.ofMinutes(1);

    private static final int MAX_SOURCES = 2000;

    /** Data that far back shows that a source was not there before it. */
    private static final Duration KNOWN_BACK = Duration.ofMinutes(4);

    private final Map<String, Long> begun;
    private final SourceTimes times;
    private final long warmUp;
    private final Map<String, Seen> seen = new HashMap<>();

    /**
     * @param before of the last look, by a short name of the source
     * @param times when the sources were read
     * @param warmUp the time from each start on whose data does not count
     */
    PodStarts(Map<String, Long> before, SourceTimes times, Duration warmUp) {
        this.begun = new TreeMap<>(before);
        this.times = times;
        this.warmUp = warmUp.toMillis();
    }

    private static final class Seen {
        private boolean old;
        private boolean several;
        private long first = Long.MAX_VALUE;
        private Long created;
    }

    /**
     * A series of this look.
     *
     * @param known whether it had counted something by the last look
     * @param points its counts
     * @param created when it began to count, or null
     */
    void saw(String source, boolean known, List<Point> points, Long created) {
        Seen of = seen.computeIfAbsent(source, s -> new Seen());
        of.old |= known;
        of.several |= points.size() > 1;
        for (Point point : points) {
            if (point.value() > 0) {
                of.first = Math.min(of.first, point.millis());
                of.created = created == null ? of.created : Long.valueOf(of.created == null ? created : Math.min(created, of.created));
                return;
            }
        }
    }

    /**
     * All series were seen.
     *
     * @param isFirst whether this is the first look
     */
    void settle(boolean isFirst, long onset, Map<String, Long> started) {
        seen.forEach((source, of) -> {
            String name = SeriesHash.of(source);
            if (of.old || of.first == Long.MAX_VALUE || begun.containsKey(name)) {
                return;
            }
            Long start = of.created;
            if (start == null) {
                start = times.readBefore(source, of.first);
            }
            if (start == null && (!isFirst || of.several && of.first > onset - KNOWN_BACK.toMillis())) {
                start = of.first;
            }
            if (start == null) {
                start = started.get(source);
            }
            if (start != null && of.first - start <= KNOWN_BACK.toMillis()) {
                put(name, start);
            }
        });
    }

    /** Its process began again after this time. */
    void restarted(String source, long millis) {
        put(SeriesHash.of(source), millis);
    }

    private void put(String name, long millis) {
        if (begun.size() < MAX_SOURCES || begun.containsKey(name)) {
            begun.put(name, millis);
        }
    }

    /**
     * Whether what was counted since a time does not count.
     *
     * @param from the time of the sample before, or null
     */
    boolean isCold(String source, Long from, long millis) {
        return warmUp > 0 && isWithin(warmUp, source, from, millis);
    }

    /** Whether it is of a source that has just begun. */
    boolean isYoung(String source, Long from, long millis) {
        return isWithin(YOUNG.toMillis(), source, from, millis);
    }

    private boolean isWithin(long time, String source, Long from, long millis) {
        Long start = begun.isEmpty() ? null : begun.get(SeriesHash.of(source));
        if (start == null) {
            return false;
        }
        Long since = from == null ? times.readBefore(source, millis) : from;
        return (since == null ? start : since) < start + time;
    }

    /** To go on from: starts that still matter. */
    Map<String, Long> next(long readUpTo) {
        Map<String, Long> next = new TreeMap<>(begun);
        next.values().removeIf(start -> start + Math.max(warmUp, YOUNG.toMillis()) < readUpTo - KNOWN_BACK.toMillis());
        return next;
    }

    /** Reads what {@link SourceTimes#pack} wrote at the end of a text. */
    static Map<String, Long> unpack(Unpacker from, long readUpTo) {
        return from.isEnd() ? Map.of() : SourceTimes.unpack(from, readUpTo);
    }
}
