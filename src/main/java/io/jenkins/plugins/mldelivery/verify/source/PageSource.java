package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.time.Instant;
import java.util.List;

/** Reads the metrics pages of a track. */
interface PageSource {
    /**
     * Reads all of them now.
     *
     * @param names what of them is kept
     * @param budget how much of it, and how long all of it may take
     * @return one for each page; empty when the track has none
     * @throws MetricSource.Unavailable when one could not be read: a {@linkplain MetricSource.Unavailable#isPartial partial}
     *     one when others could
     */
    List<Page> read(Track track, MetricNames names, LookBudget budget) throws MetricSource.Unavailable, DeliveryException, InterruptedException;

    /**
     * A page.
     *
     * @param source what it came from, the identity of its counters
     * @param text what was kept of it
     * @param at when it was read
     */
    record Page(String source, ExpositionText text, Instant at) {}
}
