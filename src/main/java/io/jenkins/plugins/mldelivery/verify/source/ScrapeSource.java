package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.util.ArrayList;
import java.util.List;

/** Reads the models' own pages. */
public final class ScrapeSource implements MetricSource {
    private final TrackMetrics pages;
    private final String parameter;

    /** @param parameter the parameter that the pages came from, for errors */
    public ScrapeSource(TrackMetrics pages, String parameter) {
        this.pages = pages;
        this.parameter = parameter;
    }

    @Override
    public List<Sample> counter(String metric, Track track) throws Unavailable, DeliveryException, InterruptedException {
        try {
            List<Sample> samples = new ArrayList<>();
            for (TrackMetrics.Page page : pages.scrape(track)) {
                samples.addAll(ExpositionParser.parse(page.source(), page.text(), metric));
            }
            return samples;
        } catch (DeliveryException e) {
            if (e.kind() == DeliveryException.Kind.INVALID_INPUT) {
                throw e;
            }
            throw new Unavailable(e.parameter(), e.sentence().replaceAll("\\.$", ""), e);
        } catch (RuntimeException e) {
            throw new Unavailable("the " + track.word() + " pods' metrics could not be read (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public List<Sample> query(String query) throws DeliveryException {
        throw DeliveryException.invalid("prometheus", "a query needs a Prometheus server, and none is given", "Give its URL, or use errorRate, which reads the models' own metrics.");
    }

    @Override
    public String parameter() {
        return parameter;
    }
}
