package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Metrics pages by URL. One of several that is away is told, and its counters go on when it is back. */
public final class UrlMetrics implements TrackMetrics {
    /** As Prometheus asks; OpenMetrics tells when a counter was created. */
    private static final Map<String, String> ACCEPT = Map.of("Accept", "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");

    private final List<URI> canary;
    private final List<URI> stable;
    private final Http http;
    private final Map<String, String> headers;
    private final Duration patience;
    private final Clock clock;
    private final SourceNotes notes;
    private final Set<URI> away = new HashSet<>();

    /**
     * @param access how the pages are reached; its URL is not used
     * @param secrets finds the credentials that the access names
     * @param notes takes which pages are away, and which are back
     * @throws DeliveryException when a URL is none, or something of the access is wrong, by its parameter
     */
    public UrlMetrics(List<String> canary, List<String> stable, PrometheusAccess access, Secrets secrets, Clock clock, SourceNotes notes) throws DeliveryException {
        this.canary = uris("scrapeCanary", canary);
        this.stable = uris("scrapeStable", stable);
        PrometheusConnection connection = new PrometheusConnection(access, secrets, clock);
        this.http = connection.http();
        this.headers = new LinkedHashMap<>(connection.extraHeaders());
        this.headers.putAll(ACCEPT);
        this.patience = connection.queryTimeout();
        this.clock = clock;
        this.notes = notes;
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
        try {
            return all(track);
        } catch (MetricSource.Unavailable e) {
            throw DeliveryException.unreachable(track == Track.CANARY ? "scrapeCanary" : "scrapeStable", e.getMessage(), null, e);
        }
    }

    /** All at once, since one that stalls must not hold up the others. */
    private List<Page> all(Track track) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Map<URI, CompletableFuture<HttpResponse<byte[]>>> running = new LinkedHashMap<>();
        for (URI uri : track == Track.CANARY ? canary : stable) {
            running.put(uri, http.start(HttpCall.get(uri, headers)));
        }
        Instant begin = clock.now();
        List<Page> pages = new ArrayList<>();
        Map<URI, String> problems = new LinkedHashMap<>();
        boolean refused = false;
        try {
            for (Map.Entry<URI, CompletableFuture<HttpResponse<byte[]>>> one : running.entrySet()) {
                try {
                    Http.Answer answer = http.await(HttpCall.get(one.getKey(), headers), one.getValue(), patience);
                    if (answer.status() == 200) {
                        pages.add(new Page(one.getKey().toString(), answer.body(), begin));
                    } else {
                        refused |= answer.status() == 401;
                        problems.put(one.getKey(), one.getKey() + " answered with status " + answer.status());
                    }
                } catch (MetricSource.Unavailable e) {
                    problems.put(one.getKey(), e.getMessage());
                }
            }
            if (refused) {
                http.renew(); // For the next scrape.
            }
        } finally {
            running.values().forEach(answer -> answer.cancel(true));
        }
        if (pages.isEmpty() && !problems.isEmpty()) {
            throw new MetricSource.Unavailable(problems.values().iterator().next(), null);
        }
        tell(running.keySet(), problems);
        return pages;
    }

    private void tell(Set<URI> asked, Map<URI, String> problems) {
        for (URI uri : asked) {
            String problem = problems.get(uri);
            if (problem != null && away.add(uri)) {
                notes.warn(problem + "; the other " + (canary.contains(uri) ? "canary" : "stable") + " pages are read without it");
            } else if (problem == null && away.remove(uri)) {
                notes.info(uri + " can be read again");
            }
        }
    }
}
