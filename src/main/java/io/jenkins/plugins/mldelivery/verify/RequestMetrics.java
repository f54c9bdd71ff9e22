package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import io.jenkins.plugins.mldelivery.verify.preset.Presets;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which counters count the requests.
 *
 * @param preset whose they are, or null when the check names its metric
 * @param counters one, or several that are summed
 * @param errors label matchers of the failed ones; with several counters, each series has its metric's name as the label <code>__name__</code>
 */
record RequestMetrics(String preset, List<Selector> counters, String errors) implements PresetSearch.Candidate {
    /** The preset that is found by itself. */
    static final String AUTO = "auto";

    static final String NONE_FOUND = "preset: none of the metrics that are known are there on either track; name metric and errors, correct canary and stable, or see that the metrics are collected";

    /** Bytes of a series that has its metric's name, besides its labels. */
    private static final int NAMED = 100;
    private static final int LABEL = 16;

    private static final String NAME = "__name__";

    /**
     * The check's.
     *
     * @param tracks those whose metrics are read
     * @param found the preset that an earlier look found, or null
     * @return null when none is there yet
     */
    static RequestMetrics of(Check.ErrorRate check, List<Track> tracks, String found, Watch watch)
            throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        if (check.metric() != null) {
            return new RequestMetrics(null, List.of(new Selector(check.metric(), check.labels(), "labels")), check.errors());
        }
        String name = AUTO.equals(check.preset()) ? found : check.preset();
        if (name != null) {
            return of(Presets.named(name).orElseThrow(), check);
        }
        return PresetSearch.first(Presets.detectable().stream().filter(preset -> preset.errors() != null).map(preset -> of(preset, check)).toList(), tracks, check.name(), watch);
    }

    private static RequestMetrics of(Preset preset, Check.ErrorRate check) {
        List<Selector> counters = preset.requests().stream().map(c -> new Selector(c.metric(), joined(c.labels(), check.labels()), "labels")).toList();
        return new RequestMetrics(preset.name(), counters, check.errors() == null ? preset.errors() : check.errors());
    }

    /** @throws IllegalArgumentException when evidence names a preset that is none, such as one of a later version */
    static void checkPreset(String name) {
        if (name != null && Presets.named(name).isEmpty()) {
            throw new IllegalArgumentException("there is no preset '" + name + "'");
        }
    }

    /** Both matchers, or the one that is there. */
    static String joined(String one, String other) {
        return one == null ? other : other == null ? one : one + "," + other;
    }

    @Override
    public List<String> samples() {
        return counters.stream().map(Selector::metric).toList();
    }

    @Override
    public boolean isThere(Track track, Watch watch) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        for (Selector counter : counters) {
            if (!watch.source().counters(counter, track, watch.now()).series().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** All counters' series on a track. */
    Reading read(Track track, Instant since, Watch watch) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        List<Series> series = new ArrayList<>();
        Map<String, NavigableSet<Long>> scraped = new HashMap<>();
        Map<String, Long> started = new HashMap<>();
        for (Selector counter : counters) {
            Reading reading = watch.source().counters(counter, track, since);
            if (reading.series().size() > Counters.MAX_SERIES) {
                throw DeliveryException.invalid(
                        "metric", "'" + counter.metric() + "' has " + reading.series().size() + " series on one track, more than " + Counters.MAX_SERIES,
                        "Choose a request counter with fewer labels.");
            }
            if (counters.size() == 1) {
                return reading;
            }
            for (Series one : reading.series()) {
                watch.source().budget().made(NAMED + (long) LABEL * one.labels().size());
                series.add(named(one, counter.metric()));
            }
            reading.scraped().forEach((source, times) -> scraped.computeIfAbsent(source, s -> new TreeSet<>()).addAll(times));
            started.putAll(reading.started());
        }
        return new Reading(series, scraped, started);
    }

    /** Two counters' series may have the same labels. */
    private static Series named(Series one, String metric) {
        Map<String, String> labels = new HashMap<>(one.labels());
        labels.put(NAME, metric);
        return new Series(one.source(), labels, one.points(), one.created());
    }

    String names() {
        return counters.stream().map(Selector::metric).collect(Collectors.joining("', '"));
    }
}
