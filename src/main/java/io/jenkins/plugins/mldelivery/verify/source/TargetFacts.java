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

/** What Prometheus knows of the targets behind series: when they were scraped (<code>up</code>), when their processes began, and when their counters were created. Where it does not know, the series are read without it. */
final class TargetFacts {
    /** Series and targets that are remembered; what is forgotten is asked again when it comes up again. */
    private static final int MAX_REMEMBERED = 20_000;

    /** Bytes of a time in the order of the others, of which several metrics take a copy. */
    private static final int TIME = 112;

    private final Asker asker;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, Long> started = new HashMap<>();
    private final Map<String, Long> created = new HashMap<>();

    /** Asks an instant query. */
    interface Asker {
        ApiAnswer ask(String parameter, String query, AskedRange range) throws MetricSource.Unavailable, DeliveryException, InterruptedException;
    }

    TargetFacts(Asker asker) {
        this.asker = asker;
    }

    Reading reading(List<Series> series, String metric, String matchers, AskedRange range, Instant since, LookBudget budget) throws InterruptedException {
        String base = metric.endsWith("_total") ? metric.substring(0, metric.length() - "_total".length()) : metric;
        Set<String> young = new HashSet<>();
        series.stream().filter(s -> s.points().get(0).millis() > since.toEpochMilli()).forEach(s -> young.add(base + s.key()));
        askAge(base, matchers, young);
        List<Series> dated = new ArrayList<>();
        for (Series s : series) {
            dated.add(new Series(s.source(), s.labels(), s.points(), created.get(base + s.key())));
        }
        return new Reading(dated, series.isEmpty() ? Map.of() : scraped(matchers, range, budget), started);
    }

    HistogramReading histograms(List<HistogramSeries> series, boolean sparse, String base, String matchers, AskedRange range, Instant since, LookBudget budget)
            throws InterruptedException {
        Set<String> young = new HashSet<>();
        series.stream().filter(s -> s.points().get(0).millis() > since.toEpochMilli()).forEach(s -> young.add(base + s.key()));
        askAge(base, matchers, young);
        List<HistogramSeries> dated = new ArrayList<>();
        for (HistogramSeries s : series) {
            dated.add(new HistogramSeries(s.source(), s.labels(), s.points(), created.get(base + s.key())));
        }
        return new HistogramReading(dated, series.isEmpty() ? Map.of() : scraped(matchers, range, budget), started, sparse);
    }

    /** Once for each series that came up during the wait. */
    private void askAge(String base, String matchers, Set<String> young) throws InterruptedException {
        if (!asked.addAll(young)) {
            return;
        }
        if (asked.size() > MAX_REMEMBERED || started.size() + created.size() > MAX_REMEMBERED) {
            // Pods that come and go over days, or a server that makes them up.
            started.clear();
            created.clear();
            asked.clear();
            asked.addAll(young);
        }
        String names = "__name__=~\"" + base.replace("\\", "\\\\\\\\").replace(".", "\\\\.").replace("\"", "\\\"") + "_created|process_start_time_seconds\"";
        for (ApiAnswer.Row row : rows("{" + names + (matchers == null ? "" : "," + matchers) + "}", AskedRange.NONE)) {
            if (row.points().isEmpty() || !SampleTimes.isTime(row.points().get(0).value() * 1000)) {
                continue;
            }
            long millis = Math.round(row.points().get(0).value() * 1000);
            String source = SeriesReader.source(row.labels());
            if ("process_start_time_seconds".equals(row.labels().get("__name__"))) {
                started.merge(source, millis, Math::max);
            } else {
                created.put(base + SeriesKey.of(source, SeriesReader.labels(row)), millis);
            }
        }
    }

    private Map<String, NavigableSet<Long>> scraped(String matchers, AskedRange range, LookBudget budget) throws InterruptedException {
        Map<String, NavigableSet<Long>> times = new HashMap<>();
        for (ApiAnswer.Row row : rows("up{" + (matchers == null ? "" : matchers) + "}", range)) {
            budget.made((long) TIME * row.points().size());
            for (Point point : row.points()) {
                if (point.value() == 1) {
                    times.computeIfAbsent(SeriesReader.source(row.labels()), s -> new TreeSet<>()).add(point.millis());
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
