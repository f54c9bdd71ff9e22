package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Checks a request before the wait begins. */
final class VerifyMetricsChecks {
    private static final Set<String> ON_INCONCLUSIVE = Set.of("fail", "pass", "unstable");

    private static final Set<String> ON_PARTIAL = Set.of(VerifyMetricsRequest.ON_PARTIAL_INCONCLUSIVE, VerifyMetricsRequest.ON_PARTIAL_ACCEPT);

    private static final int MAX_CHECKS = 50;
    private static final int MAX_NAME_LENGTH = 200;

    private VerifyMetricsChecks() {}

    static void check(VerifyMetricsRequest request) throws DeliveryException {
        if (request.checks().isEmpty()) {
            throw DeliveryException.invalid("checks", "there is nothing to check", "Give at least one check, such as errorRate.");
        }
        if (request.checks().size() > MAX_CHECKS) {
            throw DeliveryException.invalid("checks", "there are " + request.checks().size() + " checks, more than " + MAX_CHECKS, "Divide them among several steps.");
        }
        Set<String> names = new HashSet<>();
        for (Check check : request.checks()) {
            if (check.name() == null || check.name().isBlank()) {
                throw DeliveryException.invalid("checks", "a check has no name", "Give it a name, which the log and the charts show.");
            }
            if (check.name().length() > MAX_NAME_LENGTH) {
                throw DeliveryException.invalid("checks", "the name '" + Excerpt.of(check.name(), 60) + "' has more than " + MAX_NAME_LENGTH + " characters", "Give the check a shorter one.");
            }
            if (!names.add(check.name())) {
                throw DeliveryException.invalid("checks", "two checks have the name '" + check.name() + "'", "Give them different names.");
            }
            check.validate();
            boolean asks = check instanceof Check.Measured || check instanceof Check.Gauge gauge && gauge.query() != null;
            if (asks && request.prometheus() == null) {
                throw DeliveryException.invalid(
                        "prometheus", "the check '" + check.name() + "' has a query, which needs a Prometheus server, and none is given", "Give its URL, or a check that reads the models' own pages.");
            }
        }
        if (!ON_INCONCLUSIVE.contains(request.onInconclusive())) {
            throw DeliveryException.invalid("onInconclusive", "'" + request.onInconclusive() + "' is none of fail, pass, unstable", NearestName.hint(request.onInconclusive(), ON_INCONCLUSIVE) + "Give one of these.");
        }
        if (!ON_PARTIAL.contains(request.onPartial())) {
            throw DeliveryException.invalid("onPartial", "'" + request.onPartial() + "' is none of inconclusive, accept", NearestName.hint(request.onPartial(), ON_PARTIAL) + "Give one of these.");
        }
        if (request.prometheus() == null && !VerifyMetricsRequest.DEFAULT_ON_PARTIAL.equals(request.onPartial())) {
            throw DeliveryException.invalid("onPartial", "there is no Prometheus server whose answers could be incomplete", "Give its URL, or leave `onPartial` out.");
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
        Duration timeout = Durations.parse("timeout", request.timeout());
        if (timeout.isZero()) {
            throw DeliveryException.invalid("timeout", "it is zero", "Give the time for a verdict, such as 15m.");
        }
        if (Durations.parse("podWarmUp", request.podWarmUp()).compareTo(timeout) >= 0) {
            throw DeliveryException.invalid("podWarmUp", "the warm-up of a pod lasts as long as the whole wait", "Give less than timeout, which is " + request.timeout() + ".");
        }
        for (Check check : request.checks()) {
            if (Durations.parse("warmUp", check.warmUp()).compareTo(timeout) >= 0) {
                throw DeliveryException.invalid("warmUp", "the warm-up of the check '" + check.name() + "' lasts as long as the whole wait", "Give less than timeout, which is " + request.timeout() + ".");
            }
        }
    }

    /** What its queries ask for of the tracks must be known by now. */
    static void selectors(VerifyMetricsRequest request) throws DeliveryException {
        for (Check check : request.checks()) {
            for (Track track : Track.values()) {
                if (request.selector(track) == null && asksFor(check, track)) {
                    throw DeliveryException.invalid(
                            track.word(), "a query of the check '" + check.name() + "' asks for " + track.name() + ", and which series these are is not known",
                            "Give their label matchers, or give the checks to `mlDeployModel`, which knows them.");
                }
            }
        }
    }

    private static boolean asksFor(Check check, Track track) {
        return check instanceof Check.Measured measured && measured.promql().stream().anyMatch(query -> TrackWords.has(query, track));
    }

    /** What is left of a check where there is no version to compare with, or null. */
    static Check alone(Check check) {
        if (check instanceof Check.ErrorRate rate && rate.acceptable() > 0) {
            return new Check.OwnErrorRate(rate);
        }
        return check instanceof Check.Comparison || asksFor(check, Track.STABLE) ? null : check;
    }

    /** See {@link VerifyMetricsRequest#checkAlone}. */
    static void alone(VerifyMetricsRequest request) throws DeliveryException {
        for (Check check : request.checks()) {
            if (check instanceof Check.Comparison) {
                throw DeliveryException.invalid(
                        "checks", "'" + check.name() + "' compares the canary with the stable version, and a rolling update has no stable version beside the new one",
                        "Use threshold or expression checks, or another strategy.");
            }
            if (asksFor(check, Track.STABLE)) {
                throw DeliveryException.invalid(
                        "checks", "a query of '" + check.name() + "' asks for STABLE, and a rolling update has no stable version beside the new one", "Ask for CANARY alone, or use another strategy.");
            }
        }
    }
}
