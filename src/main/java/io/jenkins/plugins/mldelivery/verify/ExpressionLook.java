package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One look of an {@link Check.Expression}: one measurement, for which each of its queries is asked. */
final class ExpressionLook extends MeasuringLook {
    private final Check.Expression check;
    private final Formula pass;
    private final Formula fail;

    ExpressionLook(Check.Expression check, Watch watch) throws DeliveryException {
        super(check, watch);
        this.check = check;
        this.pass = check.pass() == null ? null : Formula.parse("pass", check.pass());
        this.fail = check.fail() == null ? null : Formula.parse("fail", check.fail());
    }

    @Override
    Measured measure() throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Map<String, Double> values = new TreeMap<>();
        for (Map.Entry<String, String> query : check.queries().entrySet()) {
            Double value = value("queries", query.getValue());
            if (value != null) {
                values.put(query.getKey(), value);
            }
        }
        String shown = check.queries().keySet().stream()
                .map(name -> name + " is " + (values.containsKey(name) ? Texts.measured(values.get(name)) : "missing")).collect(Collectors.joining(", "));
        try {
            boolean passes = pass != null && pass.test(values);
            boolean fails = fail != null && fail.test(values);
            if (fails || fail == null && !passes) {
                return Measured.of(Measurements.Outcome.BAD, Double.NaN, shown);
            }
            return Measured.of(passes || pass == null ? Measurements.Outcome.GOOD : Measurements.Outcome.INCONCLUSIVE, Double.NaN, shown);
        } catch (Formula.NoData e) {
            return Measured.noData("queries: " + shown + "; try the query in the Prometheus UI, and correct it or see that its metrics are collected");
        } catch (Formula.NotANumber e) {
            return Measured.notANumber("queries: " + shown + ", which can't be compared; guard it with default(…) or isNaN(…)");
        }
    }

    @Override
    String wanted() {
        if (pass != null && fail != null) {
            return "wanted " + check.pass() + " and not " + check.fail();
        }
        return pass != null ? "wanted " + check.pass() : "wanted not " + check.fail();
    }

    @Override
    String bad() {
        return "were bad";
    }

    @Override
    double lower() {
        return Double.NaN;
    }

    @Override
    double upper() {
        return Double.NaN;
    }
}
