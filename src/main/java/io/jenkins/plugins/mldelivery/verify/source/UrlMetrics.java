package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Metrics pages by URL. Some are read at a time, those first that answered last. Without one that is away the others are no
 * evidence, see {@link UnreadPages}.
 */
final class UrlMetrics implements PageSource {
    /** As Prometheus asks; OpenMetrics tells when a counter was created. */
    private static final Map<String, String> ACCEPT = Map.of("Accept", "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");

    private final List<URI> canary;
    private final List<URI> stable;
    private final PrometheusConnection connection;
    private final Map<String, String> headers;
    private final Clock clock;
    private final SourceNotes notes;
    private final Set<URI> away = new HashSet<>();

    /**
     * @param access how the pages are reached; its URL is not used
     * @throws DeliveryException when a URL is none, or something of the access is wrong, by its parameter
     */
    UrlMetrics(List<String> canary, List<String> stable, PrometheusAccess access, SourceContext context) throws DeliveryException {
        this.canary = uris(Track.CANARY, canary);
        this.stable = uris(Track.STABLE, stable);
        this.connection = new PrometheusConnection(access, context);
        this.headers = new LinkedHashMap<>(connection.extraHeaders());
        this.headers.putAll(ACCEPT);
        this.clock = context.clock();
        this.notes = context.notes();
    }

    private static String parameter(Track track) {
        return track == Track.CANARY ? "scrapeCanary" : "scrapeStable";
    }

    private static List<URI> uris(Track track, List<String> texts) throws DeliveryException {
        if (texts.size() > ReadLimits.MAX_PAGES) {
            throw DeliveryException.invalid(
                    parameter(track), "there are " + texts.size() + " URLs, more than " + ReadLimits.MAX_PAGES, "Give those of some pods, or let Prometheus collect the metrics.");
        }
        List<URI> uris = new ArrayList<>();
        for (String text : texts) {
            uris.add(Urls.uri(parameter(track), text));
        }
        return List.copyOf(uris);
    }

    @Override
    public List<Page> read(Track track, MetricNames names, LookBudget budget) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        List<URI> all = track == Track.CANARY ? canary : stable;
        if (all.stream().distinct().count() < all.size()) {
            notes.info(parameter(track) + " names a URL more than once, which is read once");
        }
        // Who did not answer last time may hold up only others of its kind.
        List<URI> order = new ArrayList<>(all.stream().distinct().filter(uri -> !away.contains(uri)).toList());
        all.stream().distinct().filter(away::contains).forEach(order::add);
        Map<URI, Page> pages = new LinkedHashMap<>();
        Map<URI, MetricSource.Unavailable> problems = new LinkedHashMap<>();
        PageReads reads = new PageReads(connection, parameter(track), headers, names, budget, clock);
        try {
            reads.readAll(order, pages, problems);
        } finally {
            reads.close();
            connection.http().close();
        }
        if (pages.isEmpty() && !problems.isEmpty()) {
            throw problems.values().iterator().next().of(parameter(track));
        }
        order.forEach(away::remove);
        away.addAll(problems.keySet());
        // In the order of the parameter, whoever answered first.
        List<URI> asked = all.stream().distinct().toList();
        if (!problems.isEmpty()) {
            throw UnreadPages.partial(asked.stream().filter(problems::containsKey).map(uri -> problems.get(uri).getMessage()).toList());
        }
        return asked.stream().map(pages::get).toList();
    }
}
