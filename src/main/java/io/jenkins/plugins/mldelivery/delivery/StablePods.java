package io.jenkins.plugins.mldelivery.delivery;

import java.util.List;

/** The pods of the stable version, whichever track is asked for. */
record StablePods(TrackMetrics pods) implements TrackMetrics {
    @Override
    public List<Page> scrape(Track track) throws DeliveryException, InterruptedException {
        return pods.scrape(Track.STABLE);
    }

    @Override
    public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
        pods.read(Track.STABLE, reader);
    }
}
