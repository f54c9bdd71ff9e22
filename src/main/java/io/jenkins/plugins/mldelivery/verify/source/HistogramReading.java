package io.jenkins.plugins.mldelivery.verify.source;

import java.util.List;
import java.util.Map;
import java.util.NavigableSet;

/**
 * What a source has of a histogram on a track; see {@link Reading} for the last two.
 *
 * @param series the histograms, one for each label set; empty when there are none
 * @param scraped when each source was read
 * @param started when the process behind a source began, where it tells
 */
public record HistogramReading(List<HistogramSeries> series, Map<String, NavigableSet<Long>> scraped, Map<String, Long> started) {
    public HistogramReading {
        series = List.copyOf(series);
        scraped = Map.copyOf(scraped);
        started = Map.copyOf(started);
    }
}
