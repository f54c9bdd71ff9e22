package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The buckets in which tests count, and which histograms fit them.
 *
 * @param finite upper bounds without the last one (+Inf); empty while there are none
 */
record Layout(List<Double> finite) {
    /** The tests take 100, but then the evidence on latencies at all bounds would be larger than 32 KiB. */
    static final int MAX_BUCKETS = 72;

    /**
     * The bounds that all histograms of both tracks have; none until both tracks have histograms with bounds in common. Of classic histograms only the bounds that are written there count, not what a bucket that is empty at present would allow.
     *
     * @param wantedBound a bound that is kept when there are too many, or null
     * @param deadline until when it has to be found
     */
    static Layout of(HistogramReading canary, HistogramReading stable, Double wantedBound, Deadline deadline) {
        if (canary.series().isEmpty() || stable.series().isEmpty()) {
            return new Layout(List.of());
        }
        List<Buckets> all = Stream.of(canary, stable).flatMap(r -> r.series().stream()).flatMap(s -> s.points().stream()).map(p -> p.buckets()).toList();
        double[] common = Buckets.common(all, deadline);
        for (HistogramReading reading : List.of(canary, stable)) {
            if (!reading.sparse()) {
                for (HistogramSeries series : reading.series()) {
                    common = both(common, last(series).bounds());
                }
            }
        }
        return new Layout(thinned(Arrays.stream(common).filter(Double::isFinite).boxed().toList(), wantedBound));
    }

    /** What two rows of rising numbers have in common. */
    private static double[] both(double[] one, double[] other) {
        return Arrays.equals(one, other) ? one : Arrays.stream(one).filter(bound -> Arrays.binarySearch(other, bound) >= 0).toArray();
    }

    private static List<Double> thinned(List<Double> finite, Double wantedBound) {
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

    boolean isEmpty() {
        return finite.isEmpty();
    }

    /** Upper bounds, the last one +Inf. */
    double[] bounds() {
        double[] bounds = new double[finite.size() + 1];
        Arrays.setAll(bounds, i -> i < finite.size() ? finite.get(i) : Double.POSITIVE_INFINITY);
        return bounds;
    }

    /**
     * The histograms, by their keys, that can't be counted in these buckets: of a bucket that a bound cuts nobody knows what is above it. All of such a histogram is to be left out: without the buckets that are cut, as a rule those of the fast requests, the rest would look slow.
     * It is told from all that a histogram has ever counted, so that a window in which only its other buckets moved is left out as well.
     */
    Set<SeriesKey> misfits(HistogramReading reading, Deadline deadline) {
        Set<SeriesKey> misfits = new HashSet<>();
        double[] bounds = bounds();
        for (HistogramSeries series : reading.series()) {
            deadline.check();
            double[] own = last(series).bounds();
            boolean fits = Arrays.equals(own, bounds)
                    || (reading.sparse() ? series.points().stream().peek(p -> deadline.check()).allMatch(p -> p.buckets().cutBy(bounds) == 0) : finite.stream().allMatch(bound -> Arrays.binarySearch(own, bound) >= 0));
            if (!fits) {
                misfits.add(series.key());
            }
        }
        return misfits;
    }

    private static Buckets last(HistogramSeries series) {
        return series.points().get(series.points().size() - 1).buckets();
    }
}
