package io.jenkins.plugins.mldelivery.verify.source;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a page says of one metric.
 *
 * @param lines its samples, in the page's order
 * @param created when each of its series began to count (<code>_created</code>), in milliseconds since 1970, by labels
 * @param processStart when the process began (<code>process_start_time_seconds</code>), in milliseconds since 1970, or null
 */
record ExpositionPage(List<Line> lines, Map<Map<String, String>, Long> created, Long processStart) {
    /**
     * A sample.
     *
     * @param labels its labels
     * @param value its value
     * @param stamp its own time in milliseconds since 1970, or null
     */
    record Line(Map<String, String> labels, double value, Long stamp) {
        long millis(Instant scraped) {
            return stamp == null ? scraped.toEpochMilli() : stamp;
        }
    }

    /** Whether a series is there twice: nobody knows which of them is meant. */
    boolean hasDuplicates() {
        Set<Map<String, String>> seen = new HashSet<>();
        return !lines.stream().map(Line::labels).allMatch(seen::add);
    }

    /** When a series began to count, or null. */
    Long created(Map<String, String> labels) {
        return created.get(labels);
    }
}
