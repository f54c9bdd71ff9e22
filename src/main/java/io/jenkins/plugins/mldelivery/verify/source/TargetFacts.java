package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/** What Prometheus knows of the targets behind series: when they were scraped (<code>up</code>), when their processes began, and when their counters were created. Where it does not know, the series are read without it. */
final class TargetFacts {
    /**
     * Series and targets that are remembered, each in {@link #REMEMBERED} bytes, so 2 MiB in all of a wait; what is forgotten is
     * asked again when it comes up again.
     */
    private static final int MAX_REMEMBERED = 20_000;

    /** Bytes of a time by a key, with its place in a map. */
    private static final int REMEMBERED = 104;

    /** Bytes of a time in the order of the others, of which several metrics take a copy. */
    private static final int TIME = 112;

    private final Asker asker;
    private final Set<SeriesKey> asked = new HashSet<>();
    private final Map<SeriesKey, Long> started = new HashMap<>();
    private final Map<SeriesKey, Long> created = new HashMap<>();

    /** Asks an instant query. */
    interface Asker {
        ApiAnswer ask(String parameter, String query, AskedRange range) throws MetricSource.Unavailable, DeliveryException, InterruptedException;
    }

    TargetFacts(Asker asker) {
        this.asker = asker;
    }

    Reading reading(List<Series> series, String metric, String matchers, AskedRange range, Instant since, LookBudget budget) throws InterruptedException {
        String base = metric.endsWith("_total") ? metric.substring(0, metric.length() - "_total".length()) : metric;
        Read read = new Read(base, budget);
        series.forEach(s -> read.saw(s.source(), s.labels(), s.points().get(0).millis() > since.toEpochMilli()));
        askAge(matchers, read);
        List<Series> dated = new ArrayList<>();
        for (Series s : series) {
            dated.add(new Series(s.source(), s.labels(), s.points(), created.get(read.keys.get(dated.size()))));
        }
        return new Reading(dated, series.isEmpty() ? Map.of() : scraped(matchers, range, budget), read.started(started));
    }

    HistogramReading histograms(List<HistogramSeries> series, boolean sparse, String base, String matchers, AskedRange range, Instant since, LookBudget budget)
            throws InterruptedException {
        Read read = new Read(base, budget);
        series.forEach(s -> read.saw(s.source(), s.labels(), s.points().get(0).millis() > since.toEpochMilli()));
        askAge(matchers, read);
        List<HistogramSeries> dated = new ArrayList<>();
        for (HistogramSeries s : series) {
            dated.add(new HistogramSeries(s.source(), s.labels(), s.points(), created.get(read.keys.get(dated.size()))));
        }
        return new HistogramReading(dated, series.isEmpty() ? Map.of() : scraped(matchers, range, budget), read.started(started), sparse);
    }

    /** The series of one metric that a look has read. */
    private static final class Read {
        private final String base;
        private final LookBudget budget;
        private final List<SeriesKey> keys = new ArrayList<>();
        private final Set<SeriesKey> young = new HashSet<>();
        private final Map<String, SeriesKey> sources = new HashMap<>();

        Read(String base, LookBudget budget) {
            this.base = base;
            this.budget = budget;
        }

        SeriesKey key(String source, Map<String, String> labels) {
            return SeriesKey.of(base + source, labels);
        }

        /** @param isYoung whether it came up during the wait */
        void saw(String source, Map<String, String> labels, boolean isYoung) {
            SeriesKey key = key(source, labels);
            keys.add(key);
            if (isYoung) {
                young.add(key);
            }
            if (!sources.containsKey(source)) {
                budget.made(2 * REMEMBERED);
                sources.put(source, SeriesKey.of(source));
            }
        }

        /** Of what is known of sources, that of those which were read, under the texts that the series have already. */
        Map<String, Long> started(Map<SeriesKey, Long> known) {
            Map<String, Long> started = new HashMap<>();
            sources.forEach((source, key) -> {
                Long millis = known.get(key);
                if (millis != null) {
                    started.put(source, millis);
                }
            });
            return started;
        }
    }

    /** Once for each series that came up during the wait. */
    private void askAge(String matchers, Read read) throws InterruptedException {
        if (asked.containsAll(read.young)) {
            return;
        }
        if (remembered() + read.young.size() > MAX_REMEMBERED) {
            // Pods that come and go over days, or a server that makes them up.
            started.clear();
            created.clear();
            asked.clear();
        }
        read.young.stream().limit(MAX_REMEMBERED / 2).forEach(asked::add);
        String names = "__name__=~\"" + read.base.replace("\\", "\\\\\\\\").replace(".", "\\\\.").replace("\"", "\\\"") + "_created|process_start_time_seconds\"";
        for (ApiAnswer.Row row : rows("{" + names + (matchers == null ? "" : "," + matchers) + "}", AskedRange.NONE)) {
            if (row.points().isEmpty() || !SampleTimes.isTime(row.points().get(0).value() * 1000)) {
                continue;
            }
            long millis = Math.round(row.points().get(0).value() * 1000);
            if ("process_start_time_seconds".equals(row.labels().get("__name__"))) {
                remember(started, SeriesKey.of(row.source()), millis, Math::max);
            } else {
                remember(created, read.key(row.source(), SeriesReader.labels(row)), millis, (before, now) -> now);
            }
        }
    }

    private int remembered() {
        return asked.size() + started.size() + created.size();
    }

    private void remember(Map<SeriesKey, Long> times, SeriesKey key, long millis, BinaryOperator<Long> both) {
        if (remembered() < MAX_REMEMBERED || times.containsKey(key)) {
            times.merge(key, millis, both);
        }
    }

    private Map<String, NavigableSet<Long>> scraped(String matchers, AskedRange range, LookBudget budget) throws InterruptedException {
        Map<String, NavigableSet<Long>> times = new HashMap<>();
        for (ApiAnswer.Row row : rows("up{" + (matchers == null ? "" : matchers) + "}", range)) {
            budget.made((long) TIME * row.points().size());
            for (Point point : row.points()) {
                if (point.value() == 1) {
                    times.computeIfAbsent(row.source(), s -> new TreeSet<>()).add(point.millis());
                }
            }
        }
        return times;
    }

    private List<ApiAnswer.Row> rows(String query, AskedRange range) throws InterruptedException {
        try {
            return asker.ask("metric", query, range).rows();
        } catch (MetricSource.Unavailable | DeliveryException e) {
            return List.of(); // The series themselves were read; without this a new one only starts later.
        }
    }
}
