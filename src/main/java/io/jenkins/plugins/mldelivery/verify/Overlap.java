package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Refuses tracks that have a series in common, such as a stable version selected by a label that its canary has as well: what the canary does would count against the stable version. */
final class Overlap {
    private static final int MAX_SHOWN = 1000;

    private Overlap() {}

    static void refuse(Collection<Series> canary, Collection<Series> stable) throws DeliveryException {
        refuse(canary.stream().map(Series::key), stable, Series::key, Series::labels);
    }

    static void refuseHistograms(Collection<HistogramSeries> canary, Collection<HistogramSeries> stable) throws DeliveryException {
        refuse(canary.stream().map(HistogramSeries::key), stable, HistogramSeries::key, HistogramSeries::labels);
    }

    private static <S> void refuse(Stream<SeriesKey> canary, Collection<S> stable, Function<S, SeriesKey> key, Function<S, Map<String, String>> labels)
            throws DeliveryException {
        Set<SeriesKey> keys = canary.collect(Collectors.toSet());
        for (S one : stable) {
            if (keys.contains(key.apply(one))) {
                throw DeliveryException.invalid(
                        "stable", "it selects a series that 'canary' selects as well, " + shown(labels.apply(one)), "Give each track label matchers that leave the other one out.");
            }
        }
    }

    /** As a map is shown, the labels in order, each cut like any text from outside. */
    private static String shown(Map<String, String> labels) {
        String all = new TreeMap<>(labels).entrySet().stream().map(one -> Excerpt.of(one.getKey()) + "=" + Excerpt.of(one.getValue())).collect(Collectors.joining(", ", "{", "}"));
        return Excerpt.of(all, MAX_SHOWN);
    }
}
