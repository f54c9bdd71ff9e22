package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.verify.preset.Preset;
import io.jenkins.plugins.mldelivery.verify.preset.Presets;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks what a single check of a request asks for, before the wait begins. */
final class CheckChecks {
    private static final Set<String> IMPORTANCE = Set.of("critical", "warning", "dryRun");
    private static final int MAX_METRIC_LENGTH = 1_024;
    /** Values of an expression. */
    private static final int MAX_QUERIES = 50;
    /** Places in a query where a track's label matchers go. */
    private static final int MAX_PLACES = 50;
    /** Numbers of other sizes lose their digits when the tests square them. */
    private static final double LEAST_VALUE = 1e-100;

    private CheckChecks() {}

    static void check(Check check) throws DeliveryException {
        if (check instanceof Check.OwnErrorRate own) {
            check(own.rate());
            return;
        }
        if (check instanceof Check.ErrorRate rate) {
            errorRate(rate);
        } else if (check instanceof Check.Latency latency) {
            latency(latency);
        } else if (check instanceof Check.Distribution distribution) {
            distribution(distribution);
        } else if (check instanceof Check.Gauge gauge) {
            gauge(gauge);
        } else if (check instanceof Check.Expression expression) {
            expression(expression);
        } else {
            threshold((Check.Threshold) check);
        }
        if (check instanceof Check.Comparison comparison) {
            probability("alpha", comparison.alpha());
            probability("beta", comparison.beta());
            if (!(comparison.weight() >= LEAST_VALUE && comparison.weight() <= ReadLimits.MAX_VALUE)) {
                throw DeliveryException.invalid("weight", "it must be above 0, not " + comparison.weight(), "Give a number such as 1.");
            }
        } else {
            ((Check.Measured) check).rules().check(check.name());
        }
        if (!IMPORTANCE.contains(check.importance())) {
            throw DeliveryException.invalid("importance", "'" + check.importance() + "' is none of critical, warning, dryRun", NearestName.hint(check.importance(), IMPORTANCE) + "Give one of these.");
        }
        Durations.parse("warmUp", check.warmUp());
    }

    private static void errorRate(Check.ErrorRate rate) throws DeliveryException {
        if (rate.metric() != null) {
            metric(rate.metric(), "Give the request counter's name, such as http_requests_total.");
            if (rate.errors() == null) {
                // A guess could find no errors at all, and pass everything.
                throw DeliveryException.invalid("errors", "'" + rate.metric() + "' is given, and not which of its series are failed requests", "Write label matchers, such as code=~\"5..\".");
            }
        }
        Preset preset = preset(rate.preset(), rate.metric());
        if (preset != null && preset.errors() == null && rate.errors() == null) {
            throw DeliveryException.invalid("preset", "the metrics of '" + preset.name() + "' don't tell which requests failed", "Use another preset, such as that of the mesh, or name metric and errors.");
        }
        if (rate.errors() != null) {
            LabelMatchers.parse("errors", rate.errors());
        }
        labels(rate.labels());
        margin(rate.margin(), 32);
        acceptable(rate.acceptable());
        least("minRequests", rate.minRequests());
    }

    private static void latency(Check.Latency latency) throws DeliveryException {
        if (latency.metric() != null) {
            metric(latency.metric(), "Give the histogram's name, such as http_request_duration_seconds.");
        }
        Preset preset = preset(latency.preset(), latency.metric());
        if (preset != null && preset.latency() == null) {
            throw DeliveryException.invalid("preset", "the metrics of '" + preset.name() + "' have no histogram of latencies", "Use another preset, such as that of the mesh, or name metric.");
        }
        labels(latency.labels());
        if (latency.quantile() != null && latency.bound() != null) {
            throw DeliveryException.invalid("bound", "the check '" + latency.name() + "' has a quantile and a bound", "Give one of them.");
        }
        if (latency.quantile() != null && !(latency.quantile() > 0 && latency.quantile() < 1)) {
            throw DeliveryException.invalid("quantile", "it must be between 0 and 1, not " + latency.quantile(), "Give a quantile such as 0.99.");
        }
        if (latency.bound() != null && !(latency.bound() > 0 && latency.bound() < Double.POSITIVE_INFINITY)) {
            throw DeliveryException.invalid("bound", "it must be above 0, not " + latency.bound(), "Give a latency such as 0.5.");
        }
        margin(latency.margin(), 16);
        acceptable(latency.acceptable());
        least("minRequests", latency.minRequests());
    }

