package io.jenkins.plugins.mldelivery.verify;

import java.util.Objects;

/**
 * What an {@link Check.ErrorRate} has seen.
 *
 * @param preset whose metrics are read; null while none are found, and when the check names a metric
 * @param canary the canary's counters
 * @param stable the stable version's counters
 * @param counts requests and errors, and the test
 * @param young errors of the canary's pods in the first minute of each
 * @param youngRequests requests of them then
 */
public record RequestEvidence(String preset, Counters canary, Counters stable, RatioCounts counts, double young, double youngRequests) implements Evidence {
    public RequestEvidence {
        // Told by Jackson as damaged JSON.
        RequestMetrics.checkPreset(preset);
        Numbers.amounts(young, youngRequests);
        Objects.requireNonNull(canary, "canary");
        Objects.requireNonNull(stable, "stable");
        Objects.requireNonNull(counts, "counts");
    }

    static RequestEvidence none() {
        return new RequestEvidence(null, Counters.none(), Counters.none(), RatioCounts.none(), 0, 0);
    }
}
