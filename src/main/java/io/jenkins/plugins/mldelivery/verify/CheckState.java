package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Verdict;

/**
 * The evidence of one check. A flat record for all kinds, so that its JSON form is plain.
 *
 * @param verdict null while there is none
 * @param reason the present state in a sentence
 * @param canary the canary's counters, for comparisons
 * @param stable the stable version's counters
 * @param canaryEvents canary events so far (for thresholds: measurements out of bounds)
 * @param canaryRequests canary requests so far (for thresholds: measurements in all)
 * @param stableEvents stable events so far
 * @param stableRequests stable requests so far
 * @param open what is not yet in the ratio test
 * @param evidence of the sequential test, as its own text form; null for thresholds and before there is any
 * @param lower of the confidence sequence, or the bound
 * @param upper of the confidence sequence, or the bound
 * @param value the last measured value, for thresholds
 */
public record CheckState(
        Verdict verdict,
        String reason,
        Counters canary,
        Counters stable,
        double canaryEvents,
        double canaryRequests,
        double stableEvents,
        double stableRequests,
        OpenTick open,
        String evidence,
        double lower,
        double upper,
        double value) {

    public CheckState {
        // Told by Jackson as damaged JSON.
        java.util.Objects.requireNonNull(canary, "canary");
        java.util.Objects.requireNonNull(stable, "stable");
        java.util.Objects.requireNonNull(open, "open");
    }

    static CheckState initial() {
        return new CheckState(null, "no data yet", Counters.none(), Counters.none(), 0, 0, 0, 0, OpenTick.NONE, null, Double.NaN, Double.NaN, Double.NaN);
    }

    CheckState decided(Verdict newVerdict, String newReason) {
        return new CheckState(
                newVerdict, newReason, canary, stable, canaryEvents, canaryRequests, stableEvents, stableRequests, open, evidence, lower, upper, value);
    }
}
