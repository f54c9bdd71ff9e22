package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import java.util.HashSet;
import java.util.Set;

/** Checks a request before the wait begins. */
final class VerifyMetricsChecks {
    private static final Set<String> ON_INCONCLUSIVE = Set.of("fail", "pass", "unstable");

    private VerifyMetricsChecks() {}

    static void check(VerifyMetricsRequest request) throws DeliveryException {
        if (request.checks().isEmpty()) {
            throw DeliveryException.invalid("checks", "there is nothing to check", "Give at least one check, such as errorRate().");
        }
        Set<String> names = new HashSet<>();
        for (Check check : request.checks()) {
            if (check.name() == null || check.name().isBlank()) {
                throw DeliveryException.invalid("checks", "a check has no name", "Give it a name, which the log and the charts show.");
            }
            if (!names.add(check.name())) {
                throw DeliveryException.invalid("checks", "two checks have the name '" + check.name() + "'", "Give them different names.");
            }
            if (check instanceof Check.ErrorRate rate) {
                errorRate(rate);
            } else {
                threshold((Check.Threshold) check);
            }
        }
        if (!ON_INCONCLUSIVE.contains(request.onInconclusive())) {
            throw DeliveryException.invalid("onInconclusive", "'" + request.onInconclusive() + "' is none of fail, pass, unstable", "Give one of these.");
        }
        if (request.canary() != null) {
            LabelMatchers.parse("canary", request.canary());
        }
        if (request.stable() != null) {
            LabelMatchers.parse("stable", request.stable());
        }
        if (request.canary() != null && request.canary().equals(request.stable())) {
            throw DeliveryException.invalid("canary", "it selects the same series as 'stable'", "Give each track its own label matchers.");
        }
        if (Durations.parse("interval", request.interval()).isZero()) {
            throw DeliveryException.invalid("interval", "it is zero", "Give the time between two looks, such as 15s.");
        }
        Durations.parse("timeout", request.timeout());
    }

    /** See {@link VerifyMetricsRequest#checkAlone}. */
    static void alone(VerifyMetricsRequest request) throws DeliveryException {
        for (Check check : request.checks()) {
            if (check instanceof Check.ErrorRate) {
                throw DeliveryException.invalid(
                        "checks", "'" + check.name() + "' compares the canary with the stable version, and a rolling update has no stable version beside the new one",
                        "Use threshold checks, or another strategy.");
            }
        }
    }

    private static void errorRate(Check.ErrorRate rate) throws DeliveryException {
        if (rate.metric() == null || !rate.metric().matches("[a-zA-Z_:][a-zA-Z0-9_:]*")) {
            throw DeliveryException.invalid("metric", "'" + rate.metric() + "' is no name of a metric", "Give the request counter's name, such as http_requests_total.");
        }
        LabelMatchers.parse("errors", rate.errors());
        if (!(rate.margin() > 1 && rate.margin() <= 32)) {
            throw DeliveryException.invalid("margin", rate.margin() + " is no margin", "Give a rate ratio above 1 and up to 32, such as 1.5.");
        }
        probability("alpha", rate.alpha());
        probability("beta", rate.beta());
        if (!(rate.acceptable() >= 0 && rate.acceptable() < 1)) {
            throw DeliveryException.invalid("acceptable", rate.acceptable() + " is no error rate", "Give a share from 0 (off) to below 1, such as 0.001.");
        }
        if (rate.minRequests() < 1) {
            throw DeliveryException.invalid("minRequests", "there must be at least 1", "Give 1 or more.");
        }
    }

    private static void probability(String name, double value) throws DeliveryException {
        if (!(value > 0 && value < 1)) {
            throw DeliveryException.invalid(name, value + " is no error probability", "Give a number between 0 and 1, such as 0.01.");
        }
    }

    private static boolean isNaN(Double bound) {
        return bound != null && bound.isNaN();
    }

    private static void threshold(Check.Threshold t) throws DeliveryException {
        if (t.query() == null || t.query().isBlank()) {
            throw DeliveryException.invalid("query", "the check '" + t.name() + "' has no query", "Give a PromQL query.");
        }
        if (t.min() == null && t.max() == null) {
            throw DeliveryException.invalid("max", "the check '" + t.name() + "' has no bound", "Give min, max or both.");
        }
        if (t.min() != null && t.max() != null && t.min() > t.max()) {
            throw DeliveryException.invalid("min", "min is above max in the check '" + t.name() + "'", "Exchange them.");
        }
        if (isNaN(t.min()) || isNaN(t.max())) {
            throw DeliveryException.invalid(isNaN(t.min()) ? "min" : "max", "a bound of the check '" + t.name() + "' is NaN, which nothing is above or below", "Give a number.");
        }
        if (t.count() < 1) {
            throw DeliveryException.invalid("count", "the check '" + t.name() + "' takes no measurement", "Give 1 or more.");
        }
        if (t.failureLimit() < 0 || t.failureLimit() >= t.count()) {
            throw DeliveryException.invalid(
                    "failureLimit", t.failureLimit() + " of " + t.count() + " measurements allowed to fail make the check '" + t.name() + "' no check", "Give 0 or more, and less than count.");
        }
        if (!"inconclusive".equals(t.onNoData()) && !"fail".equals(t.onNoData())) {
            throw DeliveryException.invalid("onNoData", "'" + t.onNoData() + "' is neither inconclusive nor fail", "Give one of these.");
        }
    }
}
