package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Sample;
import java.util.List;
import java.util.Locale;

/** A look that takes one measurement and counts it by the check's {@link MeasurementRules}. */
abstract class MeasuringLook implements CheckLook {
    private final Check.Measured check;
    private final Watch watch;

    MeasuringLook(Check.Measured check, Watch watch) {
        this.check = check;
        this.watch = watch;
    }

    /**
     * A measurement.
     *
     * @param outcome null when it gave no number
     * @param value the number, or NaN
     * @param nan whether it is missing because it is NaN, not because there is no data
     * @param text what it shows, or what is wrong
     */
    record Measured(Measurements.Outcome outcome, double value, boolean nan, String text) {
        static Measured of(Measurements.Outcome outcome, double value, String text) {
            return new Measured(outcome, value, false, text);
        }

        static Measured noData(String text) {
            return new Measured(null, Double.NaN, false, text);
        }

        static Measured notANumber(String text) {
            return new Measured(null, Double.NaN, true, text);
        }
    }

    abstract Measured measure() throws MetricSource.Unavailable, DeliveryException, InterruptedException;

    /** What a good measurement is, such as "wanted at most 0.5". */
    abstract String wanted();

    /** What bad measurements did, such as "were out of bounds". */
    abstract String bad();

    abstract double lower();

    abstract double upper();

    /** A query as it is asked, which a user can try as it is. */
    final String asked(String query) {
        return TrackWords.put(query, watch.matchers());
    }

    /** What a query gives, NaN as well; null for no data. */
    final Double value(String parameter, String query) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        List<Sample> samples = watch.source().query(asked(query));
        if (samples.size() > 1) {
            throw DeliveryException.invalid(
                    parameter, "the query of the check '" + check.name() + "' gives " + samples.size() + " series where one is meant", "Aggregate it, for example with sum(…) or max(…).");
        }
        return samples.isEmpty() ? null : samples.get(0).value();
    }

    @Override
    public final CheckState look(CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Measured measured = measure();
        if (watch.isWarmingUp()) {
            return state.decided(null, "warming up");
        }
        MeasurementRules rules = check.rules();
        if (measured.outcome() != null) {
            return counted(state, measured.outcome(), measured.value(), measured.text() + ", " + wanted());
        }
        return missing(state, measured.nan() ? rules.onNaN() : rules.onNoData(), measured.text());
    }

    @Override
    public final CheckState unavailable(CheckState state, String trouble) {
        return watch.isWarmingUp() ? state : missing(state, check.rules().onError(), trouble);
    }

    private CheckState missing(CheckState state, String policy, String text) {
        return switch (policy) {
            case MeasurementRules.FAIL -> counted(state, Measurements.Outcome.BAD, Double.NaN, text);
            case MeasurementRules.INCONCLUSIVE -> counted(state, Measurements.Outcome.INCONCLUSIVE, Double.NaN, text);
            case MeasurementRules.PASS -> counted(state, Measurements.Outcome.GOOD, Double.NaN, text + ", which counts as good");
            default -> state.decided(null, text);
        };
    }

    private CheckState counted(CheckState state, Measurements.Outcome outcome, double value, String text) {
        Measurements all = (state.evidence() instanceof Measurements m ? m : Measurements.none()).plus(outcome);
        CheckState next = new CheckState(null, "", value, Double.NaN, value, lower(), upper(), all.taken(), all);
        Verdict verdict = all.verdict(check.rules());
        if (verdict == Verdict.FAIL) {
            return next.decided(verdict, String.format(Locale.ROOT, "%s; %d of %d measurements %s", text, all.failed(), all.taken(), bad()));
        }
        if (verdict == Verdict.INCONCLUSIVE) {
            return next.decided(verdict, String.format(Locale.ROOT, "%s; %d of %d measurements were good, %d inconclusive", text, all.passed(), all.taken(), all.inconclusive()));
        }
        if (verdict == Verdict.PASS) {
            return next.decided(verdict, String.format(Locale.ROOT, "%s, in %d of %d measurements", text, all.passed(), all.taken()));
        }
        return next.decided(null, String.format(Locale.ROOT, "%s, measurement %d of %d", text, all.taken(), check.rules().count()));
    }
}
