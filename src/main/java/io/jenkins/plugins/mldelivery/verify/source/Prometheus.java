package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** A server with the Prometheus HTTP API v1 (also Thanos, Mimir, VictoriaMetrics). */
public final class Prometheus implements MetricSource {
    /** How far back a sample may be to be the value to count from, and how late data may come in; Prometheus' own look-back is as long. */
    private static final Duration LOOK_BACK = Duration.ofMinutes(5);

    /** Characters of a query in which matchers are in their places. */
    private static final int MAX_ASKED = 4 * ReadLimits.MAX_QUERY_LENGTH;

    private final PrometheusApi api;
    private final String canary;
    private final String stable;
    private final SourceContext context;
    /** The time that is asked about; null for the server's own present. */
    private final Clock past;
    private final TargetFacts targets;
    private final SeriesReader reader;
    /** By the queries, of which one look may have thousands, each with long matchers. */
    private final Map<SeriesKey, ApiAnswer> read = new HashMap<>();
    private LookBudget budget;

    /**
     * Nothing remote is done yet.
     *
     * @param access how to reach the server
     * @param canary label matchers of the canary's series; null when none are compared
     * @param stable label matchers of the stable version's series
     * @param context whose notes take the server's warnings
     * @throws DeliveryException when something of the access is wrong, by its parameter
     */
    public Prometheus(PrometheusAccess access, String canary, String stable, SourceContext context) throws DeliveryException {
        this(access, canary, stable, context, null, false);
    }

    /**
     * The same, of a time that is over.
     *
     * @param context whose clock is the time of this machine, for retries
     * @param past the time that is asked about; null for the server's own present
     * @param acceptsPartial whether an answer is taken that lacks what some of the storage has; else it is {@link MetricSource.Unavailable}
     */
    public Prometheus(PrometheusAccess access, String canary, String stable, SourceContext context, Clock past, boolean acceptsPartial)
            throws DeliveryException {
        this.past = past;
        this.api = new PrometheusApi(new PrometheusConnection(access, context), Urls.base("prometheus", access.url()), context.clock(), context.notes(), acceptsPartial);
        this.canary = canary;
        this.stable = stable;
        this.context = context;
        this.targets = new TargetFacts(this::cached);
        this.reader = new SeriesReader(context.notes());
        this.budget = new LookBudget(context.shared(), Deadline.none());
    }

    @Override
    public void beginLook(Duration retries, Deadline deadline) {
        endLook();
        budget = new LookBudget(context.shared(), deadline);
        api.beginLook(context.clock().now().plus(retries));
    }

    @Override
    public LookBudget budget() {
        return budget;
    }

    @Override
    public void endLook() {
        read.clear();
        budget.close();
        api.close();
    }

