package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;

/** One look of a {@link Check.Threshold}: one measurement. */
final class ThresholdLook extends MeasuringLook {
    private final Check.Threshold check;

    ThresholdLook(Check.Threshold check, Watch watch) {
        super(check, watch);
        this.check = check;
    }

    @Override
    Measured measure() throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Double value = value("query", check.query());
        if (value == null) {
            return Measured.noData("query: '" + asked(check.query()) + "' gave no data; try it in the Prometheus UI, and correct it or see that its metrics are collected");
        }
        if (value.isNaN()) {
            return Measured.notANumber("query: '" + asked(check.query()) + "' gave NaN; try it in the Prometheus UI, and correct it or see that its metrics are collected");
        }
        boolean bad = check.min() != null && value < check.min() || check.max() != null && value > check.max();
        return Measured.of(bad ? Measurements.Outcome.BAD : Measurements.Outcome.GOOD, value, check.name() + " is " + Texts.measured(value));
    }

    @Override
    String wanted() {
        if (check.min() != null && check.max() != null) {
            return "wanted from " + Texts.measured(check.min()) + " to " + Texts.measured(check.max());
        }
        return check.max() != null ? "wanted at most " + Texts.measured(check.max()) : "wanted at least " + Texts.measured(check.min());
    }

    @Override
    String bad() {
        return "were out of bounds";
    }

    @Override
    double lower() {
        return check.min() == null ? Double.NaN : check.min();
    }

    @Override
    double upper() {
        return check.max() == null ? Double.NaN : check.max();
    }
}
