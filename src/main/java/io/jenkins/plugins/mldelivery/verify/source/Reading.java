package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;

/**
 * What a source has of a counter on a track.
 *
 * @param series the series, one for each label set; empty when there are none
 * @param scraped when each source (page or target) was read, whether it had any of the series or not, in milliseconds since 1970: a series that is not there although its source was read has counted nothing yet
 * @param started when the process behind a source began, where it tells (<code>process_start_time_seconds</code>), in milliseconds since 1970: none of its counters is older
 */
public record Reading(List<Series> series, Map<String, NavigableSet<Long>> scraped, Map<String, Long> started) {
    public Reading {
        series = List.copyOf(series);
        // No Map.copyOf: servers choose the names, and its search takes long for names with the same hash.
        scraped = Collections.unmodifiableMap(new HashMap<>(scraped));
        started = Collections.unmodifiableMap(new HashMap<>(started));
    }

    /** Nothing there. */
    public static Reading none() {
        return new Reading(List.of(), Map.of(), Map.of());
    }
}
