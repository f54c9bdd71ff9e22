package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
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

    /**
     * The same in parts, as they come: pages may be long, and most of them is of no use to the reader. What reads them from pods keeps none of them.
     *
     * @param reader is called by this thread alone; where it throws, the reading ends
     */
    default void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
        for (Page page : scrape(track)) {
            Part part = reader.begin(page.source(), page.at());
            if (part.take(page.text().getBytes(StandardCharsets.UTF_8))) {
                part.end();
            }
        }
    }

    /** Reads pages in parts. Those of several sources may come in turns. */
    @FunctionalInterface
    interface Reader {
        /**
         * A page begins, in the order of the sources.
         *
         * @param source as of a {@link Page}
         * @param at as of a {@link Page}
         */
        Part begin(String source, Instant at);

        /**
         * A page that is there could not be read, for a reason of its own. Is told beside pages that were read.
         *
         * @param source as of a {@link Page}
         * @param problem what is wrong with it, in words, without a full stop at its end
         */
        default void failed(String source, String problem) {}

        /**
         * There was no time left to read these pages, so that nobody knows what they say. Is told beside pages that were
         * read.
         *
         * @param sources as of a {@link Page}; not empty
         */
        default void late(List<String> sources) {}

        /** Is called now and then while nothing comes: throws what ends the reading, such as that its time is over. */
        default void check() {}
    }

    /** Takes a page part by part. One that breaks off has no end. */
    interface Part {
        /**
         * The next bytes of it.
         *
         * @return false when no more of this page is wanted, and its end is not either
         */
        boolean take(byte[] bytes) throws InterruptedException;

        /** That was all of it. */
        void end() throws InterruptedException;
    }

    /** The pods of a new version that has taken the place of the stable one, as those of its track. */
    static TrackMetrics inPlace(TrackMetrics pods) {
        return pods == null ? null : new StablePods(pods);
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
