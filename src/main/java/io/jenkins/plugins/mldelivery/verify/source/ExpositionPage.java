package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a page says of one metric.
 *
 * @param lines its samples, in the page's order
 * @param created when each of its series began to count (<code>_created</code>), in milliseconds since 1970, by {@link SeriesKey}
 * @param processStart when the process began (<code>process_start_time_seconds</code>), in milliseconds since 1970, or null
 */
record ExpositionPage(List<Line> lines, Map<SeriesKey, Long> created, Long processStart) {
    /** So many lines between two looks at the time. */
    static final int EACH = 256;

    /** Of a series of this page. */
    static SeriesKey key(Map<String, String> labels) {
        return SeriesKey.of("", labels);
    }

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

    /**
     * Whether a series is there twice: nobody knows which of them is meant.
     *
     * @throws Deadline.Over when it takes too long
     */
    boolean hasDuplicates(Deadline deadline) {
        Set<SeriesKey> seen = new HashSet<>();
        for (Line line : lines) {
            if (!seen.add(key(line.labels()))) {
                return true;
            }
            if (seen.size() % EACH == 0) {
                deadline.check();
            }
        }
        return false;
    }

    /** Whether it gives a sample a time that is to come, whatever the clocks are. */
    boolean isAhead(Instant scraped) {
        long latest = scraped.plus(ReadLimits.MAX_CLOCK_DIFFERENCE).toEpochMilli();
        return lines.stream().anyMatch(line -> line.millis(scraped) > latest);
    }

    /** When a series began to count, or null. */
    Long created(Map<String, String> labels) {
        return created.isEmpty() ? null : created.get(key(labels));
    }
}
