package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.source.Sample;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import io.jenkins.plugins.mldelivery.verify.stats.BoundedDifferenceTest;
import io.jenkins.plugins.mldelivery.verify.stats.DifferenceTest;
import io.jenkins.plugins.mldelivery.verify.stats.NormalDifferenceTest;
import java.time.Instant;
import java.util.List;

/** One look of an {@link Check.Gauge}: one pair of measurements, as soon as both tracks have a new one. What is worse counts upwards in the test. */
final class GaugeLook implements CheckLook {
    private static final String ABSENT = "has no data yet";
    private static final String NO_NUMBER = "has a measurement that is not a finite number";

    private final Check.Gauge check;
    private final Watch watch;

    GaugeLook(Check.Gauge check, Watch watch) {
        this.check = check;
        this.watch = watch;
    }

    /** New measurements of a track; the time is of the last one. What is missing is told as a predicate, or is null. */
    private record Fresh(double sum, double count, long upTo, String missing, List<Series> series) {
        /** Without the measurements. */
        Fresh without(String why) {
            return new Fresh(0, 0, upTo, why, series);
        }
    }

    @Override
    public CheckState look(CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        GaugeEvidence e = state.evidence() instanceof GaugeEvidence g ? g : GaugeEvidence.none();
        Fresh canary;
        Fresh stable;
        if (check.metric() != null) {
            canary = samples(Track.CANARY, e.canaryUpTo());
            stable = samples(Track.STABLE, e.stableUpTo());
            Overlap.refuse(canary.series(), stable.series());
        } else {
            canary = query(Track.CANARY);
            stable = query(Track.STABLE);
            if (canary.count() == 0 || stable.count() == 0) {
                // They were asked at the same time, so the one goes with no other one than this.
                canary = canary.without(canary.missing());
                stable = stable.without(stable.missing());
            } else if (canary.sum() == e.canaryLast() && stable.sum() == e.stableLast()) {
                // The same scrape as at the last look, as far as anybody can tell: no new evidence.
                canary = canary.without("still has the same measurement, as has the stable version");
                stable = stable.without(null);
            }
        }
        try {
            return judge(e, canary, stable);
        } catch (IllegalArgumentException damaged) {
            throw Damaged.evidence(check.name(), damaged);
        }
    }

