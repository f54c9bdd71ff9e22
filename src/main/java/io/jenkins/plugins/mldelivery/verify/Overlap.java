package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Refuses tracks that have a series in common, such as a stable version selected by a label that its canary has as well: what the canary does would count against the stable version. */
final class Overlap {
    private Overlap() {}

    static void refuse(Collection<Series> canary, Collection<Series> stable) throws DeliveryException {
        refuse(canary.stream().collect(Collectors.toMap(Series::key, Series::labels, (a, b) -> a)), stable.stream().map(Series::key).toList());
    }

    static void refuseHistograms(Collection<HistogramSeries> canary, Collection<HistogramSeries> stable) throws DeliveryException {
        refuse(canary.stream().collect(Collectors.toMap(HistogramSeries::key, HistogramSeries::labels, (a, b) -> a)), stable.stream().map(HistogramSeries::key).toList());
    }

    private static void refuse(Map<String, Map<String, String>> canary, Collection<String> stable) throws DeliveryException {
        for (String key : stable) {
            if (canary.containsKey(key)) {
                throw DeliveryException.invalid(
                        "stable", "it selects a series that 'canary' selects as well, " + new TreeMap<>(canary.get(key)), "Give each track label matchers that leave the other one out.");
            }
        }
    }
}
