package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * Reads the models' own <code>/metrics</code> pages, where there is no Prometheus server. <code>deploy/</code> answers through the Kubernetes API's
 * pod proxy; a plain list of URLs works as well.
 */
@FunctionalInterface
public interface TrackMetrics {
    /** Bytes of one page at most, after unpacking. */
    int MAX_PAGE_BYTES = 8 * 1024 * 1024;

    /** Bytes of all pages of a track at most. */
    int MAX_TRACK_BYTES = 16 * 1024 * 1024;

    /**
     * Scrapes every pod of a track now.
     *
     * @return a page for each pod that answered; empty when the track has none
     * @throws DeliveryException {@link DeliveryException.Kind#UNREACHABLE} when none could be read although there are pods
     */
    List<Page> scrape(Track track) throws DeliveryException, InterruptedException;

    /** The pods of a new version that has taken the place of the stable one, as those of its track. */
    static TrackMetrics inPlace(TrackMetrics pods) {
        return pods == null ? null : track -> pods.scrape(Track.STABLE);
    }

    /**
     * One scraped page.
     *
     * @param source what it came from (pod name or URL), the identity of its counters; what a new source has counted before it is first seen is left out
     * @param text the page, in the Prometheus text exposition format or OpenMetrics
     * @param at when it was read; null for when the scrape began
     */
    record Page(String source, String text, Instant at) implements Serializable {
        /** A page that was read when the scrape began. */
        public Page(String source, String text) {
            this(source, text, null);
        }
    }
}
