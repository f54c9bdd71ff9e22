package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

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
     * @param canaryPods what each source of the canary counted in this window, in buckets of its own
     * @param stablePods likewise
     */
    record Tick(double[] bounds, double[] canary, double[] stable, Map<String, Buckets> canaryPods, Map<String, Buckets> stablePods) {
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
     * @param caveats what was odd about them
     */
    record Moved(List<Tick> ticks, HistogramEvidence evidence, boolean canaryAbsent, Buckets history, Caveats caveats) {}

    Moved read(HistogramEvidence before) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HistogramReading canary = read(Track.CANARY, before.canary());
        HistogramReading stable = read(Track.STABLE, before.stable());
        Overlap.refuseHistograms(canary.series(), stable.series());
        Layout layout = before.layout().isEmpty() ? Layout.of(canary, stable, wantedBound, watch.deadline()) : new Layout(before.layout());
        Windows<Buckets> windows = new Windows<>(watch, Buckets::plus, Buckets::bytes);
        Walked<HistogramCounters> canaryWalked = walk(before.canary(), canary, layout, Track.CANARY, windows);
        Walked<HistogramCounters> stableWalked = walk(before.stable(), stable, layout, Track.STABLE, windows);
        OpenHistogram openCanary = layout.isEmpty() ? before.openCanary() : fitting(before.openCanary(), layout);
        OpenHistogram openStable = layout.isEmpty() ? before.openStable() : fitting(before.openStable(), layout);
        List<Tick> ticks = new ArrayList<>();
        double[] bounds = layout.bounds();
        // What is open may have become whole by the layout alone.
        Stream<Windows.Window<Buckets>> all = Stream.concat(windows.inOrder(), Stream.of(new Windows.Window<>()));
        for (Windows.Window<Buckets> window : (Iterable<Windows.Window<Buckets>>) all::iterator) {
            Map<String, Buckets> canaryPods = new TreeMap<>(window.canary());
            Map<String, Buckets> stablePods = new TreeMap<>(window.stable());
            openCanary = open(openCanary, canaryPods);
            openStable = open(openStable, stablePods);
            if (layout.isEmpty()) {
                continue;
            }
            boolean whole = openCanary.total() > 0 && openStable.total() > 0;
            watch.source().budget().made(whole ? 2L * Double.BYTES * bounds.length : 0);
            ticks.add(new Tick(
                    bounds, whole ? openCanary.buckets().onto(bounds).counts() : null, whole ? openStable.buckets().onto(bounds).counts() : null, canaryPods, stablePods));
            openCanary = whole ? OpenHistogram.NONE : openCanary;
            openStable = whole ? OpenHistogram.NONE : openStable;
        }
        HistogramEvidence next = new HistogramEvidence(
                before.preset(), canaryWalked.next(), stableWalked.next(), layout.finite(), openCanary, openStable, before.bound(), before.counts(), before.test(),
                before.middle(), before.bursts(), before.passes(), before.nextPass());
        return new Moved(ticks, next, canary.series().isEmpty(), history(stable), Caveats.of(canaryWalked, stableWalked, watch));
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

    /** Sorts what a track counted into windows; the layout is chosen so that all that is there by then can be counted in it, and what comes later may not. */
    private Walked<HistogramCounters> walk(HistogramCounters before, HistogramReading reading, Layout layout, Track track, Windows<Buckets> windows) throws DeliveryException {
        Set<SeriesKey> misfits = layout.misfits(reading, watch.deadline());
        if (!misfits.isEmpty()) {
            watch.notes().warn("some of the " + track.word() + " pods' histograms '" + histogram.metric() + "' have other buckets than the others; what they count is left out");
        }
        Walked<HistogramCounters> walked = before.walk(reading, watch.onset(), watch.podWarmUp(), watch.source().budget(), (increment, isYoung) -> {
            if (misfits.isEmpty() || !misfits.contains(increment.key())) {
                windows.add(track, increment.source(), increment.millis(), increment.amount());
            }
        });
        refuseTooMany(walked.next());
        return walked;
    }

    /** What is kept of a track must be what can be read again. */
    private void refuseTooMany(HistogramCounters next) throws DeliveryException {
        if (next.buckets() > ReadLimits.MAX_TRACK_BUCKETS) {
            throw DeliveryException.invalid(
                    "metric", "the histograms '" + histogram.metric() + "' of a track have " + next.buckets() + " buckets, more than " + ReadLimits.MAX_TRACK_BUCKETS,
                    "Narrow it with labels, or choose a histogram with fewer buckets.");
        }
    }

    private static OpenHistogram open(OpenHistogram open, Map<String, Buckets> pods) {
        OpenHistogram sum = open;
        for (Buckets one : pods.values()) {
            sum = sum.plus(one);
        }
        return sum;
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
