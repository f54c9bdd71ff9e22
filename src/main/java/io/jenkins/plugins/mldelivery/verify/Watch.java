package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What the looks of a check go by.
 *
 * @param source where the metrics are read
 * @param now the time of this look
 * @param onset what came until then does not count
 * @param podWarmUp from a pod's first request on, a time whose data does not count
 * @param width of the windows into which data is sorted by its own time
 * @param alpha the check's own share of the error probability
 * @param matchers label matchers of the tracks that have any
 * @param notes takes what is odd about the metrics
 * @param deadline until when all of the look must be over
 */
record Watch(MetricSource source, Instant now, Instant onset, Duration podWarmUp, Duration width, double alpha, Map<Track, String> matchers, SourceNotes notes, Deadline deadline) {
    boolean isWarmingUp() {
        return now.isBefore(onset);
    }
}
