package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the models' own pages. A sample's time is the scrape's, or the time stamp that the page gives. */
public final class ScrapeSource implements MetricSource {
    private final TrackMetrics pages;
    private final String parameter;
    private final Clock clock;
    private final SourceNotes notes;
    private final Map<Track, List<Page>> read = new EnumMap<>(Track.class);

    /**
     * @param parameter the parameter that the pages came from, for errors
     * @param notes takes what is odd about the pages
     */
    public ScrapeSource(TrackMetrics pages, String parameter, Clock clock, SourceNotes notes) {
        this.pages = pages;
        this.parameter = parameter;
        this.clock = clock;
        this.notes = notes;
    }

    @Override
    public void beginLook(Duration budget) {
        read.clear();
    }

    @Override
    public void endLook() {
        read.clear();
    }

    @Override
    public Reading counters(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException {
        LabelMatchers matchers = selector.parsed();
        List<Series> series = new ArrayList<>();
        Facts facts = new Facts();
        for (Page page : pages(track)) {
            ExpositionPage parsed = ExpositionParser.read(page.text(), selector.metric());
            facts.saw(page, parsed);
            Map<String, Series> once = new TreeMap<>();
            for (ExpositionPage.Line line : parsed.lines()) {
                if (matchers == null || matchers.matches(line.labels())) {
                    Series one = new Series(page.source(), line.labels(), List.of(new Point(line.millis(page.at()), line.value())), parsed.created(line.labels()));
                    if (once.putIfAbsent(one.key(), one) != null) {
                        notes.warn(page.source() + " shows a series of '" + selector.metric() + "' twice; the first one is read");
                    }
                }
            }
            series.addAll(once.values());
        }
        return new Reading(series, facts.scraped, facts.started);
    }

    @Override
    public HistogramReading histograms(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException {
        LabelMatchers matchers = selector.parsed();
        ClassicHistograms histograms = new ClassicHistograms(notes);
        Facts facts = new Facts();
        for (Page page : pages(track)) {
            ExpositionPage parsed = ExpositionParser.read(page.text(), selector.histogram() + "_bucket");
            facts.saw(page, parsed);
            for (ExpositionPage.Line line : parsed.lines()) {
                if (matchers == null || matchers.matches(line.labels())) {
                    Map<String, String> rest = new HashMap<>(line.labels());
                    rest.remove("le");
                    histograms.add(page.source(), line.labels(), List.of(new Point(line.millis(page.at()), line.value())), parsed.created(rest));
                }
            }
        }
        return new HistogramReading(histograms.series(), facts.scraped, facts.started);
    }

    private static final class Facts {
        private final Map<String, NavigableSet<Long>> scraped = new HashMap<>();
        private final Map<String, Long> started = new HashMap<>();

        void saw(Page page, ExpositionPage parsed) {
            scraped.computeIfAbsent(page.source(), s -> new TreeSet<>()).add(page.at().toEpochMilli());
            if (parsed.processStart() != null) {
                started.put(page.source(), parsed.processStart());
            }
        }
    }

    /** A page as it was read in this look, for all checks. */
    private record Page(String source, ExpositionText text, Instant at) {}

    private List<Page> pages(Track track) throws Unavailable, DeliveryException, InterruptedException {
        List<Page> known = read.get(track);
        if (known == null) {
            Instant begin = clock.now();
            known = scrape(track).stream().map(page -> new Page(page.source(), new ExpositionText(page.text()), page.at() == null ? begin : page.at())).toList();
            read.put(track, known);
        }
        return known;
    }

    private List<TrackMetrics.Page> scrape(Track track) throws Unavailable, DeliveryException, InterruptedException {
        try {
            return pages.scrape(track);
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
    public Set<String> mayHave(Collection<String> metrics, Track track) throws Unavailable, DeliveryException, InterruptedException {
        List<Page> all = pages(track);
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
