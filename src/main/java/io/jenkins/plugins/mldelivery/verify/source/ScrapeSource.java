package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the models' own pages. A sample's time is the scrape's, or the time stamp that the page gives. */
public final class ScrapeSource implements MetricSource {
    private final PageSource pages;
    private final MetricNames names;
    private final String parameter;
    private final SourceContext context;
    private final Map<Track, List<PageSource.Page>> read = new EnumMap<>(Track.class);
    /** Why the pages of a track could not be read in this look, which is not tried again for each check. */
    private final Map<Track, Unavailable> away = new EnumMap<>(Track.class);
    private LookBudget budget;

    private ScrapeSource(PageSource pages, MetricNames names, String parameter, SourceContext context) {
        this.pages = pages;
        this.names = names;
        this.parameter = parameter;
        this.context = context;
        this.budget = new LookBudget(context.shared(), Deadline.none());
    }

    /**
     * Pages by URL.
     *
     * @param names the metrics that will be asked for
     * @param access how the pages are reached; its URL is not used
     * @throws DeliveryException when a URL is none, or something of the access is wrong, by its parameter
     */
    public static ScrapeSource ofUrls(List<String> canary, List<String> stable, MetricNames names, PrometheusAccess access, SourceContext context) throws DeliveryException {
        return new ScrapeSource(new UrlMetrics(canary, stable, access, context), names, "scrapeCanary", context);
    }

    /**
     * The pages of pods.
     *
     * @param names the metrics that will be asked for
     */
    public static ScrapeSource ofPods(TrackMetrics pods, MetricNames names, SourceContext context) {
        return new ScrapeSource(new PodPages(pods, context.clock()), names, "cluster", context);
    }

    @Override
    public void beginLook(Duration retries, Deadline deadline) {
        endLook();
        budget = new LookBudget(context.shared(), deadline);
    }

    @Override
    public LookBudget budget() {
        return budget;
    }

    @Override
    public void endLook() {
        read.clear();
        away.clear();
        budget.close();
    }

    @Override
    public Reading counters(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException {
        names.require(selector.metric());
        LabelMatchers matchers = selector.parsed(budget.deadline());
        List<Series> series = new ArrayList<>();
        Facts facts = new Facts();
        int lines = 0;
        for (Parsed one : parsed(track, selector.metric())) {
            facts.saw(one.page(), one.content());
            for (ExpositionPage.Line line : one.content().lines()) {
                checkTime(++lines);
                if (matchers == null || matchers.matches(line.labels())) {
                    series.add(new Series(one.page().source(), line.labels(),
                            List.of(new Point(line.millis(one.page().at()), line.value())),
                            one.content().created(line.labels())));
                }
            }
            limit(selector, series.size());
        }
        return new Reading(series, facts.scraped, facts.started);
    }

    /** Now and then, whether the look may go on. */
    private void checkTime(int lines) {
        if (lines % ExpositionPage.EACH == 0) {
            budget.deadline().check();
        }
    }

    private static void limit(Selector selector, int series) throws DeliveryException {
        if (series > ReadLimits.MAX_SERIES) {
            throw DeliveryException.invalid(
                    selector.parameter(), "the pages of a track have more than " + ReadLimits.MAX_SERIES + " series of '" + selector.metric() + "'", "Narrow it with labels, or choose a metric with fewer labels.");
        }
    }

    /** A page, and what it says of a metric. */
    private record Parsed(PageSource.Page page, ExpositionPage content) {}

    /** What the pages of a track say of a metric. */
    private List<Parsed> parsed(Track track, String metric)
            throws Unavailable, DeliveryException, InterruptedException {
        List<Parsed> all = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        SharedTexts texts = new SharedTexts(budget);
        for (PageSource.Page page : pages(track)) {
            budget.deadline().check();
            try {
                ExpositionPage content = ExpositionParser.read(page.text(), metric, texts, budget.deadline());
                String odd = content.hasDuplicates(budget.deadline()) ? "a series of '" + metric + "' twice"
                        : content.isAhead(page.at()) ? "a sample of '" + metric + "' of a time that is to come" : null;
                if (odd != null) {
                    unread.add(Urls.shown(page.source()) + " can't be read: it shows " + odd);
                } else {
                    all.add(new Parsed(page, content));
                }
            } catch (LimitExceededException e) {
                throw e.of(Urls.shown(page.source()));
            }
        }
        if (!unread.isEmpty()) {
            throw all.isEmpty() ? new Unavailable(unread.get(unread.size() - 1), null) : UnreadPages.partial(unread);
        }
        return all;
    }

    @Override
    public HistogramReading histograms(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException {
        String bucket = selector.histogram() + "_bucket";
        names.require(bucket);
        LabelMatchers matchers = selector.parsed(budget.deadline());
        ClassicHistograms histograms = new ClassicHistograms(context.notes(), budget);
        Facts facts = new Facts();
        int series = 0;
        int lines = 0;
        for (Parsed one : parsed(track, bucket)) {
            facts.saw(one.page(), one.content());
            for (ExpositionPage.Line line : one.content().lines()) {
                checkTime(++lines);
                if (matchers == null || matchers.matches(line.labels())) {
                    Map<String, String> rest = new HashMap<>(line.labels());
                    rest.remove("le");
                    histograms.add(one.page().source(), line.labels(),
                            List.of(new Point(line.millis(one.page().at()), line.value())),
                            one.content().created(rest));
                    limit(selector, ++series);
                }
            }
        }
        return new HistogramReading(histograms.series(), facts.scraped, facts.started);
    }

    private static final class Facts {
        private final Map<String, NavigableSet<Long>> scraped = new HashMap<>();
        private final Map<String, Long> started = new HashMap<>();

        void saw(PageSource.Page page, ExpositionPage parsed) {
            scraped.computeIfAbsent(page.source(), s -> new TreeSet<>()).add(page.at().toEpochMilli());
            if (parsed.processStart() != null) {
                started.put(page.source(), parsed.processStart());
            }
        }
    }

    /** The pages as they were read in this look, for all checks. */
    private List<PageSource.Page> pages(Track track) throws Unavailable, DeliveryException, InterruptedException {
        List<PageSource.Page> known = read.get(track);
        if (known != null) {
            return known;
        }
        if (away.containsKey(track)) {
            throw away.get(track);
        }
        try {
            known = pages.read(track, names, budget);
            read.put(track, known);
            return known;
        } catch (Unavailable e) {
            away.put(track, e);
            throw e;
        }
    }

    @Override
    public Set<String> mayHave(Collection<String> metrics, Track track) throws Unavailable, DeliveryException, InterruptedException {
        List<PageSource.Page> all = pages(track);
        return metrics.stream().filter(metric -> all.stream().anyMatch(page -> page.text().page().contains(metric))).collect(Collectors.toSet());
    }

    @Override
    public List<Sample> query(String query) throws DeliveryException {
        throw noQueries();
    }

    @Override
    public List<Series> queryRange(String query, Instant start, Instant end, Duration step) throws DeliveryException {
        throw noQueries();
    }

    private static DeliveryException noQueries() {
        return DeliveryException.invalid("prometheus", "a query needs a Prometheus server, and none is given", "Give its URL, or use errorRate, which reads the models' own metrics.");
    }

    @Override
    public String parameter() {
        return parameter;
    }
}
