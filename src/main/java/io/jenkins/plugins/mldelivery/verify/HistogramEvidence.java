package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.BurstGuard;
import io.jenkins.plugins.mldelivery.verify.stats.HistogramTest;
import java.util.List;
import java.util.Objects;

/**
 * What an {@link Check.Latency} or an {@link Check.Distribution} has seen.
 *
 * @param preset whose metrics are read; null while none are found, and when the check names a metric
 * @param canary the canary's histograms
 * @param stable the stable version's histograms
 * @param layout upper bounds of the buckets in which the tests count, without the last one (+Inf); empty while they are not chosen
 * @param openCanary what is not yet in the tests
 * @param openStable likewise
 * @param bound index in the layout of the bound that requests are compared at, or −1
 * @param counts requests that are slower than the bound, and the test of their ratio
 * @param test the test over all buckets; null before there is any
 * @param middle index in the layout of the bound that about half of the stable version's observations exceed, at which the pods of a track are compared; −1 while it is not known
 * @param bursts how observations are spread over the pods and the looks; null before there is any
 * @param passes how often a pass was looked for, for the distribution
 * @param nextPass at how many canary observations it is looked for again
 */
public record HistogramEvidence(
        String preset,
        HistogramCounters canary,
        HistogramCounters stable,
        List<Double> layout,
        OpenHistogram openCanary,
        OpenHistogram openStable,
        int bound,
        RatioCounts counts,
        HistogramTest test,
        int middle,
        BurstGuard bursts,
        int passes,
        double nextPass)
        implements Evidence {
    public HistogramEvidence {
        // Told by Jackson as damaged JSON.
        Objects.requireNonNull(canary, "canary");
        Objects.requireNonNull(stable, "stable");
        Objects.requireNonNull(openCanary, "openCanary");
        Objects.requireNonNull(openStable, "openStable");
        Objects.requireNonNull(counts, "counts");
        layout = List.copyOf(layout);
        Numbers.bounds(layout);
        if (layout.size() > Layout.MAX_BUCKETS) {
            // Each pod's counts of a look are brought into these buckets.
            throw new IllegalArgumentException("it counts in " + layout.size() + " buckets, more than " + Layout.MAX_BUCKETS);
        }
        RequestMetrics.checkPreset(preset);
        if (bound >= Math.max(1, layout.size()) || middle >= Math.max(1, layout.size())) {
            throw new IllegalArgumentException("a bound is none of the histogram's");
        }
    }

    HistogramEvidence withTests(String newPreset, int newBound, RatioCounts newCounts, HistogramTest newTest, PodGuard guard, int newPasses, double newNextPass) {
        return new HistogramEvidence(newPreset, canary, stable, layout, openCanary, openStable, newBound, newCounts, newTest, guard.middle(), guard.bursts(), newPasses, newNextPass);
    }

    static HistogramEvidence none() {
        return new HistogramEvidence(null, HistogramCounters.none(), HistogramCounters.none(), List.of(), OpenHistogram.NONE, OpenHistogram.NONE, -1, RatioCounts.none(), null, -1, null, 0, 0);
    }
}
