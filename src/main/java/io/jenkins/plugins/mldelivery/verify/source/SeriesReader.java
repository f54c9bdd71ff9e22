package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes series of what Prometheus answers. */
final class SeriesReader {
    /** The source of a series that belongs to no one target, as that of a recording rule. */
    static final String WHOLE = "prometheus";

    /** Labels that tell apart the Prometheus servers that scrape the same targets: of the Prometheus operator, and of Mimir. */
    private static final List<String> REPLICAS = List.of("prometheus_replica", "__replica__");

    private final SourceNotes notes;

    SeriesReader(SourceNotes notes) {
        this.notes = notes;
    }

    /** Counters' series. */
    List<Series> counters(List<ApiAnswer.Row> rows) {
        List<Series> series = new ArrayList<>();
        for (ApiAnswer.Row row : once(rows)) {
            if (!row.points().isEmpty()) {
                series.add(new Series(row.source(), labels(row), row.points(), null));
            }
        }
        return series;
    }

    /** Classic histograms: series with the label <code>le</code> put together. */
    List<HistogramSeries> classic(List<ApiAnswer.Row> rows, LookBudget budget) throws DeliveryException {
        ClassicHistograms histograms = new ClassicHistograms(notes, budget);
        for (ApiAnswer.Row row : once(rows)) {
            histograms.add(row.source(), labels(row), row.points(), null);
        }
        return histograms.series();
    }

    /** Native histograms. */
    List<HistogramSeries> natives(List<ApiAnswer.Row> rows) throws DeliveryException {
        List<HistogramSeries> series = new ArrayList<>();
        for (ApiAnswer.Row row : once(rows)) {
            if (!row.histograms().isEmpty()) {
                series.add(new HistogramSeries(row.source(), labels(row), row.histograms(), null));
            }
        }
        ClassicHistograms.check(series);
        return series;
    }

    /** Without the name, and without what tells two Prometheus servers apart. */
    static Map<String, String> labels(ApiAnswer.Row row) {
        Map<String, String> labels = new HashMap<>(row.labels());
        labels.remove("__name__");
        REPLICAS.forEach(labels::remove);
        return Map.copyOf(labels);
    }

    /** The target that a series came from. It is made once for each, see {@link ApiAnswer.Row}. */
    static String source(Map<String, String> labels) {
        if (!labels.containsKey("instance")) {
            return WHOLE;
        }
        StringBuilder source = new StringBuilder();
        for (String label : List.of("cluster", "job", "instance")) {
            String value = labels.get(label);
            if (value != null) {
                source.append(source.isEmpty() ? "" : " ").append(value);
            }
        }
        return source.toString();
    }

    /** Each series once: the copy of another Prometheus server that scrapes the same target would count everything twice. */
    private List<ApiAnswer.Row> once(List<ApiAnswer.Row> rows) {
        Map<SeriesKey, ApiAnswer.Row> kept = new LinkedHashMap<>();
        boolean several = false;
        for (ApiAnswer.Row row : rows) {
            Map<String, String> named = new TreeMap<>(row.labels());
            REPLICAS.forEach(named::remove);
            SeriesKey key = SeriesKey.of("", named);
            ApiAnswer.Row other = kept.putIfAbsent(key, row);
            if (other != null) {
                several = true;
                if (last(row) > last(other) + 60_000 || Math.abs(last(row) - last(other)) <= 60_000 && name(row).compareTo(name(other)) < 0) {
                    kept.put(key, row);
                }
            }
        }
        if (several) {
            notes.info("several Prometheus servers have scraped the same targets; of each series one copy is read");
        }
        return new ArrayList<>(kept.values());
    }

    private static String name(ApiAnswer.Row row) {
        return String.valueOf(REPLICAS.stream().map(row.labels()::get).toList());
    }

    private static long last(ApiAnswer.Row row) {
        return Math.max(
                row.points().isEmpty() ? 0 : row.points().get(row.points().size() - 1).millis(),
                row.histograms().isEmpty() ? 0 : row.histograms().get(row.histograms().size() - 1).millis());
    }
}
