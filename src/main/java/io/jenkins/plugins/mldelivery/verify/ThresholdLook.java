package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Sample;
import java.util.List;
import java.util.Locale;

/** One look of a {@link Check.Threshold}: one measurement. A measurement without a number counts neither for nor against. */
final class ThresholdLook {
    private final Check.Threshold check;

    ThresholdLook(Check.Threshold check) {
        this.check = check;
    }

    CheckState look(CheckState state, MetricSource source) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        List<Sample> samples = source.query(check.query());
        if (samples.size() > 1) {
            throw DeliveryException.invalid(
                    "query", "the query of the check '" + check.name() + "' gives " + samples.size() + " series where one is meant",
                    "Aggregate it, for example with sum(…) or max(…).");
        }
        if (samples.isEmpty() || Double.isNaN(samples.get(0).value())) {
            return state.decided(null, "query: '" + check.query() + "' gave " + (samples.isEmpty() ? "no data" : "NaN") + "; try it in the Prometheus UI, and correct it or see that its metrics are collected");
        }
        double value = samples.get(0).value();
        boolean bad = check.min() != null && value < check.min() || check.max() != null && value > check.max();
        double failures = state.canaryEvents() + (bad ? 1 : 0);
        double measured = state.canaryRequests() + 1;
        CheckState next = new CheckState(
                null, "", state.canary(), state.stable(), failures, measured, 0, 0, OpenTick.NONE, null, bound(check.min()), bound(check.max()), value);
        if (failures > check.failureLimit()) {
            return next.decided(Verdict.FAIL, String.format(
                    Locale.ROOT, "%s is %s, %s; %.0f of %.0f measurements were out of bounds", check.name(), number(value), bounds(), failures, measured));
        }
        if (measured >= check.count()) {
            return next.decided(Verdict.PASS, String.format(
                    Locale.ROOT, "%s is %s, %s, in %.0f of %.0f measurements", check.name(), number(value), bounds(), measured - failures, measured));
        }
        return next.decided(null, String.format(Locale.ROOT, "%s is %s, measurement %.0f of %d", check.name(), number(value), measured, check.count()));
    }

    private static double bound(Double value) {
        return value == null ? Double.NaN : value;
    }

    private String bounds() {
        if (check.min() != null && check.max() != null) {
            return "wanted from " + number(check.min()) + " to " + number(check.max());
        }
        return check.max() != null ? "wanted at most " + number(check.max()) : "wanted at least " + number(check.min());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
