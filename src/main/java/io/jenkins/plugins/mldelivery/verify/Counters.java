package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last samples of a counter's series on a track, from which the next look goes on. {@link SeriesWalk} has the rules. A series that vanishes keeps its last sample, in case it comes back, as long as there are not too many.
 *
 * @param readUpTo the time of the latest data seen, in milliseconds since 1970; 0 before there was any
 * @param last the last sample of each series, by a short name of it
 * @param sources when each source was last read, by a short name of it
 * @param jumps what is known of series that fell, by a short name of each
 * @param begun when sources that are young began to serve, by a short name of each
 * @param growths how sources that are young grew
 */
public record Counters(
        long readUpTo, Map<String, Last> last, Map<String, Long> sources, Map<String, Jumps> jumps, Map<String, Long> begun, Growths growths) {
    /** Series that are followed at most, a track; a request counter has few a pod. */
    public static final int MAX_SERIES = 2000;

    private static final String KIND = "counters/1";

    /**
     * A series' last sample.
     *
     * @param millis its time
     * @param value its value
     * @param created when the series began to count, or null
     */
    public record Last(long millis, double value, Long created) {}

    public Counters {
        // Told by Jackson as damaged JSON.
        Numbers.time(readUpTo);
        Objects.requireNonNull(jumps, "jumps");
        Objects.requireNonNull(growths, "growths");
        Objects.requireNonNull(begun, "begun").values().forEach(Numbers::time);
        Objects.requireNonNull(sources, "sources").values().forEach(Numbers::time);
        Objects.requireNonNull(last, "last").values().forEach(one -> {
            Numbers.time(one.millis());
            Numbers.time(one.created());
            Numbers.amounts(one.value());
        });
    }

    /** Nothing seen. */
    public static Counters none() {
        return new Counters(0, Map.of(), Map.of(), Map.of(), Map.of(), Growths.none());
    }

    /** From when on to ask for samples. */
    public Instant since(Instant onset) {
        return readUpTo == 0 || readUpTo < onset.toEpochMilli() ? onset : Instant.ofEpochMilli(readUpTo);
    }

    /**
     * Goes on with what was read, of which there is little.
     *
     * @param onset what was counted until then does not count
     */
    public Moved after(Reading reading, Instant onset) {
        return after(reading, onset, Duration.ZERO);
    }

    /**
     * The same without what pods counted in their first seconds.
     *
     * @param podWarmUp from a pod's first request on, a time whose data does not count
     */
    public Moved after(Reading reading, Instant onset, Duration podWarmUp) {
        List<Increment<Double>> increments = new ArrayList<>();
        Counters next = walk(reading, onset, podWarmUp, LookBudget.alone(Deadline.none()), (increment, isYoung) -> increments.add(increment)).next();
        return new Moved(next, increments);
    }

    /**
     * The same, whatever there is: what was counted goes on one by one, and is not kept.
     *
     * @param budget to which is charged what is kept for it, and until when it has to be over
     * @param to takes what was counted, series by series in the order of its time
     */
    Walked<Counters> walk(Reading reading, Instant onset, Duration podWarmUp, LookBudget budget, Increment.Taker<Double> to) {
        SourceTimes times = new SourceTimes(sources, reading.scraped());
        JumpWatch jumpWatch = new JumpWatch(jumps);
        GrowthWatch growthWatch = new GrowthWatch(growths, sources.keySet(), budget);
        Copies copies = Copies.ofCounters(reading.series(), budget);
        Deadline deadline = budget.deadline();
        reading.series().forEach(series -> times.saw(series.source(), series.points(), Point::millis));
        Map<String, Last> next = new TreeMap<>(last);
        PodStarts starts = starts(reading, times, onset, podWarmUp);
        long latest = readUpTo;
        long steps = 0;
        Set<String> present = new HashSet<>();
        for (Series series : reading.series()) {
            SeriesWalk<Double> walk = new SeriesWalk<>(onset.toEpochMilli(), Counters::difference, series.created(), reading.started().get(series.source()), series.isWhole());
            // Followed as well, so that it goes on from there when it is the only one that is left.
            SeriesKey identity = series.key();
            boolean isCopy = copies.keys().contains(identity);
            String key = SeriesHash.of(identity);
            present.add(key);
            Last from = next.get(key);
            SeriesWalk.Mark<Double> before = from == null ? null : new SeriesWalk.Mark<>(from.millis(), from.value(), from.created());
            long newest = series.points().get(series.points().size() - 1).millis();
            for (Point point : series.points()) {
                deadline.check(steps++);
                if (!(point.value() >= 0 && point.value() <= ReadLimits.MAX_COUNT) || walk.isKnown(before, point.millis(), point.value())) {
                    continue;
                }
                jumpWatch.saw(key, before, point.value(), series.created());
                if (before != null && point.value() < before.value() && !series.isWhole()) {
                    starts.restarted(series.source(), before.millis());
                }
                boolean isLast = point.millis() == newest;
                Long since = before == null ? null : before.millis();
                Optional<Double> added = walk.adds(before, point.millis(), point.value(), times.readBefore(series.source(), point.millis()), isLast)
                        .filter(amount -> amount > 0 && !isCopy && !starts.isCold(series.source(), since, point.millis()));
                added.ifPresent(amount -> to.take(
                        new Increment<>(series.source(), series.labels(), point.millis(), amount), starts.isYoung(series.source(), since, point.millis())));
                double grown = before == null ? 0 : point.value() - before.value();
                growthWatch.saw(series.isWhole() ? null : series.source(), point.millis(), grown, added.orElse(0.0));
                before = walk.mark(before, point.millis(), point.value(), isLast);
                latest = Math.max(latest, point.millis());
            }
            jumpWatch.ends(key, series.isWhole() ? null : series.source());
            if (before != null) {
                next.put(key, new Last(before.millis(), before.value(), before.created()));
            }
        }
        jumpWatch.endsLook();
        SourceTimes.forget(next, present, MAX_SERIES, Last::millis, one -> 1);
        GrowthWatch.Found growth = growthWatch.ends(reading.scraped());
        Counters after = new Counters(latest, next, times.last(), jumpWatch.next(), starts.next(latest), growth.next());
        return new Walked<>(after, copies, jumpWatch.found(), growth);
    }

    private PodStarts starts(Reading reading, SourceTimes times, Instant onset, Duration podWarmUp) {
        PodStarts starts = new PodStarts(begun, times, podWarmUp);
        for (Series series : reading.series()) {
            Last known = last.get(SeriesHash.of(series.key()));
            if (!series.isWhole()) {
                starts.saw(series.source(), known != null && known.value() > 0, series.points(), series.created());
            }
        }
        starts.settle(readUpTo == 0, onset.toEpochMilli(), reading.started());
        return starts;
    }

    /** The text form, 20 bytes or so a series; {@link #fromText} reads it. */
    @JsonValue
    String toText() {
        Packer packer = new Packer().signed(readUpTo).whole(last.size());
        new TreeMap<>(last).forEach((name, one) -> {
            SeriesHash.pack(packer, name);
            packer.signed(readUpTo - one.millis()).number(one.value()).orNull(one.created());
        });
        SourceTimes.pack(packer, readUpTo, sources);
        if (!jumps.isEmpty() || !begun.isEmpty() || !growths.isNone()) {
            JumpWatch.pack(packer, jumps);
            SourceTimes.pack(packer, readUpTo, begun);
            growths.pack(packer, readUpTo);
        }
        return packer.text(KIND);
    }

    /** @throws IllegalArgumentException when it is damaged or of another version */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Counters fromText(String text) {
        Unpacker from = new Unpacker(KIND, text);
        long readUpTo = from.signed();
        Map<String, Last> last = new TreeMap<>();
        for (int left = from.count(); left > 0; left--) {
            last.put(SeriesHash.unpack(from), new Last(readUpTo - from.signed(), from.number(), from.orNull()));
        }
        Counters counters = new Counters(
                readUpTo, last, SourceTimes.unpack(from, readUpTo), JumpWatch.unpack(from), PodStarts.unpack(from, readUpTo), Growths.unpack(from, readUpTo));
        from.end();
        return counters;
    }

    private static Optional<Double> difference(Double later, Double earlier) {
        return later < earlier ? Optional.empty() : Optional.of(later - earlier);
    }

    /**
     * What a look brought.
     *
     * @param next the samples to go on from
     * @param increments what was counted
     */
    public record Moved(Counters next, List<Increment<Double>> increments) {}
}
