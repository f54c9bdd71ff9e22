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
     * Observations of both tracks in the layout.
     *
     * @param bounds upper bounds, the last one +Inf
     * @param canary of each bucket by itself
     * @param stable likewise
     */
    record Tick(double[] bounds, double[] canary, double[] stable) {}

    /**
     * What a look brought.
     *
     * @param ticks whole ones, in the order of their time
     * @param evidence with the samples to go on from, the layout and what stays open; the tests are as they were
     * @param canaryAbsent whether the canary has no such series
     * @param history what the stable version had observed until the onset, or null when nothing is known of it
     */
    record Moved(List<Tick> ticks, HistogramEvidence evidence, boolean canaryAbsent, Buckets history) {}

    Moved read(HistogramEvidence before) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HistogramReading canary = read(Track.CANARY, before.canary());
        HistogramReading stable = read(Track.STABLE, before.stable());
        HistogramCounters.Moved canaryMoved = before.canary().after(canary, watch.onset());
        HistogramCounters.Moved stableMoved = before.stable().after(stable, watch.onset());
        List<Double> layout = before.layout().isEmpty() ? layout(canary, stable) : before.layout();
        OpenHistogram openCanary = before.openCanary();
        OpenHistogram openStable = before.openStable();
        List<Tick> ticks = new ArrayList<>();
        TreeMap<Long, Buckets[]> windows = new TreeMap<>();
        canaryMoved.increments().forEach(i -> add(windows, 0, i));
        stableMoved.increments().forEach(i -> add(windows, 1, i));
        windows.putIfAbsent(Long.MAX_VALUE, new Buckets[2]); // What is open may have become whole by the layout alone.
        for (Buckets[] window : windows.values()) {
            openCanary = window[0] == null ? openCanary : openCanary.plus(window[0]);
            openStable = window[1] == null ? openStable : openStable.plus(window[1]);
            if (!layout.isEmpty() && openCanary.total() > 0 && openStable.total() > 0) {
                double[] bounds = bounds(layout);
                ticks.add(new Tick(bounds, onto(openCanary, bounds, "canary"), onto(openStable, bounds, "stable")));
                openCanary = OpenHistogram.NONE;
                openStable = OpenHistogram.NONE;
            }
        }
        HistogramEvidence next = new HistogramEvidence(
                before.preset(), canaryMoved.next(), stableMoved.next(), layout, openCanary, openStable, before.bound(), before.counts(), before.test(), before.passes(), before.nextPass());
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

    private void add(TreeMap<Long, Buckets[]> windows, int track, Increment<Buckets> increment) {
        Buckets[] window = windows.computeIfAbsent(Increment.window(increment.millis(), watch.onset(), watch.width()), w -> new Buckets[2]);
        window[track] = window[track] == null ? increment.amount() : window[track].plus(increment.amount());
    }

    /** Buckets that a bound of the layout cuts, as those of a pod with other buckets, would count as slower than they are; the whole tick's are left out rather than that. */
    private double[] onto(OpenHistogram open, double[] bounds, String track) {
        Buckets buckets = open.buckets();
        double cut = buckets.cutBy(bounds);
        if (cut > 0) {
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
