package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.jenkins.plugins.mldelivery.delivery.Verdict;

/**
 * Where a check stands.
 *
 * @param verdict null while there is none
 * @param reason the present state in a sentence
 * @param canary what the canary shows (an error rate, a share of slow requests, a mean, the last value), or NaN
 * @param stable likewise of the stable version
 * @param effect the estimate (a rate ratio, a difference, an index, the last value), or NaN
 * @param lower of the confidence sequence, or the bound; or NaN
 * @param upper likewise
 * @param samples canary requests, observations or measurements so far
 * @param evidence null before the first look
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CheckState(
        Verdict verdict, String reason, double canary, double stable, double effect, double lower, double upper, long samples, Evidence evidence) {

    public CheckState {
        // Told by Jackson as damaged JSON.
        java.util.Objects.requireNonNull(reason, "reason");
    }

    static CheckState initial() {
        return new CheckState(null, "no data yet", Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, null);
    }

    CheckState of(long newSamples) {
        return new CheckState(verdict, reason, canary, stable, effect, lower, upper, newSamples, evidence);
    }

    CheckState decided(Verdict newVerdict, String newReason) {
        return new CheckState(newVerdict, newReason, canary, stable, effect, lower, upper, samples, evidence);
    }
}