    private Fresh samples(Track track, long upTo) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        long after = Math.max(upTo, watch.onset().toEpochMilli());
        List<Series> series = watch.source().counters(new Selector(check.metric(), check.labels(), "labels"), track, Instant.ofEpochMilli(after)).series();
        Copies copies = Copies.ofGauges(series, watch.source().budget());
        if (copies.text() != null) {
            watch.notes().warn((track == Track.CANARY ? "the canary " : "the stable version ") + copies.text());
        }
        double sum = 0;
        double count = 0;
        boolean infinite = false;
        long last = upTo;
        long steps = 0;
        for (Series one : series) {
            if (copies.keys().contains(one.key())) {
                continue;
            }
            for (Point point : one.points()) {
                watch.deadline().check(steps++);
                infinite |= point.millis() > after && !isNumber(point.value());
                if (point.millis() > after && isNumber(point.value())) {
                    sum += inBounds(point.value());
                    count++;
                    last = Math.max(last, point.millis());
                }
            }
        }
        return new Fresh(sum, count, last, series.isEmpty() ? ABSENT : infinite && count == 0 ? NO_NUMBER : null, series);
    }

    private Fresh query(Track track) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        String matchers = watch.matchers().get(track);
        List<Sample> samples = watch.source().query(TrackWords.put(check.query(), Check.Gauge.TRACK, matchers));
        if (samples.size() > 1) {
            throw DeliveryException.invalid(
                    "query", "the query of the check '" + check.name() + "' gives " + samples.size() + " series where one is meant", "Aggregate it, for example with avg(…) or max(…).");
        }
        if (samples.isEmpty() || watch.isWarmingUp()) {
            return new Fresh(0, 0, 0, samples.isEmpty() ? ABSENT : null, List.of());
        }
        double value = samples.get(0).value();
        return isNumber(value) ? new Fresh(inBounds(value), 1, 0, null, List.of()) : new Fresh(0, 0, 0, NO_NUMBER, List.of());
    }

    /** Of what is larger than any measurement the test's squares would be infinite. */
    private static boolean isNumber(double value) {
        return Math.abs(value) <= ReadLimits.MAX_VALUE;
    }

    private double inBounds(double value) throws DeliveryException {
        if (check.low() != null && (value < check.low() || value > check.high())) {
            throw DeliveryException.invalid(
                    value > check.high() ? "high" : "low", "the check '" + check.name() + "' measured " + Texts.measured(value) + ", which is out of its bounds",
                    "Give bounds that no measurement leaves, or none.");
        }
        return value;
    }

    private CheckState judge(GaugeEvidence e, Fresh canary, Fresh stable) {
        double canarySum = e.canarySum() + canary.sum();
        double canaryCount = e.canaryCount() + canary.count();
        double stableSum = e.stableSum() + stable.sum();
        double stableCount = e.stableCount() + stable.count();
        boolean lower = "lower".equals(check.worse());
        DifferenceTest test = test(e.test());
        boolean whole = canaryCount > 0 && stableCount > 0;
        double canaryMean = canaryCount > 0 ? canarySum / canaryCount : e.canaryLast();
        double stableMean = stableCount > 0 ? stableSum / stableCount : e.stableLast();
        if (whole) {
            // Of measurements of which less is worse, the tracks are exchanged.
            test = lower ? test.plus(stableMean, canaryMean, watch.alpha()) : test.plus(canaryMean, stableMean, watch.alpha());
        }
        GaugeEvidence next = new GaugeEvidence(
                canary.upTo(), stable.upTo(), whole ? 0 : canarySum, whole ? 0 : canaryCount, whole ? 0 : stableSum, whole ? 0 : stableCount,
                // A measurement that waits for the other track's is none yet: it would be taken for a repeated one.
                whole ? canaryMean : e.canaryLast(), whole ? stableMean : e.stableLast(),
                e.canaryRepeats() + (whole ? repeats(canaryMean, e.canaryLast()) : 0),
                e.stableRepeats() + (whole ? repeats(stableMean, e.stableLast()) : 0), test);
        double effect = lower ? -test.estimate() : test.estimate();
        CheckState s = new CheckState(
                null, "", canaryMean, stableMean, effect, lower ? -test.upper() : test.lower(), lower ? -test.lower() : test.upper(), test.ticks(), next);
        if (test.ticks() < check.minSamples()) {
            return s.decided(null, missing(canary, stable) + test.ticks() + " of at least " + check.minSamples() + " measurements taken");
        }
        String then = ", after " + test.ticks() + " measurements (the last: canary " + Texts.measured(canaryMean) + ", stable " + Texts.measured(stableMean) + ")";
        String same = mostlySame(next);
        if (same != null) {
            return s.decided(null, missing(canary, stable) + "most measurements of " + same + " are the same, so that rare ones that are far away would not be foreseen;"
                    + " give low and high, which holds for any measurement" + then);
        }
        String direction = lower ? "lower" : "higher";
        String tolerance = Texts.exact(check.tolerance());
        if (test.logEvidenceAbove(check.tolerance()) >= Math.log(1 / watch.alpha())) {
            return s.decided(Verdict.FAIL, check.name() + " " + direction + " than the stable version's by more than " + tolerance + Texts.sure(watch.alpha()) + then);
        }
        if (test.logEvidenceBelow(check.tolerance()) >= Math.log(1 / check.beta())) {
            return s.decided(Verdict.PASS, check.name() + " not " + direction + " than the stable version's by " + tolerance + Texts.sure(check.beta()) + then);
        }
        return s.decided(null, missing(canary, stable) + "not decided yet" + then);
    }

    private static int repeats(double measurement, double last) {
        return Double.compare(measurement, last) == 0 ? 1 : 0;
    }

    /**
     * The track of whose measurements more than half repeat the one before, which no normal distribution does; null when there is none, or the test does
     * not need one. Of a query's measurements it takes four in five: each track's own scrape is asked for again whenever the other one has a new one.
     */
    private String mostlySame(GaugeEvidence e) {
        long pairs = e.test().ticks() - 1;
        if (check.low() != null) {
            return null;
        }
        double most = pairs * (check.query() == null ? 0.5 : 0.8);
        return e.canaryRepeats() > most ? "the canary" : e.stableRepeats() > most ? "the stable version" : null;
    }

    /** In front of how far it is. */
    private String missing(Fresh canary, Fresh stable) {
        String why = canary.missing() != null ? "the canary " + canary.missing() : stable.missing() != null ? "the stable version " + stable.missing() : null;
        return why == null ? "" : (why.endsWith(ABSENT) ? (check.metric() != null ? "metric: " : "query: ") : "") + why + ", ";
    }

    /** A quarter of what does not matter is taken for the measurement's own resolution, so that some measurements that happen to be the same are not taken for certainty. */
    private DifferenceTest test(DifferenceTest before) {
        if (before != null) {
            return before;
        }
        return check.low() == null ? NormalDifferenceTest.none(check.tolerance() / 4) : BoundedDifferenceTest.none(check.low(), check.high(), check.tolerance());
    }
}