    @Override
    public Reading counters(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException {
        AskedRange range = range(since);
        List<Series> series = reader.counters(cached(selector.parameter(), promql(selector.metric(), selector, track), range).rows());
        return targets.reading(series, selector.metric(), matchers(track), range, since, budget);
    }

    @Override
    public HistogramReading histograms(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException {
        AskedRange range = range(since);
        String name = selector.histogram();
        List<HistogramSeries> series = reader.classic(cached(selector.parameter(), promql(name + "_bucket", selector, track), range).rows(), budget);
        boolean classic = !series.isEmpty();
        if (!classic) {
            series = reader.natives(cached(selector.parameter(), promql(name, selector, track), range).rows());
        }
        return targets.histograms(series, !classic, name, matchers(track), range, since, budget);
    }

    @Override
    public Set<String> mayHave(Collection<String> metrics, Track track) throws Unavailable, DeliveryException, InterruptedException {
        String names = metrics.stream().sorted().distinct().collect(Collectors.joining("|"));
        String query = "count by (__name__) ({__name__=~\"" + names + "\"" + (matchers(track) == null ? "" : "," + matchers(track)) + "})";
        return cached(track == Track.CANARY ? "canary" : "stable", query, AskedRange.NONE).rows().stream().map(row -> row.labels().get("__name__")).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    @Override
    public List<Sample> query(String query) throws Unavailable, DeliveryException, InterruptedException {
        ApiAnswer answer = cached("query", query, AskedRange.NONE);
        List<Sample> samples = new ArrayList<>();
        switch (String.valueOf(answer.resultType())) {
            case "scalar" -> samples.add(new Sample(SeriesReader.WHOLE, Map.of(), plain(answer)));
            case "vector" -> {
                for (ApiAnswer.Row row : answer.rows()) {
                    if (row.points().isEmpty() && !row.histograms().isEmpty()) {
                        throw DeliveryException.invalid(
                                "query", "'" + Excerpt.of(query) + "' gives a native histogram, not a number",
                                "Take a number of it, for example with histogram_quantile(0.99, …) or histogram_count(…).");
                    }
                    samples.add(new Sample(SeriesReader.WHOLE, SeriesReader.labels(row), row.points().isEmpty() ? Double.NaN : row.points().get(0).value()));
                }
            }
            default -> throw DeliveryException.invalid(
                    "query", "'" + Excerpt.of(query) + "' gives a " + (answer.resultType() == null ? "result of no known type" : answer.resultType()) + ", not a number",
                    "Write an instant query, without a range at its end.");
        }
        return samples;
    }

    private static double plain(ApiAnswer answer) throws Unavailable {
        try {
            return answer.plain().size() < 2 ? Double.NaN : ApiAnswer.number(answer.plain().get(1));
        } catch (IOException e) {
            throw Unavailable.answered("the server sent a broken answer (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public List<Series> queryRange(String query, Instant start, Instant end, Duration step) throws Unavailable, DeliveryException, InterruptedException {
        Map<String, String> fields = Map.of("start", seconds(start.toEpochMilli()), "end", seconds(end.toEpochMilli()), "step", seconds(Math.max(1, step.toMillis())));
        ApiAnswer answer = api.ask("query_range", "query", query, fields, AskedRange.until(end, Duration.between(start, end)), budget);
        return answer.rows().stream().map(row -> new Series(SeriesReader.WHOLE, SeriesReader.labels(row), row.points(), null)).toList();
    }

    @Override
    public boolean isIncomplete() {
        return api.isIncomplete();
    }

    @Override
    public String parameter() {
        return "prometheus";
    }

    /** What an instant query gives; a range at its end gives the raw samples in it. */
    private ApiAnswer cached(String parameter, String selected, AskedRange range) throws Unavailable, DeliveryException, InterruptedException {
        String query = selected + range.promql();
        SeriesKey key = SeriesKey.of(query);
        ApiAnswer answer = read.get(key);
        if (answer == null) {
            if (query.length() > MAX_ASKED) {
                throw DeliveryException.invalid(parameter, "with its label matchers a query has " + query.length() + " characters, more than " + MAX_ASKED, "Shorten it.");
            }
            // Without a time, the server's own clock decides, which may differ from this machine's.
            answer = api.ask("query", parameter, query, past == null ? Map.of() : Map.of("time", seconds(past.now().toEpochMilli())), range, budget);
            read.put(key, answer);
        }
        return answer;
    }

    private String matchers(Track track) {
        return track == Track.CANARY ? canary : stable;
    }

    private AskedRange range(Instant since) {
        Instant now = past == null ? context.clock().now() : past.now();
        Duration age = Duration.between(since, now);
        return AskedRange.until(now, age.isNegative() ? LOOK_BACK : LOOK_BACK.plus(age));
    }

    private String promql(String metric, Selector selector, Track track) {
        String matchers = matchers(track) == null ? "" : matchers(track);
        String all = selector.isNarrow() ? (matchers.isEmpty() ? "" : matchers + ",") + selector.matchers() : matchers;
        // Names with other characters are quoted inside the braces, as of Prometheus 3.
        return metric.matches("[a-zA-Z_:][a-zA-Z0-9_:]*") ? metric + "{" + all + "}" : "{\"" + metric.replace("\\", "\\\\").replace("\"", "\\\"") + "\"" + (all.isEmpty() ? "" : "," + all) + "}";
    }

    private static String seconds(long millis) {
        return java.math.BigDecimal.valueOf(millis, 3).toPlainString();
    }
}
