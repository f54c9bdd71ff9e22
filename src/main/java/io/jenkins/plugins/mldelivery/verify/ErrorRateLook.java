package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One look of an {@link Check.ErrorRate}, or of an {@link Check.OwnErrorRate}. */
final class ErrorRateLook implements CheckLook {
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
        Counters.Moved canaryMoved = before.canary().after(canary, watch.onset());
        Counters.Moved stableMoved = before.stable().after(stable, watch.onset());
        LabelMatchers errors = LabelMatchers.parse("errors", metrics.errors()).within(watch.deadline());
        List<PodTick> ticks = Counted.ticks(counted(canaryMoved, errors), counted(stableMoved, errors), watch.onset(), watch.width());
        ErrorRateTest test;
        RatioCounts counts;
        try {
            counts = before.counts().plus(ticks, check.margin(), watch.alpha());
            test = counts.evidence(check.margin());
        } catch (IllegalArgumentException e) {
            throw Damaged.evidence(check.name(), e);
        }
        CheckState next = new CheckState(
                null, "", counts.canaryRate(), counts.stableRate(), test.estimate(), test.lower(), test.upper(), (long) counts.canaryRequests(),
                new RequestEvidence(metrics.preset(), canaryMoved.next(), stableMoved.next(), counts));
        return judge(next, counts, test, metrics, canary, stable);
    }

    private static List<Counted> counted(Counters.Moved moved, LabelMatchers errors) {
        return moved.increments().stream().map(i -> new Counted(i.source(), i.millis(), errors.matches(i.labels()) ? i.amount() : 0, i.amount())).toList();
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
}
