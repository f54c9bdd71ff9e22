package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The last samples of a counter's series on a track, from which the next look goes on. {@link SeriesWalk} has the rules. A series that vanishes keeps its last sample, in case it comes back.
 *
 * @param readUpTo the time of the latest data seen, in milliseconds since 1970; 0 before there was any
 * @param last the last sample of each series, by a short name of it
 * @param sources when each source was last read, by a short name of it
 */
public record Counters(long readUpTo, Map<String, Last> last, Map<String, Long> sources) {
    /** Series that are followed at most, a track; a request counter has few a pod. */
    public static final int MAX_SERIES = 2000;

    /**
     * A series' last sample.
     *
     * @param millis its time
     * @param value its value
     * @param created when the series began to count, or null
     */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"millis", "value", "created"})
    public record Last(long millis, double value, Long created) {}

    public Counters {
        // Told by Jackson as damaged JSON.
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(sources, "sources");
    }

    /** Nothing seen. */
    public static Counters none() {
        return new Counters(0, Map.of(), Map.of());
    }

    /** From when on to ask for samples. */
    public Instant since(Instant onset) {
        return readUpTo == 0 || readUpTo < onset.toEpochMilli() ? onset : Instant.ofEpochMilli(readUpTo);
    }

    /**
     * Goes on with what was read.
     *
     * @param onset what was counted until then does not count
     */
    public Moved after(Reading reading, Instant onset) {
        SourceTimes times = new SourceTimes(sources, reading.scraped());
        reading.series().forEach(series -> series.points().forEach(point -> times.saw(series.source(), point.millis())));
        Map<String, Last> next = new TreeMap<>(last);
        List<Increment<Double>> increments = new ArrayList<>();
        long latest = readUpTo;
        for (Series series : reading.series()) {
            SeriesWalk<Double> walk = new SeriesWalk<>(onset.toEpochMilli(), Counters::difference, series.created(), reading.started().get(series.source()));
            String key = SeriesHash.of(series.key());
            Last from = next.get(key);
            SeriesWalk.Mark<Double> before = from == null ? null : new SeriesWalk.Mark<>(from.millis(), from.value(), from.created());
            for (Point point : series.points()) {
                if (!Double.isFinite(point.value()) || point.value() < 0 || before != null && point.millis() < before.millis()) {
                    continue;
                }
                walk.adds(before, point.millis(), point.value(), times.readBefore(series.source(), point.millis()))
                        .filter(amount -> amount > 0)
                        .ifPresent(amount -> increments.add(new Increment<>(series.source(), series.labels(), point.millis(), amount)));
                before = new SeriesWalk.Mark<>(point.millis(), point.value(), series.created());
                latest = Math.max(latest, point.millis());
            }
            if (before != null) {
                next.put(key, new Last(before.millis(), before.value(), before.created()));
            }
        }
        return new Moved(new Counters(latest, next, times.last()), increments);
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
