package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.SlowerTest;
import java.util.List;
import java.util.stream.Stream;

/**
 * One look of an {@link Check.Latency}. With a bound there is one test, at that bound. Without one, half of α is for the test over all bounds, half for the one at the stable version's quantile, at which "no worse" is shown.
 */
final class LatencyLook implements CheckLook {
    /** Stable observations above the quantile from which on it is known well enough. */
    private static final int ENOUGH_ABOVE = 10;

    private final Check.Latency check;
    private final Watch watch;

    LatencyLook(Check.Latency check, Watch watch) {
        this.check = check;
        this.watch = watch;
    }

    @Override
    public CheckState look(CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HistogramEvidence before = state.evidence() instanceof HistogramEvidence e ? e : HistogramEvidence.none();
        LatencyMetric metric = LatencyMetric.of(check, before.preset(), watch);
        if (metric == null) {
            return state.decided(null, RequestMetrics.NONE_FOUND);
        }
        Double wanted = check.bound() == null ? null : check.bound() * metric.perSecond();
        HistogramTicks.Moved moved = new HistogramTicks(watch, metric.histogram(), wanted).read(before);
        try {
            return moved.caveats().on(judge(test(moved, wanted, metric), moved, metric));
        } catch (IllegalArgumentException e) {
            throw Damaged.evidence(check.name(), e);
        }
    }

    private record Tests(HistogramEvidence evidence, SlowerTest anywhere, ErrorRateTest atBound) {}

    private Tests test(HistogramTicks.Moved moved, Double wanted, LatencyMetric metric) throws DeliveryException {
        HistogramEvidence e = moved.evidence();
        if (e.layout().isEmpty()) {
            return new Tests(e, null, e.counts().evidence(check.margin()));
        }
        boolean everywhere = wanted == null;
        double[] bounds = new Layout(e.layout()).bounds();
        SlowerTest anywhere = !everywhere ? null : e.test() instanceof SlowerTest before ? before : SlowerTest.none(bounds, check.margin());
        int bound = e.bound() >= 0 ? e.bound() : wanted != null ? boundAt(e.layout(), wanted, metric) : quantileOf(moved.history(), bounds);
        // A bound that the wait's own data shows is in force for what comes after it.
        boolean counts = bound >= 0;
        PodGuard guard = PodGuard.of(e);
        for (HistogramTicks.Tick tick : moved.ticks()) {
            watch.deadline().check();
            // The test at a bound has a guard of its own.
            guard = anywhere == null ? guard : guard.seen(tick);
            if (anywhere != null && tick.isWhole()) {
                anywhere = anywhere.plus(tick.bounds(), tick.canary(), tick.stable(), alpha(), guard.discount());
            }
        }
        int at = bound;
        Stream<PodTick> slow = moved.ticks().stream().filter(tick -> counts).peek(tick -> watch.deadline().check()).map(tick -> slower(tick, at));
        if (bound < 0 && anywhere != null) {
            bound = quantileOf(Buckets.of(bounds, anywhere.stable()), bounds);
        }
        RatioCounts next = e.counts().plus(slow::iterator, check.margin(), alpha());
        HistogramEvidence evidence = e.withTests(metric.preset(), bound, next, anywhere, guard, 0, 0);
        return new Tests(evidence, anywhere, next.evidence(check.margin()));
    }

    private double alpha() {
        return alphaOfEach(check, watch.alpha());
    }

    /** Of each of a check's tests. */
    static double alphaOfEach(Check.Latency check, double alpha) {
        return check.bound() == null ? alpha / 2 : alpha;
    }

    private int boundAt(List<Double> layout, double wanted, LatencyMetric metric) throws DeliveryException {
        int at = -1;
        while (at + 1 < layout.size() && layout.get(at + 1) <= wanted * (1 + 1e-12)) {
            at++;
        }
        if (at < 0) {
            throw DeliveryException.invalid(
                    "bound", Texts.exact(check.bound()) + " lies below all buckets of '" + metric.histogram().metric() + "', whose least bound is " + Texts.exact(layout.get(0) / metric.perSecond()),
                    "Give one of its bounds, or add a bucket.");
        }
        if (layout.get(at) < wanted * (1 - 1e-12)) {
            watch.notes().warn(check.name() + ": '" + metric.histogram().metric() + "' has no bucket up to " + Texts.exact(check.bound()) + "; the one up to " + Texts.exact(layout.get(at) / metric.perSecond()) + " is used");
        }
        return at;
    }

