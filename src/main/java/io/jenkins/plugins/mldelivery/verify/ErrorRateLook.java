package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One look of an {@link Check.ErrorRate}, or of an {@link Check.OwnErrorRate}. */
final class ErrorRateLook implements CheckLook {
    /** Bytes that a pod takes. */
    private static final int POD = 40;

    /** From this share of the requests on all of them are young: a scrape or two may not be known to be. */
    private static final double MOSTLY = 0.9;

    private static final String LEFT_OUT = " podWarmUp leaves that out";

    private final Check.ErrorRate check;
    private final boolean alone;
    private final Watch watch;

    /** @param alone whether there is no other version, so that the rate is judged by what is acceptable */
    ErrorRateLook(Check.ErrorRate check, boolean alone, Watch watch) {
        this.check = check;
        this.alone = alone;
        this.watch = watch;
    }

    @Override
    public CheckState look(CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        RequestEvidence before = state.evidence() instanceof RequestEvidence e ? e : RequestEvidence.none();
        RequestMetrics metrics = RequestMetrics.of(check, alone ? List.of(Track.CANARY) : List.of(Track.values()), before.preset(), watch);
        if (metrics == null) {
            return state.decided(null, RequestMetrics.NONE_FOUND);
        }
        Reading canary = metrics.read(Track.CANARY, before.canary().since(watch.onset()), watch);
        Reading stable = alone ? Reading.none() : metrics.read(Track.STABLE, before.stable().since(watch.onset()), watch);
        Overlap.refuse(canary.series(), stable.series());
        LabelMatchers errors = LabelMatchers.parse("errors", metrics.errors()).within(watch.deadline());
        Windows<Pod> windows = new Windows<>(watch, Pod::plus, pod -> POD);
        DoubleAdder youngErrors = new DoubleAdder();
        DoubleAdder youngRequests = new DoubleAdder();
        Walked<Counters> canaryWalked = before.canary().walk(canary, watch.onset(), watch.podWarmUp(), watch.source().budget(), (increment, isYoung) -> {
            Pod pod = counted(increment, errors);
            windows.add(Track.CANARY, pod.name(), increment.millis(), pod);
            youngErrors.add(isYoung ? pod.events() : 0);
            youngRequests.add(isYoung ? pod.requests() : 0);
        });
        Walked<Counters> stableWalked = before.stable().walk(stable, watch.onset(), watch.podWarmUp(), watch.source().budget(), (increment, isYoung) ->
                windows.add(Track.STABLE, increment.source(), increment.millis(), counted(increment, errors)));
        ErrorRateTest test;
        RatioCounts counts;
        try {
            counts = before.counts().plus(windows.inOrder().map(w -> PodTick.of(w.canary().values(), w.stable().values()))::iterator, check.margin(), watch.alpha());
            test = counts.evidence(check.margin());
        } catch (IllegalArgumentException e) {
            throw Damaged.evidence(check.name(), e);
        }
        CheckState next = new CheckState(
                null, "", counts.canaryRate(), counts.stableRate(), test.estimate(), test.lower(), test.upper(), (long) counts.canaryRequests(),
                new RequestEvidence(metrics.preset(), canaryWalked.next(), stableWalked.next(), counts, before.young() + youngErrors.sum(), before.youngRequests() + youngRequests.sum()));
        CheckState judged = Caveats.of(canaryWalked, stableWalked, watch).on(judge(next, counts, test, metrics, canary, stable));
        return judged.verdict() == Verdict.FAIL ? young(judged) : judged;
    }

    private static Pod counted(Increment<Double> increment, LabelMatchers errors) {
        return new Pod(increment.source(), errors.matches(increment.labels()) ? increment.amount() : 0, increment.amount());
    }

    private CheckState judge(CheckState s, RatioCounts counts, ErrorRateTest test, RequestMetrics metrics, Reading canary, Reading stable) throws DeliveryException {
        if (counts.canaryRequests() < check.minRequests()) {
            String few = Texts.count(counts.canaryRequests()) + " of at least " + Texts.count(check.minRequests()) + " canary requests seen";
            String none = canary.series().isEmpty()
                    ? "metric: the canary has no series of '" + metrics.names() + "'; correct metric, labels or canary, or see that the metrics are collected"
                    : "the canary has had no requests";
            return s.decided(null, counts.canaryRequests() == 0 ? none : few);
        }
        // A wrong label would find no errors at all, and pass everything.
        Set<String> labels = Stream.of(canary, stable).flatMap(r -> r.series().stream()).flatMap(one -> one.labels().keySet().stream()).collect(Collectors.toSet());
        String missing = LabelMatchers.parse("errors", metrics.errors()).labels().stream().filter(label -> !labels.contains(label)).findFirst().orElse(null);
        if (missing != null && !(canary.series().isEmpty() && stable.series().isEmpty())) {
            return s.decided(null, "errors: no series of '" + metrics.names() + "' has the label '" + missing + "', so its errors can't be told; correct errors");
        }
        RatioJudge judge = new RatioJudge("errors", check.margin(), check.acceptable(), watch.alpha(), check.beta());
        RatioJudge.Saying saying = alone ? judge.alone(counts) : judge.judge(counts, test);
        return s.decided(saying.verdict(), saying.reason());
    }

    /** A failure that may be one of how pods begin, and not of the version. */
    private CheckState young(CheckState failed) {
        RequestEvidence e = (RequestEvidence) failed.evidence();
        double errors = e.counts().canaryEvents();
        String text;
        if (e.youngRequests() >= MOSTLY * e.counts().canaryRequests()) {
            text = "all that the canary's pods have answered is of the first minute of each; if they fail only as they begin," + LEFT_OUT;
        } else if (2 * e.young() >= errors && e.young() / errors > 2 * e.youngRequests() / e.counts().canaryRequests()) {
            text = Texts.count(e.young()) + " of the canary's " + Texts.count(errors) + " errors are of the first minute of a pod, which podWarmUp can leave out";
        } else {
            return failed;
        }
        watch.notes().warn(text);
        return failed.decided(failed.verdict(), failed.reason() + "; " + text);
    }
}
