package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramPoint;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last samples of a histogram's series on a track, as {@link Counters} are for counters. A histogram is reset as a whole: when any of its buckets fell.
 *
 * @param readUpTo the time of the latest data seen, in milliseconds since 1970; 0 before there was any
 * @param layouts the bounds of the buckets that occur, without the last one (+Inf)
 * @param last the last sample of each series, by a short name of it
 * @param sources when each source was last read, by a short name of it
 * @param jumps what is known of series whose count fell, by a short name of each
 * @param begun when sources that are young began to serve, by a short name of each
 * @param growths how sources that are young grew
 */
public record HistogramCounters(
        long readUpTo, List<List<Double>> layouts, Map<String, Last> last, Map<String, Long> sources, Map<String, Jumps> jumps, Map<String, Long> begun,
        Growths growths) {
    private static final String KIND = "histograms/2";

    /** What the lowest bits of a series' layout tell in the text. */
    private static final int WHOLE = 1;

    private static final int CREATED = 2;

    /**
     * A series' last sample.
     *
     * @param millis its time
     * @param layout which of the layouts
     * @param counts of each bucket by itself
     * @param created when the series began to count, or null
     */
    public record Last(long millis, int layout, List<Double> counts, Long created) {
        public Last {
            counts = List.copyOf(counts);
        }
    }

    public HistogramCounters {
        // Told by Jackson as damaged JSON.
        Numbers.time(readUpTo);
        layouts = List.copyOf(Objects.requireNonNull(layouts, "layouts"));
        layouts.forEach(Numbers::bounds);
        for (Last one : Objects.requireNonNull(last, "last").values()) {
            if (one.layout() < 0 || one.layout() >= layouts.size() || one.counts().size() != layouts.get(one.layout()).size() + 1) {
                throw new IllegalArgumentException("a histogram's counts don't fit its buckets");
            }
            Numbers.time(one.millis());
            Numbers.time(one.created());
            Numbers.amounts(one.counts());
        }
        Objects.requireNonNull(jumps, "jumps");
        Objects.requireNonNull(growths, "growths");
        Objects.requireNonNull(begun, "begun").values().forEach(Numbers::time);
        Objects.requireNonNull(sources, "sources").values().forEach(Numbers::time);
    }

    /** Nothing seen. */
    public static HistogramCounters none() {
        return new HistogramCounters(0, List.of(), Map.of(), Map.of(), Map.of(), Map.of(), Growths.none());
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
    public Moved after(HistogramReading reading, Instant onset) {
        List<Increment<Buckets>> increments = new ArrayList<>();
        HistogramCounters next = walk(reading, onset, Duration.ZERO, LookBudget.alone(Deadline.none()), (increment, isYoung) -> increments.add(increment)).next();
        return new Moved(next, increments);
    }

    /**
     * The same, whatever there is: what was counted goes on one by one, and is not kept.
     *
     * @param podWarmUp from a pod's first request on, a time whose data does not count
     * @param budget to which is charged what is kept for it, and until when it has to be over
     * @param to takes what was counted, series by series in the order of its time, each in the buckets of its own series
     */
    Walked<HistogramCounters> walk(HistogramReading reading, Instant onset, Duration podWarmUp, LookBudget budget, Increment.Taker<Buckets> to) {
        SourceTimes times = new SourceTimes(sources, reading.scraped());
        JumpWatch jumpWatch = new JumpWatch(jumps);
        GrowthWatch growthWatch = new GrowthWatch(growths, sources.keySet(), budget);
        Copies copies = Copies.ofHistograms(reading.series(), budget);
        Deadline deadline = budget.deadline();
        reading.series().forEach(series -> times.saw(series.source(), series.points(), HistogramPoint::millis));
        Map<String, SeriesWalk.Mark<Buckets>> marks = new TreeMap<>();
        last.forEach((key, one) -> marks.put(key, new SeriesWalk.Mark<>(one.millis(), buckets(one), one.created())));
        PodStarts starts = starts(reading, times, onset, podWarmUp);
        long latest = readUpTo;
        long steps = 0;
        Set<String> present = new HashSet<>();
        for (HistogramSeries series : reading.series()) {
            SeriesWalk<Buckets> walk = new SeriesWalk<>(onset.toEpochMilli(), Buckets::since, series.created(), reading.started().get(series.source()), series.isWhole());
            SeriesKey identity = series.key();
            boolean isCopy = copies.keys().contains(identity);
            String key = SeriesHash.of(identity);
            present.add(key);
            long newest = series.points().get(series.points().size() - 1).millis();
            for (HistogramPoint point : series.points()) {
                deadline.check(steps++);
                SeriesWalk.Mark<Buckets> before = marks.get(key);
                if (walk.isKnown(before, point.millis(), point.buckets())) {
                    continue;
                }
                jumpWatch.saw(key, total(before), point.buckets().total(), series.created());
                if (before != null && point.buckets().total() < before.value().total() && !series.isWhole()) {
                    starts.restarted(series.source(), before.millis());
                }
                Long since = before == null ? null : before.millis();
                boolean isLast = point.millis() == newest;
                Optional<Buckets> added = walk.adds(before, point.millis(), point.buckets(), times.readBefore(series.source(), point.millis()), isLast)
                        .filter(amount -> amount.total() > 0 && !isCopy && !starts.isCold(series.source(), since, point.millis()));
                added.ifPresent(amount -> to.take(
                        new Increment<>(series.source(), series.labels(), point.millis(), amount), starts.isYoung(series.source(), since, point.millis())));
                double grown = before == null ? 0 : point.buckets().total() - before.value().total();
                growthWatch.saw(series.isWhole() ? null : series.source(), point.millis(), grown, added.map(Buckets::total).orElse(0.0));
                marks.put(key, walk.mark(before, point.millis(), point.buckets(), isLast));
                latest = Math.max(latest, point.millis());
            }
            jumpWatch.ends(key, series.isWhole() ? null : series.source());
        }
        jumpWatch.endsLook();
        SourceTimes.forget(marks, present, HistogramTicks.MAX_SERIES, SeriesWalk.Mark::millis, mark -> 1);
        SourceTimes.forget(marks, present, ReadLimits.MAX_TRACK_BUCKETS, SeriesWalk.Mark::millis, mark -> mark.value().size());
        GrowthWatch.Found growth = growthWatch.ends(reading.scraped());
        return new Walked<>(of(latest, marks, times.last(), jumpWatch.next(), starts.next(latest), growth.next()), copies, jumpWatch.found(), growth);
    }

    private PodStarts starts(HistogramReading reading, SourceTimes times, Instant onset, Duration podWarmUp) {
        PodStarts starts = new PodStarts(begun, times, podWarmUp);
        for (HistogramSeries series : reading.series()) {
            Last known = last.get(SeriesHash.of(series.key()));
            boolean counted = known != null && known.counts().stream().anyMatch(count -> count > 0);
            if (!series.isWhole()) {
                starts.saw(series.source(), counted, counted ? List.of() : series.totals(), series.created());
            }
        }
        starts.settle(readUpTo == 0, onset.toEpochMilli(), reading.started());
        return starts;
    }

    private static SeriesWalk.Mark<Double> total(SeriesWalk.Mark<Buckets> mark) {
        return mark == null ? null : new SeriesWalk.Mark<>(mark.millis(), mark.value().total(), mark.created());
    }

    /** How many buckets all series have together. */
    long buckets() {
        return last.values().stream().mapToLong(one -> one.counts().size()).sum();
    }

    /** The text form, in which a bucket takes as many bits as the largest of its series needs; {@link #fromText} reads it. */
    @JsonValue
    String toText() {
        Packer packer = new Packer().signed(readUpTo).whole(layouts.size());
        List<int[]> widths = widths();
        for (int i = 0; i < layouts.size(); i++) {
            packer.whole(layouts.get(i).size()).numbers(layouts.get(i));
            Arrays.stream(widths.get(i)).forEach(packer::whole);
        }
        packer.whole(last.size());
        new TreeMap<>(last).forEach((name, one) -> {
            SeriesHash.pack(packer, name);
            packer.signed(readUpTo - one.millis()).whole((long) one.layout() << 2 | (isWhole(one) ? WHOLE : 0) | (one.created() == null ? 0 : CREATED));
            if (isWhole(one)) {
                packer.bits(one.counts(), widths.get(one.layout()));
            } else {
                packer.numbers(one.counts());
            }
            if (one.created() != null) {
                packer.signed(one.created());
            }
        });
        SourceTimes.pack(packer, readUpTo, sources);
        if (!jumps.isEmpty() || !begun.isEmpty() || !growths.isNone()) {
            JumpWatch.pack(packer, jumps);
            SourceTimes.pack(packer, readUpTo, begun);
            growths.pack(packer, readUpTo);
        }
        return packer.text(KIND);
    }

    private static boolean isWhole(Last one) {
        return one.counts().stream().allMatch(Packer::isWhole);
    }

    /** For each bucket of each layout the bits of its largest count. */
    private List<int[]> widths() {
        List<int[]> all = new ArrayList<>();
        layouts.forEach(layout -> all.add(new int[layout.size() + 1]));
        for (Last one : last.values()) {
            if (isWhole(one)) {
                int[] widths = all.get(one.layout());
                Arrays.setAll(widths, bucket -> Math.max(widths[bucket], Packer.width(one.counts().get(bucket))));
            }
        }
        return all;
    }

    private static int[] widths(Unpacker from, int buckets) {
        int[] widths = new int[buckets];
        for (int i = 0; i < buckets; i++) {
            long width = from.whole();
            if (width < 0 || width > Packer.MOST_BITS) {
                throw new IllegalArgumentException("a bucket has " + width + " bits");
            }
            widths[i] = (int) width;
        }
        return widths;
    }

    /**
     * Reads {@link #toText}. What it says of its sizes is checked before anything is made of it: some bytes may say that
     * there are thousands of series, each with thousands of empty buckets.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static HistogramCounters fromText(String text) {
        Unpacker from = new Unpacker(KIND, text);
        long readUpTo = from.signed();
        List<List<Double>> layouts = new ArrayList<>();
        List<int[]> widths = new ArrayList<>();
        for (int left = from.count(HistogramTicks.MAX_SERIES); left > 0; left--) {
            layouts.add(from.numbers(from.count(ReadLimits.MAX_BUCKETS)));
            Numbers.bounds(layouts.get(layouts.size() - 1));
            widths.add(widths(from, layouts.get(layouts.size() - 1).size() + 1));
        }
        Map<String, Last> last = new TreeMap<>();
        for (int left = from.count(HistogramTicks.MAX_SERIES); left > 0; left--) {
            String name = SeriesHash.unpack(from);
            long millis = readUpTo - from.signed();
            long head = from.whole();
            if (head >>> 2 >= layouts.size()) {
                throw new IllegalArgumentException("a histogram's buckets are missing");
            }
            int layout = (int) (head >>> 2);
            List<Double> counts = (head & WHOLE) != 0 ? from.bits(widths.get(layout)) : from.numbers(layouts.get(layout).size() + 1);
            last.put(name, new Last(millis, layout, counts, (head & CREATED) != 0 ? from.signed() : null));
        }
        HistogramCounters counters = new HistogramCounters(
                readUpTo, layouts, last, SourceTimes.unpack(from, readUpTo), JumpWatch.unpack(from), PodStarts.unpack(from, readUpTo), Growths.unpack(from, readUpTo));
        from.end();
        return counters;
    }

    private Buckets buckets(Last one) {
        List<Double> finite = layouts.get(one.layout());
        double[] bounds = new double[finite.size() + 1];
        Arrays.setAll(bounds, i -> i < finite.size() ? finite.get(i) : Double.POSITIVE_INFINITY);
        return Buckets.of(bounds, one.counts().stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static HistogramCounters of(
            long readUpTo, Map<String, SeriesWalk.Mark<Buckets>> marks, Map<String, Long> sources, Map<String, Jumps> jumps, Map<String, Long> begun, Growths growths) {
        Map<List<Double>, Integer> layouts = new LinkedHashMap<>();
        Map<String, Last> last = new TreeMap<>();
        marks.forEach((key, mark) -> {
            double[] bounds = mark.value().bounds();
            List<Double> layout = Arrays.stream(bounds, 0, bounds.length - 1).boxed().toList();
            int index = layouts.computeIfAbsent(layout, one -> layouts.size());
            last.put(key, new Last(mark.millis(), index, Arrays.stream(mark.value().counts()).boxed().toList(), mark.created()));
        });
        return new HistogramCounters(readUpTo, List.copyOf(layouts.keySet()), last, sources, jumps, begun, growths);
    }

    /**
     * What a look brought.
     *
     * @param next the samples to go on from
     * @param increments what was counted, each in the buckets of its own series
     */
    public record Moved(HistogramCounters next, List<Increment<Buckets>> increments) {}
}