    /**
     * The index of the greatest bound that at least the share 1 − quantile is above, so that there is something to compare however coarse the buckets are; of the least bound when none is exceeded by so many. −1 when too little is known.
     */
    private int quantileOf(Buckets history, double[] bounds) {
        double above = 1 - check.quantileOrDefault();
        if (history == null || history.cutBy(bounds) > 0 || history.total() * above < ENOUGH_ABOVE) {
            return -1;
        }
        double left = history.total();
        double[] counts = history.onto(bounds).counts();
        int best = 0;
        for (int i = 0; i < bounds.length - 1; i++) {
            left -= counts[i];
            best = left >= above * history.total() * (1 - 1e-12) ? i : best;
        }
        return best;
    }

    private static PodTick slower(HistogramTicks.Tick tick, int bound) {
        OpenTick totals = tick.isWhole()
                ? new OpenTick(PodGuard.above(tick.canary(), bound), PodGuard.above(tick.canary(), -1), PodGuard.above(tick.stable(), bound), PodGuard.above(tick.stable(), -1))
                : OpenTick.NONE;
        return new PodTick(totals, PodGuard.pods(tick.canaryPods(), tick.bounds(), bound), PodGuard.pods(tick.stablePods(), tick.bounds(), bound));
    }

    private CheckState judge(Tests tests, HistogramTicks.Moved moved, LatencyMetric metric) {
        HistogramEvidence e = tests.evidence();
        RatioCounts counts = e.counts();
        double requests = tests.anywhere() == null ? counts.canaryRequests() : PodGuard.above(tests.anywhere().canary(), -1);
        CheckState s = new CheckState(
                null, "", counts.canaryRate(), counts.stableRate(), tests.atBound().estimate(), tests.atBound().lower(), tests.atBound().upper(), (long) requests, e);
        if (requests < check.minRequests()) {
            String none = moved.canaryAbsent()
                    ? "metric: the canary has no histogram '" + metric.histogram().metric() + "'; correct metric, labels or canary, or see that the metrics are collected"
                    : "the canary has had no requests that can be compared";
            return s.decided(null, requests == 0 ? none : Texts.count(requests) + " of at least " + Texts.count(check.minRequests()) + " canary requests seen");
        }
        String slow = e.bound() < 0 ? "slow requests" : "requests slower than " + Texts.exact(e.layout().get(e.bound()) / metric.perSecond()) + metric.unit();
        RatioJudge.Saying saying = new RatioJudge(slow, check.margin(), check.acceptable(), alpha(), check.beta()).judge(counts, tests.atBound());
        if (saying.verdict() != Verdict.FAIL && tests.anywhere() != null && tests.anywhere().logEvidence() >= Math.log(1 / alpha())) {
            return s.decided(Verdict.FAIL, anywhere(tests.anywhere(), e, metric) + Texts.sure(alpha()) + ", after " + Texts.count(requests) + " requests");
        }
        if (e.bound() < 0) {
            return s.decided(null, "the stable version has had too few requests to know its " + Texts.exact(100 * check.quantileOrDefault()) + " % quantile, after " + Texts.count(requests) + " canary requests");
        }
        int only = tests.anywhere() == null || saying.verdict() != Verdict.PASS ? 0 : OneBucket.of(tests.anywhere().canary(), tests.anywhere().stable());
        if (only > 0) {
            // In the first bucket all are known to be fast enough. In another one the canary may be slower without a sign of it.
            String range = OneBucket.range(new Layout(e.layout()).bounds(), only, metric.perSecond()) + metric.unit();
            return s.decided(null, "all requests are in one bucket, " + range + ", so that they can't be compared; give the histogram finer buckets, or give bound, after "
                    + Texts.count(requests) + " canary requests");
        }
        // Of the requests that the sentence counts: those since the bound is known.
        return s.of((long) counts.canaryRequests()).decided(saying.verdict(), saying.reason());
    }

    /** Names the bound with the strongest evidence. */
    private static String anywhere(SlowerTest test, HistogramEvidence e, LatencyMetric metric) {
        int best = 0;
        for (int i = 1; i < e.layout().size(); i++) {
            best = test.logEvidence(i) > test.logEvidence(best) ? i : best;
        }
        double canary = PodGuard.above(test.canary(), best) / PodGuard.above(test.canary(), -1);
        double stable = PodGuard.above(test.stable(), best) / PodGuard.above(test.stable(), -1);
        return "slower than the stable version: " + Texts.percent(canary) + " of the requests take longer than " + Texts.exact(e.layout().get(best) / metric.perSecond()) + metric.unit() + ", there "
                + Texts.percent(stable);
    }
}
