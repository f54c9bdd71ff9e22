package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.http.HttpAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads pages, some of them at a time, each on a thread of its own: what comes in of any of them is filtered at once. So what takes
 * memory is what is kept, and one that stalls does not hold up the others.
 */
final class PageReads implements AutoCloseable {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    /** After so long a wait looks at the look's deadline again, which may have been ended. */
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int PIECE = 16 * 1024;
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final List<String> OTHER_TYPES =
            List.of("text/html", "application/json", "application/vnd.google.protobuf");

    private final PrometheusConnection connection;
    private final String parameter;
    private final Map<String, String> headers;
    private final MetricNames names;
    private final LookBudget budget;
    private final Clock clock;
    private final CompletionService<Outcome> threads;
    private final Map<Future<Outcome>, URI> open = new HashMap<>();
    private boolean refused;

    /** A page, or what is wrong with it. */
    private record Outcome(PageSource.Page page, MetricSource.Unavailable problem, boolean refused) {}

    PageReads(PrometheusConnection connection, String parameter, Map<String, String> headers, MetricNames names, LookBudget budget, Clock clock) {
        this.connection = connection;
        this.parameter = parameter;
        this.headers = headers;
        this.names = names;
        this.budget = budget;
        this.clock = clock;
        this.threads = new ExecutorCompletionService<>(connection.readers());
    }

    /**
     * Reads until each page is here, or has a problem, or the look's time is over.
     *
     * @param pages takes what could be read
     * @param problems takes why others could not
     * @throws MetricSource.Unavailable when the login for them can't be had
     */
    void readAll(Iterable<URI> uris, Map<URI, PageSource.Page> pages, Map<URI, MetricSource.Unavailable> problems) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Queue<URI> waiting = new ArrayDeque<>();
        uris.forEach(waiting::add);
        while (!waiting.isEmpty() || !open.isEmpty()) {
            if (budget.deadline().isOver()) {
                open.values().forEach(uri -> problems.put(uri, over(uri)));
                waiting.forEach(uri -> problems.put(uri, over(uri)));
                return;
            }
            while (!waiting.isEmpty() && open.size() < ReadLimits.MAX_OPEN_PAGES) {
                start(waiting.remove());
            }
            Future<Outcome> done = threads.poll(Math.min(budget.deadline().left().toNanos(), LOOK.toNanos()), TimeUnit.NANOSECONDS);
            if (done != null) {
                take(done, open.remove(done), pages, problems);
            }
        }
        if (refused) {
            connection.http().renew(); // For the next scrape.
        }
    }

    /** Not read when the look was over. */
    private MetricSource.Unavailable over(URI uri) {
        return budget.isCrowded() ? budget.crowded().of(Urls.shown(uri.toString())) : late(uri);
    }

    private static MetricSource.Unavailable late(URI uri) {
        return Http.late(Urls.shown(uri.toString()));
    }

    private void start(URI uri) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HttpCall call = HttpCall.get(parameter, uri, headers, budget.deadline().atMost(connection.queryTimeout()));
        // Here, since a token is asked for once for all pages.
        Map<String, String> all = connection.http().headers(call);
        Instant begin = clock.now();
        open.put(threads.submit(() -> read(call, all, begin)), uri);
    }

    private Outcome read(HttpCall call, Map<String, String> all, Instant begin) throws DeliveryException, InterruptedException {
        String shown = Urls.shown(call.uri().toString());
        try (HttpAnswer answer = connection.http().once(call, all, shown)) {
            if (answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN) {
                return new Outcome(null, MetricSource.Unavailable.of(connection.refused(shown, answer.status())), answer.status() == UNAUTHORIZED);
            }
            if (answer.status() != 200) {
                return new Outcome(null, MetricSource.Unavailable.answered(shown + " answered with status " + answer.status(), null), false);
            }
            try {
                return new Outcome(new PageSource.Page(call.uri().toString(), filtered(answer), begin), null, false);
            } catch (IOException e) {
                throw Http.unavailable(shown, e);
            }
        } catch (MetricSource.Unavailable e) {
            return new Outcome(null, e, false);
        }
    }

    private ExpositionText filtered(HttpAnswer answer) throws IOException {
        String type = Ascii.lower(answer.header("Content-Type").strip());
        for (String other : OTHER_TYPES) {
            if (type.startsWith(other)) {
                throw new MalformedException("it is " + other + " and no metrics page in text");
            }
        }
        InputStream body = answer.body();
        PageFilter filter = new PageFilter(names, budget);
        byte[] piece = new byte[PIECE];
        for (int size = body.read(piece); size >= 0; size = body.read(piece)) {
            filter.accept(piece, size);
        }
        return filter.text(end(answer, type));
    }

    private static PageFilter.End end(HttpAnswer answer, String type) {
        if (type.startsWith(OPEN_METRICS)) {
            return PageFilter.End.MARK;
        }
        // Without a length a connection that breaks looks like the end.
        boolean sized = !answer.header("Content-Length").isBlank() || !answer.header("Transfer-Encoding").isBlank();
        return sized ? PageFilter.End.ANY : PageFilter.End.LINE;
    }

    private void take(Future<Outcome> done, URI uri, Map<URI, PageSource.Page> pages, Map<URI, MetricSource.Unavailable> problems) throws DeliveryException, InterruptedException {
        try {
            Outcome outcome = done.get();
            refused |= outcome.refused();
            if (outcome.page() != null) {
                pages.put(uri, outcome.page());
            } else {
                problems.put(uri, outcome.problem());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeliveryException refusal) {
                throw refusal;
            }
            problems.put(uri, new MetricSource.Unavailable(Urls.shown(uri.toString()) + " could not be read (" + e.getCause() + ")", e));
        } catch (CancellationException e) {
            problems.put(uri, late(uri));
        }
    }

    /** Gives up what is still being read. */
    @Override
    public void close() {
        open.keySet().forEach(read -> read.cancel(true));
        open.clear();
    }
}
