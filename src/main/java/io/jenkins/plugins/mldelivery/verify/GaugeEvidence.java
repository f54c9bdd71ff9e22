package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.DifferenceTest;

/**
 * What an {@link Check.Gauge} has seen.
 *
 * @param canaryUpTo the time of the canary's latest sample, in milliseconds since 1970; 0 before there was any
 * @param stableUpTo likewise
 * @param canarySum of the canary's samples that are not yet in the test
 * @param canaryCount their number
 * @param stableSum likewise
 * @param stableCount likewise
 * @param canaryLast the canary's last measurement, or NaN
 * @param stableLast likewise
 * @param canaryRepeats how often the canary's measurement was the same as the one before
 * @param stableRepeats likewise
 * @param test null before there is any
 */
public record GaugeEvidence(
        long canaryUpTo, long stableUpTo, double canarySum, double canaryCount, double stableSum, double stableCount, double canaryLast, double stableLast, long canaryRepeats,
        long stableRepeats, DifferenceTest test) implements Evidence {
    public GaugeEvidence {
        Numbers.time(canaryUpTo);
        Numbers.time(stableUpTo);
        Numbers.amounts(canaryRepeats, stableRepeats);
        Numbers.amounts(canaryCount, stableCount, Math.abs(canarySum), Math.abs(stableSum));
    }

    static GaugeEvidence none() {
        return new GaugeEvidence(0, 0, 0, 0, 0, 0, Double.NaN, Double.NaN, 0, 0, null);
    }
}
