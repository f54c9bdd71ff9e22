package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the histograms of both tracks and cuts what they counted into ticks of one layout of buckets. The layout is chosen once, from the bounds that both tracks have, never from what the canary's buckets hold; until then, and while only one track moves, observations
 * are kept open, so that none is lost.
 */
final class HistogramTicks {
    /** Histogram series that are followed at most, a track; each has many numbers. */
    static final int MAX_SERIES = 500;

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
        refuseTooMany(canaryMoved.next());
        refuseTooMany(stableMoved.next());
        Layout layout = before.layout().isEmpty() ? Layout.of(canary, stable, wantedBound) : new Layout(before.layout());
        OpenHistogram openCanary = layout.isEmpty() ? before.openCanary() : fitting(before.openCanary(), layout);
        OpenHistogram openStable = layout.isEmpty() ? before.openStable() : fitting(before.openStable(), layout);
        List<Tick> ticks = new ArrayList<>();
        TreeMap<Long, Window> windows = new TreeMap<>();
        fitting(canaryMoved.increments(), layout.misfits(canary), "canary").forEach(i -> window(windows, i).canary.merge(i.source(), i.amount(), Buckets::plus));
        fitting(stableMoved.increments(), layout.misfits(stable), "stable").forEach(i -> window(windows, i).stable.merge(i.source(), i.amount(), Buckets::plus));
        windows.putIfAbsent(Long.MAX_VALUE, new Window()); // What is open may have become whole by the layout alone.
        for (Window window : windows.values()) {
            openCanary = open(openCanary, window.canary);
            openStable = open(openStable, window.stable);
            if (layout.isEmpty()) {
                continue;
            }
            double[] bounds = layout.bounds();
            boolean whole = openCanary.total() > 0 && openStable.total() > 0;
            ticks.add(new Tick(
                    bounds, whole ? openCanary.buckets().onto(bounds).counts() : null, whole ? openStable.buckets().onto(bounds).counts() : null, pods(window.canary, bounds),
                    pods(window.stable, bounds)));
            openCanary = whole ? OpenHistogram.NONE : openCanary;
            openStable = whole ? OpenHistogram.NONE : openStable;
        }
        HistogramEvidence next = new HistogramEvidence(
                before.preset(), canaryMoved.next(), stableMoved.next(), layout.finite(), openCanary, openStable, before.bound(), before.counts(), before.test(),
                before.middle(), before.bursts(), before.passes(), before.nextPass());
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

    /** What is kept of a track must be what can be read again. */
    private void refuseTooMany(HistogramCounters next) throws DeliveryException {
        if (next.buckets() > ReadLimits.MAX_TRACK_BUCKETS) {
            throw DeliveryException.invalid(
                    "metric", "the histograms '" + histogram.metric() + "' of a track have " + next.buckets() + " buckets, more than " + ReadLimits.MAX_TRACK_BUCKETS,
                    "Narrow it with labels, or choose a histogram with fewer buckets.");
        }
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

    private static Map<String, double[]> pods(Map<String, Buckets> pods, double[] bounds) {
        Map<String, double[]> counts = new TreeMap<>();
        pods.forEach((source, buckets) -> counts.put(source, buckets.onto(bounds).counts()));
        return counts;
    }

    /** What can be counted; the layout is chosen so that all that is there by then can, and what comes later may not. */
    private List<Increment<Buckets>> fitting(List<Increment<Buckets>> increments, Set<String> misfits, String track) {
        if (misfits.isEmpty()) {
            return increments;
        }
        watch.notes().warn("some of the " + track + " pods' histograms '" + histogram.metric() + "' have other buckets than the others; what they count is left out");
        return increments.stream().filter(i -> !misfits.contains(i.key())).toList();
    }

    /** What was counted before there was a layout, perhaps by a pod with other buckets that is gone. */
    private static OpenHistogram fitting(OpenHistogram open, Layout layout) {
        return open.total() > 0 && open.buckets().cutBy(layout.bounds()) > 0 ? OpenHistogram.NONE : open;
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