    private static void distribution(Check.Distribution distribution) throws DeliveryException {
        metric(distribution.metric(), "Give the histogram's name, such as prediction_score.");
        labels(distribution.labels());
        if (!(distribution.floor() > 0) || Double.isInfinite(distribution.floor())) {
            throw DeliveryException.invalid("floor", "it must be above 0, not " + distribution.floor(), "Give a population stability index such as 0.1.");
        }
        least("minSamples", distribution.minSamples());
    }

    private static void gauge(Check.Gauge gauge) throws DeliveryException {
        if ((gauge.metric() == null) == (gauge.query() == null)) {
            throw DeliveryException.invalid(
                    gauge.metric() == null ? "metric" : "query", "the check '" + gauge.name() + "' must have either a metric or a query, and has " + (gauge.metric() == null ? "neither" : "both"), "Give one of them.");
        }
        if (gauge.query() != null) {
            query("query", gauge.query()); // Before it is searched: its length too.
        }
        if (gauge.metric() != null) {
            metric(gauge.metric(), "Give the gauge's name, such as model_accuracy.");
        } else if (!TrackWords.has(gauge.query(), Check.Gauge.TRACK)) {
            throw DeliveryException.invalid(
                    "query", "the query of the check '" + gauge.name() + "' does not say where the track's label matchers go", "Write TRACK among the matchers, such as avg(model_accuracy{TRACK}).");
        } else if (gauge.labels() != null) {
            throw DeliveryException.invalid("labels", "the check '" + gauge.name() + "' has a query, which labels can't narrow", "Write them into the query.");
        }
        labels(gauge.labels());
        if (!Set.of("higher", "lower").contains(String.valueOf(gauge.worse()))) {
            throw DeliveryException.invalid("worse", "'" + gauge.worse() + "' is neither higher nor lower", "Say which direction is the worse one.");
        }
        if (gauge.tolerance() == null || !(gauge.tolerance() >= LEAST_VALUE && gauge.tolerance() <= ReadLimits.MAX_VALUE)) {
            throw DeliveryException.invalid(
                    "tolerance", gauge.tolerance() == null ? "the check '" + gauge.name() + "' has none" : "it must be above 0, not " + gauge.tolerance(), "Give the difference of the means that does not matter, above 0, such as 0.01.");
        }
        if ((gauge.low() == null) != (gauge.high() == null)) {
            throw DeliveryException.invalid(gauge.low() == null ? "low" : "high", "only one of the bounds of the check '" + gauge.name() + "' is given", "Give both, or none.");
        }
        if (gauge.low() != null && !(gauge.low() < gauge.high() && gauge.low() >= -ReadLimits.MAX_VALUE && gauge.high() <= ReadLimits.MAX_VALUE)) {
            throw DeliveryException.invalid("low", "it must be below high, and both must be finite, not " + gauge.low() + " and " + gauge.high(), "Give two numbers such as 0 and 1.");
        }
        if (gauge.low() != null && gauge.tolerance() >= gauge.high() - gauge.low()) {
            throw DeliveryException.invalid("tolerance", gauge.tolerance() + " is as much as the bounds of the check '" + gauge.name() + "' are apart", "Give less.");
        }
        least("minSamples", gauge.minSamples());
    }

    private static void threshold(Check.Threshold t) throws DeliveryException {
        if (t.query() == null || t.query().isBlank()) {
            throw DeliveryException.invalid("query", "the check '" + t.name() + "' has no query", "Give a PromQL query.");
        }
        query("query", t.query());
        if (t.min() == null && t.max() == null) {
            throw DeliveryException.invalid("max", "the check '" + t.name() + "' has no bound", "Give min, max or both.");
        }
        if (t.min() != null && t.max() != null && t.min() > t.max()) {
            throw DeliveryException.invalid("min", "min is above max in the check '" + t.name() + "'", "Exchange them.");
        }
        if (isNaN(t.min()) || isNaN(t.max())) {
            throw DeliveryException.invalid(isNaN(t.min()) ? "min" : "max", "a bound of the check '" + t.name() + "' is NaN, which nothing is above or below", "Give a number.");
        }
    }

