package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the series of a classic histogram together: cumulative counts, one series for each upper bound, which the label
 * {@code le} holds.
 */
final class ClassicHistograms {
    /** Bytes of a histogram, besides its buckets. */
    private static final int HISTOGRAM = 128;

    /** Bytes of a series of them, besides its labels and what it counted. */
    private static final int GROUP = 200;
    private static final int LABEL = 16;

    private final SourceNotes notes;
    private final LookBudget budget;
    private final Map<SeriesKey, Group> groups = new LinkedHashMap<>();
    private long steps;

    /** @param budget to which the histograms are charged */
    ClassicHistograms(SourceNotes notes, LookBudget budget) {
        this.notes = notes;
        this.budget = budget;
    }

    private static final class Group {
        private final String source;
        private final Map<String, String> labels;
        private final List<Bucket> buckets = new ArrayList<>();
        private Long created;

        Group(String source, Map<String, String> labels) {
            this.source = source;
            this.labels = labels;
        }
    }

    /** A series: how many were up to a bound, with how far its samples were walked. */
    private static final class Bucket {
        private final double bound;
        private final List<Point> points;
        private int at;

        Bucket(double bound, List<Point> points) {
            this.bound = bound;
            this.points = points;
        }

        /** Its count at a time that is later than the one before; NaN when it has none. */
        double at(long millis) {
            while (at < points.size() && points.get(at).millis() < millis) {
                at++;
            }
            double value = at < points.size() && points.get(at).millis() == millis ? points.get(at).value() : Double.NaN;
            return Math.abs(value) <= ReadLimits.MAX_COUNT ? value : Double.NaN;
        }
    }

    /**
     * A series with its label {@code le}; without one, or with one that is no number, it is left out and told.
     *
     * @param points with times that rise
     * @throws DeliveryException when its histogram has too many buckets
     */
    void add(String source, Map<String, String> labels, List<Point> points, Long created) throws DeliveryException {
        Map<String, String> rest = new TreeMap<>(labels);
        String le = rest.remove("le");
        double bound = bound(le);
        if (Double.isNaN(bound)) {
            notes.warn("a histogram of " + Urls.shown(source) + " has a bucket " + (le == null ? "without the label le" : "with le=\"" + Excerpt.of(le) + "\"") + ", which is left out");
            return;
        }
        Group group = groups.computeIfAbsent(SeriesKey.of(source, rest), key -> {
            budget.made(GROUP + (long) LABEL * rest.size());
            return new Group(source, Map.copyOf(rest));
        });
        group.created = created == null ? group.created : created;
        group.buckets.add(new Bucket(bound, points));
        if (group.buckets.size() > ReadLimits.MAX_BUCKETS) {
            throw tooMany("a histogram of " + Urls.shown(source) + " has more than " + ReadLimits.MAX_BUCKETS + " buckets");
        }
    }

    private static double bound(String le) {
        try {
            return le == null ? Double.NaN : ExpositionParser.number(le) + 0.0;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static DeliveryException tooMany(String problem) {
        return DeliveryException.invalid("metric", problem, "Narrow it with labels, or choose a histogram with fewer buckets.");
    }

    /**
     * What was put together.
     *
     * @throws DeliveryException when they have too many buckets all together
     */
    List<HistogramSeries> series() throws DeliveryException {
        List<HistogramSeries> all = new ArrayList<>();
        for (Group group : groups.values()) {
            List<HistogramPoint> points = points(group);
            if (!points.isEmpty()) {
                all.add(new HistogramSeries(group.source, group.labels, points, group.created));
            }
        }
        check(all);
        Set<DoubleBuffer> layouts = new HashSet<>();
        all.forEach(series -> layouts.add(DoubleBuffer.wrap(last(series).bounds())));
        if (layouts.size() > 1) {
            notes.warn("the histograms have " + layouts.size() + " different sets of buckets; only the bounds that they share can be compared");
        }
        return all;
    }

    /** @throws DeliveryException when histograms, classic or native, have too many buckets all together */
    static void check(List<HistogramSeries> all) throws DeliveryException {
        long buckets = all.stream().mapToLong(series -> last(series).size()).sum();
        if (buckets > ReadLimits.MAX_TRACK_BUCKETS) {
            throw tooMany("the histograms of a track have " + buckets + " buckets, more than " + ReadLimits.MAX_TRACK_BUCKETS);
        }
        Set<Double> bounds = new HashSet<>();
        Buckets before = null;
        for (HistogramSeries series : all) {
            for (HistogramPoint point : series.points()) {
                if (!point.buckets().hasBoundsOf(before)) {
                    before = point.buckets();
                    Arrays.stream(before.bounds()).forEach(bounds::add);
                }
                if (bounds.size() > ReadLimits.MAX_BOUNDS) {
                    throw tooMany("the histograms of a track have more than " + ReadLimits.MAX_BOUNDS + " different bounds");
                }
            }
        }
    }

    private static Buckets last(HistogramSeries series) {
        return series.points().get(series.points().size() - 1).buckets();
    }

    /** Its samples, in the order of their times; of two series with the same bound the first one counts. */
    private List<HistogramPoint> points(Group group) {
        group.buckets.sort(Comparator.comparingDouble(bucket -> bucket.bound));
        List<HistogramPoint> points = new ArrayList<>();
        Buckets before = null;
        for (long millis : times(group)) {
            Buckets buckets = buckets(group, millis);
            if (buckets != null) {
                buckets = buckets.sharing(before);
                budget.made(HISTOGRAM + (long) Double.BYTES * buckets.size() * (buckets.hasBoundsOf(before) ? 1 : 2));
                points.add(new HistogramPoint(millis, buckets));
                before = buckets;
            }
        }
        return points;
    }

    private static long[] times(Group group) {
        return group.buckets.stream().flatMapToLong(bucket -> bucket.points.stream().mapToLong(Point::millis)).sorted().distinct().toArray();
    }

    /** What was counted until a time; null when that can't be told. */
    private Buckets buckets(Group group, long millis) {
        double[] bounds = new double[group.buckets.size()];
        double[] counts = new double[bounds.length];
        double before = 0;
        int size = 0;
        boolean falls = false;
        for (Bucket bucket : group.buckets) {
            budget.deadline().check(++steps);
            double value = bucket.at(millis);
            if (Double.isNaN(value) || size > 0 && bounds[size - 1] == bucket.bound) {
                continue;
            }
            // A larger bucket can't hold less. Recording rules and federation tear them apart; Prometheus repairs it in the same way for histogram_quantile.
            falls |= value < before * (1 - 1e-12);
            bounds[size] = bucket.bound;
            counts[size++] = Math.max(0, value - before);
            before = Math.max(before, value);
        }
        if (size == 0) {
            return null;
        }
        if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
            notes.warn("a histogram of " + Urls.shown(group.source) + " has no bucket le=\"+Inf\", and is left out");
            return null;
        }
        if (falls) {
            notes.warn("a histogram of " + Urls.shown(group.source) + " has a bucket that holds less than a smaller one; it was taken to hold as much");
        }
        return Buckets.of(Arrays.copyOf(bounds, size), Arrays.copyOf(counts, size));
    }
}
