package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.stats.RateBelowTest;
import io.jenkins.plugins.mldelivery.verify.stats.RatioTest;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** One look of an {@link Check.ErrorRate}. */
final class ErrorRateLook {
    private final Check.ErrorRate check;
    private final LabelMatchers errors;
    private final double alpha;
    /** Of each of the ways to pass. */
    private final double beta;
    private final Instant onset;

    /**
     * @param shares how many checks share α, so that all together keep it (Bonferroni)
     * @param onset what came until then does not count
     */
    ErrorRateLook(Check.ErrorRate check, int shares, Instant onset) throws DeliveryException {
        this.onset = onset;
        this.check = check;
        this.errors = LabelMatchers.parse("errors", check.errors());
        this.alpha = check.alpha() / shares;
        this.beta = check.acceptable() > 0 ? check.beta() / 2 : check.beta();
    }

    CheckState look(CheckState state, MetricSource source) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Reading canary = source.counters(Selector.of(check.metric()), Track.CANARY, state.canary().since(onset));
        Reading stable = source.counters(Selector.of(check.metric()), Track.STABLE, state.stable().since(onset));
        for (Reading reading : List.of(canary, stable)) {
            if (reading.series().size() > Counters.MAX_SERIES) {
                throw DeliveryException.invalid(
                        "metric", "'" + check.metric() + "' has " + reading.series().size() + " series on one track, more than " + Counters.MAX_SERIES,
                        "Choose a request counter with fewer labels.");
            }
        }
        Counters.Moved canaryMoved = state.canary().after(canary, onset);
        Counters.Moved stableMoved = state.stable().after(stable, onset);
        double n = requests(canaryMoved, false);
        double x = requests(canaryMoved, true);
        double m = requests(stableMoved, false);
        double y = requests(stableMoved, true);
        RatioTest before = evidence(state);
        OpenTick tick = state.open().plus(x, n, y, m);
        RatioTest test = tick.whole()
                ? before.plus(tick.canaryEvents(), tick.canaryRequests(), tick.stableEvents(), tick.stableRequests(), alpha)
                : before;
        CheckState next = new CheckState(
                null, "", canaryMoved.next(), stableMoved.next(), state.canaryEvents() + x, state.canaryRequests() + n,
                state.stableEvents() + y, state.stableRequests() + m, tick.whole() ? OpenTick.NONE : tick, test.toText(), test.lower(), test.upper(), test.estimate());
        return judge(next, test, canary.series().isEmpty());
    }

    private RatioTest evidence(CheckState state) throws DeliveryException {
        try {
            return state.evidence() == null ? RatioTest.none(check.margin()) : RatioTest.fromText(state.evidence());
        } catch (IllegalArgumentException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "state", "the evidence of the check '" + check.name() + "' can't be read (" + e.getMessage() + ")", "Start the verification again.", e);
        }
    }

    private double requests(Counters.Moved moved, boolean failed) {
        return moved.increments().stream().filter(i -> !failed || errors.matches(i.labels())).mapToDouble(Increment::amount).sum();
    }

    private CheckState judge(CheckState s, RatioTest test, boolean absent) {
        String rates = rates(s);
        if (s.canaryRequests() < check.minRequests()) {
            return s.decided(null, s.canaryRequests() == 0
                    ? (absent ? "metric: the canary has no series of '" + check.metric() + "'; correct metric or canary, or see that the metrics are collected" : "the canary has had no requests")
                    : String.format(Locale.ROOT, "%,.0f of at least %,d canary requests seen", s.canaryRequests(), check.minRequests()));
        }
        if (test.logEvidenceWorse() >= Math.log(1 / alpha)) {
            double atLeast = Math.floor(10 * test.lower()) / 10; // Rounded up it would claim more than is shown.
            String size = atLeast > 1
                    ? String.format(Locale.ROOT, "errors at least %.1f times the stable version's", atLeast)
                    : "more errors than the stable version";
            return s.decided(Verdict.FAIL, size + sure(alpha) + after(s) + rates);
        }
        boolean acceptable = check.acceptable() > 0
                && RateBelowTest.logEvidence(s.canaryEvents(), s.canaryRequests(), check.acceptable()) >= Math.log(1 / beta);
        if (acceptable) {
            return s.decided(Verdict.PASS, String.format(
                    Locale.ROOT, "errors below the acceptable %s%s%s%s", percent(check.acceptable()), sure(beta), after(s), rates));
        }
        if (test.logEvidenceBelow(check.margin()) >= Math.log(1 / beta)) {
            return s.decided(Verdict.PASS, String.format(
                    Locale.ROOT, "errors below %s times the stable version's%s%s%s", number(check.margin()), sure(beta), after(s), rates));
        }
        String none = s.stableRequests() == 0 ? "the stable version has had no requests to compare with" : "not decided yet";
        return s.decided(null, none + after(s) + rates);
    }

    /** With as many digits as it takes not to claim certainty, and never rounded up. */
    static String sure(double error) {
        BigDecimal rounded = BigDecimal.valueOf(100 * error).round(new MathContext(2, RoundingMode.UP));
        return ", " + BigDecimal.valueOf(100).subtract(rounded).stripTrailingZeros().toPlainString() + " % sure";
    }

    private static String after(CheckState s) {
        return String.format(Locale.ROOT, ", after %,.0f requests", s.canaryRequests());
    }

    private static String rates(CheckState s) {
        if (s.stableRequests() == 0 || s.canaryRequests() == 0) {
            return "";
        }
        return " (canary " + percent(s.canaryEvents() / s.canaryRequests()) + ", stable " + percent(s.stableEvents() / s.stableRequests()) + ")";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.001 && share > 0 ? "%.3f %%" : "%.2f %%", 100 * share);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
