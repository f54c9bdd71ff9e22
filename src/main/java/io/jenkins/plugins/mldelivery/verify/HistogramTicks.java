package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads the histograms of both tracks and cuts what they counted into ticks of one layout of buckets. The layout is chosen once, from the bounds that both tracks have, never from what the canary's buckets hold; until then, and while only one track moves, observations
 * are kept open, so that none is lost.
 */
final class HistogramTicks {
    /** Histogram series that are followed at most, a track; each has many numbers. */
    static final int MAX_SERIES = 500;

    /** As many as the tests take. */
    private static final int MAX_BUCKETS = 100;

    private final Watch watch;
    private final Selector histogram;
    private final Double wantedBound;

    /** @param wantedBound a bound that the layout must keep when it is thinned out, or null */
    HistogramTicks(Watch watch, Selector histogram, Double wantedBound) {
        this.watch = watch;
        this.histogram = histogram;
        this.wantedBound = wantedBound;
    }

    /**
     * A window.
     *
     * @param bounds upper bounds, the last one +Inf
     * @param canary the track's observations of each bucket by itself, with what was open before; null while one of the tracks has none
     * @param stable likewise
     * @param canaryPods what each source of the canary counted in this window
     * @param stablePods likewise
     */
    record Tick(double[] bounds, double[] canary, double[] stable, Map<String, double[]> canaryPods, Map<String, double[]> stablePods) {
        boolean isWhole() {
            return canary != null;
        }
    }

    /**
     * What a look brought.
     *
     * @param ticks in the order of their time; none before there is a layout
     * @param evidence with the samples to go on from, the layout and what stays open; the tests are as they were
     * @param canaryAbsent whether the canary has no such series
     * @param history what the stable version had observed until the onset, or null when nothing is known of it
     */
    record Moved(List<Tick> ticks, HistogramEvidence evidence, boolean canaryAbsent, Buckets history) {}