    private static void expression(Check.Expression e) throws DeliveryException {
        if (e.pass() == null && e.fail() == null) {
            throw DeliveryException.invalid("pass", "the check '" + e.name() + "' has no condition", "Give pass, fail or both.");
        }
        Set<String> used = new TreeSet<>();
        if (e.pass() != null) {
            used.addAll(Formula.parse("pass", e.pass()).names());
        }
        if (e.fail() != null) {
            used.addAll(Formula.parse("fail", e.fail()).names());
        }
        for (String name : used) {
            if (!e.queries().containsKey(name)) {
                throw DeliveryException.invalid("queries", "the check '" + e.name() + "' uses '" + name + "', which is none of its queries", "Give a query of this name.");
            }
        }
        if (e.queries().size() > MAX_QUERIES) {
            throw DeliveryException.invalid("queries", "the check '" + e.name() + "' has " + e.queries().size() + " queries, more than " + MAX_QUERIES, "Divide it into several checks.");
        }
        for (Map.Entry<String, String> query : e.queries().entrySet()) {
            if (query.getValue() == null || query.getValue().isBlank()) {
                throw DeliveryException.invalid("queries", "'" + query.getKey() + "' of the check '" + e.name() + "' has no query", "Give a PromQL query.");
            }
            query("queries", query.getValue());
            if (!used.contains(query.getKey())) {
                throw DeliveryException.invalid("queries", "'" + query.getKey() + "' of the check '" + e.name() + "' is not used", "Use it in pass or fail, or leave it out. A name is letters, digits and underscores.");
            }
        }
    }

    private static void metric(String name, String remedy) throws DeliveryException {
        if (name == null || !isMetric(name)) {
            throw DeliveryException.invalid("metric", name == null ? "no metric is given" : "'" + Excerpt.of(name) + "' is not a valid name of a metric", remedy);
        }
    }

    private static boolean isMetric(String name) {
        return !name.isEmpty() && name.length() <= MAX_METRIC_LENGTH && !Character.isDigit(name.charAt(0)) && name.charAt(0) != '.'
                && name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '.');
    }

    /** Of PromQL, whatever it says. */
    private static void query(String parameter, String query) throws DeliveryException {
        if (query.length() > ReadLimits.MAX_QUERY_LENGTH) {
            throw DeliveryException.invalid(
                    parameter, "the query '" + Excerpt.of(query, 60) + "' has " + query.length() + " characters, more than " + ReadLimits.MAX_QUERY_LENGTH, "Shorten it, for example with a recording rule.");
        }
        if (TrackWords.count(query) > MAX_PLACES) {
            throw DeliveryException.invalid(parameter, "the query '" + Excerpt.of(query, 60) + "' asks for label matchers in more than " + MAX_PLACES + " places", "Shorten it, for example with a recording rule.");
        }
    }

    /** Null for none, and for the one that is found by itself. */
    private static Preset preset(String name, String metric) throws DeliveryException {
        if (RequestMetrics.AUTO.equals(name)) {
            return null;
        }
        Preset preset = name == null ? null : Presets.named(name).orElse(null);
        if (preset == null) {
            throw DeliveryException.invalid("preset", "there is no preset '" + name + "'", "Give " + RequestMetrics.AUTO + ", " + String.join(", ", Presets.names()) + ", or name the metric.");
        }
        if (metric != null) {
            throw DeliveryException.invalid("preset", "'" + name + "' is given, and the metric '" + metric + "' as well", "Give one of them.");
        }
        return preset;
    }

    private static void labels(String labels) throws DeliveryException {
        if (labels != null) {
            LabelMatchers.parse("labels", labels);
        }
    }

    private static void margin(double margin, int most) throws DeliveryException {
        if (!(margin > 1 && margin <= most)) {
            throw DeliveryException.invalid("margin", "it must be above 1 and at most " + most + ", not " + margin, "Give a ratio such as 1.5.");
        }
    }

    private static void acceptable(double share) throws DeliveryException {
        if (!(share >= 0 && share < 1)) {
            throw DeliveryException.invalid("acceptable", "it must be at least 0 and below 1, not " + share, "Give a share such as 0.001, or 0 for none.");
        }
    }

    private static void least(String parameter, long value) throws DeliveryException {
        if (value < 1) {
            throw DeliveryException.invalid(parameter, "there must be at least 1", "Give 1 or more.");
        }
    }

    private static void probability(String name, double value) throws DeliveryException {
        if (!(value > 0 && value < 1)) {
            throw DeliveryException.invalid(name, "it must be between 0 and 1, not " + value, "Give an error probability such as 0.01.");
        }
    }

    private static boolean isNaN(Double bound) {
        return bound != null && bound.isNaN();
    }
}
