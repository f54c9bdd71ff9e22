package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the preset whose metrics are there: one question for all names a track, then the series of those that may be there, in the order of the presets. */
final class PresetSearch {
    private PresetSearch() {}

    /** What a preset reads. */
    interface Candidate {
        /** The preset's name. */
        String preset();

        /** Names of its samples, of which any shows that it may be there. */
        List<String> samples();

        /** Whether a track has series of it. */
        boolean isThere(Track track, Watch watch) throws MetricSource.Unavailable, DeliveryException, InterruptedException;
    }

    /** The first one that one of these tracks has, or null. */
    static <C extends Candidate> C first(List<C> candidates, List<Track> tracks, String check, Watch watch)
            throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        List<String> names = candidates.stream().flatMap(c -> c.samples().stream()).distinct().toList();
        Set<String> present = new HashSet<>();
        for (Track track : tracks) {
            present.addAll(watch.source().mayHave(names, track));
        }
        for (C candidate : candidates) {
            if (candidate.samples().stream().anyMatch(present::contains) && isThere(candidate, tracks, watch)) {
                watch.notes().info(check + ": reads the metrics of the preset '" + candidate.preset() + "'");
                return candidate;
            }
        }
        return null;
    }

    private static boolean isThere(Candidate candidate, List<Track> tracks, Watch watch)
            throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        for (Track track : tracks) {
            if (candidate.isThere(track, watch)) {
                return true;
            }
        }
        return false;
    }
}
