package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Verdict;

/**
 * Measurements so far, for {@link MeasurementRules}.
 *
 * @param taken all that count
 * @param failed bad ones
 * @param inconclusive neither good nor bad ones
 * @param failedInARow bad ones at the end
 * @param passedInARow good ones at the end
 */
public record Measurements(int taken, int failed, int inconclusive, int failedInARow, int passedInARow) implements Evidence {
    public Measurements {
        Numbers.amounts(taken, failed, inconclusive, failedInARow, passedInARow);
    }

    /** What a measurement showed. */
    enum Outcome { GOOD, BAD, INCONCLUSIVE }

    static Measurements none() {
        return new Measurements(0, 0, 0, 0, 0);
    }

    Measurements plus(Outcome outcome) {
        boolean bad = outcome == Outcome.BAD;
        boolean good = outcome == Outcome.GOOD;
        return new Measurements(
                taken + 1, failed + (bad ? 1 : 0), inconclusive + (outcome == Outcome.INCONCLUSIVE ? 1 : 0), bad ? failedInARow + 1 : 0, good ? passedInARow + 1 : 0);
    }

    /** Good ones. */
    int passed() {
        return taken - failed - inconclusive;
    }

    /**
     * The verdict after the last measurement, or null. Failure comes before all else; then too many inconclusive ones; then success by a row of good ones; then the end of the count, at which a row of good ones that was asked for and not reached is
     * a failure if nothing else could fail, else inconclusive.
     */
    Verdict verdict(MeasurementRules rules) {
        if (exceeds(failed, rules.failureLimit()) || exceeds(failedInARow, rules.consecutiveFailureLimit())) {
            return Verdict.FAIL;
        }
        if (exceeds(inconclusive, rules.inconclusiveLimit())) {
            return Verdict.INCONCLUSIVE;
        }
        boolean wantsRow = rules.consecutiveSuccessLimit() != MeasurementRules.OFF;
        if (wantsRow && passedInARow >= rules.consecutiveSuccessLimit()) {
            return Verdict.PASS;
        }
        if (taken < rules.count()) {
            return null;
        }
        if (wantsRow) {
            boolean canFail = rules.failureLimit() != MeasurementRules.OFF || rules.consecutiveFailureLimit() != MeasurementRules.OFF;
            return canFail ? Verdict.INCONCLUSIVE : Verdict.FAIL;
        }
        // However many bad and inconclusive ones are allowed: without a good one nothing is shown.
        return passed() == 0 ? Verdict.INCONCLUSIVE : Verdict.PASS;
    }

    private static boolean exceeds(int count, int limit) {
        return limit != MeasurementRules.OFF && count > limit;
    }
}
