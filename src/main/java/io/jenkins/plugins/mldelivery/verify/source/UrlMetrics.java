package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;

/** Metrics pages by URL. */
public final class UrlMetrics implements TrackMetrics {
    private final List<URI> canary;
    private final List<URI> stable;
    private final Http http;

    /** @throws DeliveryException when a URL is none */
    public UrlMetrics(List<String> canary, List<String> stable, Login login) throws DeliveryException {
        this.canary = uris("scrapeCanary", canary);
        this.stable = uris("scrapeStable", stable);
        this.http = new Http(login);
    }

    private static List<URI> uris(String parameter, List<String> texts) throws DeliveryException {
        List<URI> uris = new ArrayList<>();
        for (String text : texts) {
            uris.add(Http.uri(parameter, text));
        }
        return List.copyOf(uris);
    }

    @Override
    public List<Page> scrape(Track track) throws DeliveryException, InterruptedException {
        List<Page> pages = new ArrayList<>();
        String problem = null;
        for (URI uri : track == Track.CANARY ? canary : stable) {
            try {
                Http.Answer answer = http.send(HttpRequest.newBuilder(uri).header("Accept", "text/plain;version=0.0.4"));
                if (answer.status() == 200) {
                    pages.add(new Page(uri.toString(), answer.body()));
                } else {
                    problem = uri + " answered with status " + answer.status();
                }
            } catch (MetricSource.Unavailable e) {
                problem = e.getMessage();
            }
        }
        if (pages.isEmpty() && problem != null) {
            throw DeliveryException.unreachable(track == Track.CANARY ? "scrapeCanary" : "scrapeStable", problem, null, null);
        }
        return pages;
    }
}