    Moved read(HistogramEvidence before) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HistogramReading canary = read(Track.CANARY, before.canary());
        HistogramReading stable = read(Track.STABLE, before.stable());
        Overlap.refuseHistograms(canary.series(), stable.series());
        HistogramCounters.Moved canaryMoved = before.canary().after(canary, watch.onset());
        HistogramCounters.Moved stableMoved = before.stable().after(stable, watch.onset());
        List<Double> layout = before.layout().isEmpty() ? layout(canary, stable) : before.layout();
        OpenHistogram openCanary = before.openCanary();
        OpenHistogram openStable = before.openStable();
        List<Tick> ticks = new ArrayList<>();
        TreeMap<Long, Window> windows = new TreeMap<>();
        canaryMoved.increments().forEach(i -> window(windows, i).canary.merge(i.source(), i.amount(), Buckets::plus));
        stableMoved.increments().forEach(i -> window(windows, i).stable.merge(i.source(), i.amount(), Buckets::plus));
        windows.putIfAbsent(Long.MAX_VALUE, new Window()); // What is open may have become whole by the layout alone.
        for (Window window : windows.values()) {
            openCanary = open(openCanary, window.canary);
            openStable = open(openStable, window.stable);
            if (layout.isEmpty()) {
                continue;
            }
            double[] bounds = bounds(layout);
            boolean whole = openCanary.total() > 0 && openStable.total() > 0;
            ticks.add(new Tick(
                    bounds, whole ? onto(openCanary.buckets(), bounds, "canary") : null, whole ? onto(openStable.buckets(), bounds, "stable") : null, pods(window.canary, bounds, "canary"),
                    pods(window.stable, bounds, "stable")));
            openCanary = whole ? OpenHistogram.NONE : openCanary;
            openStable = whole ? OpenHistogram.NONE : openStable;
        }
        HistogramEvidence next = new HistogramEvidence(
                before.preset(), canaryMoved.next(), stableMoved.next(), layout, openCanary, openStable, before.bound(), before.counts(), before.test(),
                before.middle(), before.pods(), before.passes(), before.nextPass());
        return new Moved(ticks, next, canary.series().isEmpty(), history(stable));
    }

    private HistogramReading read(Track track, HistogramCounters last) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HistogramReading reading = watch.source().histograms(histogram, track, last.since(watch.onset()));
        if (reading.series().size() > MAX_SERIES) {
            throw DeliveryException.invalid(
                    "metric", "'" + histogram.metric() + "' has " + reading.series().size() + " histograms on one track, more than " + MAX_SERIES,
                    "Narrow it with labels, or choose a histogram with fewer labels.");
        }
        return reading;
    }

    /** What the sources of both tracks counted in a window. */
    private static final class Window {
        private final Map<String, Buckets> canary = new TreeMap<>();
        private final Map<String, Buckets> stable = new TreeMap<>();
    }

    private Window window(TreeMap<Long, Window> windows, Increment<Buckets> increment) {
        return windows.computeIfAbsent(Increment.window(increment.millis(), watch.onset(), watch.width()), w -> new Window());
    }

    private static OpenHistogram open(OpenHistogram open, Map<String, Buckets> pods) {
        OpenHistogram sum = open;
        for (Buckets one : pods.values()) {
            sum = sum.plus(one);
        }
        return sum;
    }

    private Map<String, double[]> pods(Map<String, Buckets> pods, double[] bounds, String track) {
        Map<String, double[]> counts = new TreeMap<>();
        pods.forEach((source, buckets) -> counts.put(source, onto(buckets, bounds, track)));
        return counts;
    }

    /** Buckets that a bound of the layout cuts, as those of a pod with other buckets, would count as slower than they are; they are left out rather than that. */
    private double[] onto(Buckets observed, double[] bounds, String track) {
        Buckets buckets = observed;
        if (buckets.cutBy(bounds) > 0) {
            watch.notes().warn("some of the " + track + " pods' histograms '" + histogram.metric() + "' have other buckets than the others; what they count there is left out");
            double[] counts = buckets.counts();
            double[] upper = buckets.bounds();
            for (int i = 0; i < counts.length; i++) {
                double below = i == 0 ? Double.NEGATIVE_INFINITY : upper[i - 1];
                double to = upper[i];
                counts[i] = Arrays.stream(bounds).anyMatch(b -> b > below && b < to) ? 0 : counts[i];
            }
            buckets = Buckets.of(upper, counts);
        }
        return buckets.onto(bounds).counts();
    }

    /** Empty until both tracks have buckets in common. */
    private List<Double> layout(HistogramReading canary, HistogramReading stable) {
        if (canary.series().isEmpty() || stable.series().isEmpty()) {
            return List.of();
        }
        List<Buckets> all = Stream.of(canary, stable).flatMap(r -> r.series().stream()).flatMap(s -> s.points().stream()).map(p -> p.buckets()).toList();
        double[] common = Buckets.common(all);
        if (common.length < 2) {
            return List.of();
        }
        List<Double> finite = Arrays.stream(common, 0, common.length - 1).boxed().toList();
        if (finite.size() < MAX_BUCKETS) {
            return finite;
        }
        List<Double> thinned = new ArrayList<>();
        int each = finite.size() / (MAX_BUCKETS - 2) + 1;
        for (int i = 0; i < finite.size(); i++) {
            if (i % each == each - 1 || finite.get(i).equals(wantedBound)) {
                thinned.add(finite.get(i));
            }
        }
        return thinned;
    }

    static double[] bounds(List<Double> layout) {
        double[] bounds = new double[layout.size() + 1];
        Arrays.setAll(bounds, i -> i < layout.size() ? layout.get(i) : Double.POSITIVE_INFINITY);
        return bounds;
    }

    /** Independent of all that the tests count, since it was observed before. */
    private Buckets history(HistogramReading stable) {
        Buckets sum = null;
        for (HistogramSeries series : stable.series()) {
            Buckets last = series.points().stream().filter(p -> p.millis() <= watch.onset().toEpochMilli()).reduce((a, b) -> b).map(p -> p.buckets()).orElse(null);
            sum = last == null ? sum : sum == null ? last : sum.plus(last);
        }
        return sum;
    }
}
