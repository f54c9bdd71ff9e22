package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.stats.AlphaShares;
import io.jenkins.plugins.mldelivery.verify.stats.DistributionTest;
import io.jenkins.plugins.mldelivery.verify.stats.Divergence;
import java.util.Arrays;
import java.util.Locale;

/**
 * One look of an {@link Check.Distribution}. A difference is shown by a test that is valid at every look; that it is large, by a bound on the index, which is valid for one look: so each time that the observations have grown by some part, it is taken with a smaller share of α.
 * A small difference is shown by the other bound, which is looked at only when they have grown so, each time with a smaller share of β.
 */
final class DistributionLook implements CheckLook {
    /** By which factor the observations grow between two looks for a pass. */
    private static final double GROWTH = 1.3;

    private final Check.Distribution check;
    private final Watch watch;

    DistributionLook(Check.Distribution check, Watch watch) {
        this.check = check;
        this.watch = watch;
    }

    @Override
    public CheckState look(CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HistogramEvidence before = state.evidence() instanceof HistogramEvidence e ? e : HistogramEvidence.none();
        HistogramTicks.Moved moved = new HistogramTicks(watch, new Selector(check.metric(), check.labels(), "labels"), null).read(before);
        try {
            return moved.caveats().on(judge(moved));
        } catch (IllegalArgumentException e) {
            throw Damaged.evidence(check.name(), e);
        }
    }

    private CheckState judge(HistogramTicks.Moved moved) {
        HistogramEvidence e = moved.evidence();
        if (e.layout().isEmpty()) {
            CheckState none = new CheckState(null, "", Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, e);
            return none.decided(null, moved.canaryAbsent()
                    ? "metric: the canary has no histogram '" + check.metric() + "'; correct metric, labels or canary, or see that the metrics are collected"
                    : "metric: the histograms '" + check.metric() + "' of the two tracks are not there yet, or have no bucket in common");
        }
        DistributionTest test = e.test() instanceof DistributionTest before ? before : DistributionTest.none(new Layout(e.layout()).bounds());
        PodGuard guard = PodGuard.of(e);
        for (HistogramTicks.Tick tick : moved.ticks()) {
            watch.deadline().check();
            guard = guard.seen(tick);
            test = tick.isWhole() ? test.plus(tick.bounds(), tick.canary(), tick.stable(), guard.discount()) : test;
        }
        double n = Arrays.stream(test.canary()).sum();
        double m = Arrays.stream(test.stable()).sum();
        boolean mayPass = Math.min(n, m) >= check.minSamples() && n >= e.nextPass();
        int passes = mayPass ? e.passes() + 1 : e.passes();
        Divergence psi = test.psi(1 - AlphaShares.ofOpenEndedStep(watch.alpha(), Math.max(1, passes)));
        HistogramEvidence next = e.withTests(null, -1, RatioCounts.none(), test, guard, passes, mayPass ? n * GROWTH : e.nextPass());
        CheckState s = new CheckState(null, "", Double.NaN, Double.NaN, n > 0 ? psi.corrected() : Double.NaN, n > 0 ? psi.atLeast() : Double.NaN, Double.NaN, (long) n, next);
        if (Math.min(n, m) < check.minSamples()) {
            return s.decided(null, Texts.count(Math.min(n, m)) + " of at least " + Texts.count(check.minSamples()) + " observations seen on each track");
        }
        String size = String.format(
                Locale.ROOT, ", after %,.0f observations (population stability index %.3f, Jensen-Shannon distance %.3f)", n, psi.corrected(), test.jensenShannon(1 - watch.alpha()).corrected());
        if (test.logEvidence() >= Math.log(1 / watch.alpha()) && psi.atLeast() >= check.floor()) {
            return s.decided(Verdict.FAIL, "distributed otherwise than the stable version's by an index of at least " + String.format(Locale.ROOT, "%.2f", Math.floor(100 * psi.atLeast()) / 100) + Texts.sure(watch.alpha()) + size);
        }
        int only = OneBucket.of(test.canary(), test.stable());
        if (only >= 0) {
            double[] bounds = new Layout(e.layout()).bounds();
            String range = bounds.length == 1 ? "" : ", " + OneBucket.range(bounds, only, 1);
            return s.decided(null, "all observations are in one bucket" + range + ", so that no difference could show; give the histogram finer buckets" + size);
        }
        if (mayPass) {
            double beta = AlphaShares.ofOpenEndedStep(check.beta(), passes);
            if (test.psi(1 - beta).atMost() < check.floor()) {
                return s.decided(Verdict.PASS, "distributed as the stable version's, up to an index of " + Texts.exact(check.floor()) + Texts.sure(check.beta()) + size);
            }
        }
        return s.decided(null, "not decided yet" + size);
    }
}
