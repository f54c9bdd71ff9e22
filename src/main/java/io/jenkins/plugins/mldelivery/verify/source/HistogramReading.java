package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;

/**
 * What a source has of a histogram on a track; see {@link Reading} for the last two.
 *
 * @param series the histograms, one for each label set; empty when there are none
 * @param scraped when each source was read
 * @param started when the process behind a source began, where it tells
 * @param sparse whether the bounds of empty buckets are left out, as in native histograms; else an empty bucket is as wide as it looks
 */
public record HistogramReading(List<HistogramSeries> series, Map<String, NavigableSet<Long>> scraped, Map<String, Long> started, boolean sparse) {
    /** Of classic histograms. */
    public HistogramReading(List<HistogramSeries> series, Map<String, NavigableSet<Long>> scraped, Map<String, Long> started) {
        this(series, scraped, started, false);
    }

    public HistogramReading {
        series = List.copyOf(series);
        // No Map.copyOf: servers choose the names, and its search takes long for names with the same hash.
        scraped = Collections.unmodifiableMap(new HashMap<>(scraped));
        started = Collections.unmodifiableMap(new HashMap<>(started));
    }
}
