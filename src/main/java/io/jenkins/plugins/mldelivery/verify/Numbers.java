package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.SampleTimes;
import java.util.List;

/** Whether numbers of persisted evidence can be, since a damaged one would be reckoned with for long before anybody sees it. */
final class Numbers {
    private Numbers() {}

    /** @throws IllegalArgumentException unless each is finite and 0 or more */
    static void amounts(double... amounts) {
        for (double amount : amounts) {
            if (!(amount >= 0 && amount < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("it has the amount " + amount);
            }
        }
    }

    /** @throws IllegalArgumentException unless each is finite and 0 or more */
    static void amounts(List<Double> amounts) {
        amounts.forEach(Numbers::amounts);
    }

    /** @throws IllegalArgumentException unless they rise, and are finite but for the first one, which may be the least of all */
    static void bounds(List<Double> bounds) {
        for (int i = 0; i < bounds.size(); i++) {
            double bound = bounds.get(i);
            if (Double.isNaN(bound) || bound == Double.POSITIVE_INFINITY || i > 0 && !(bound > bounds.get(i - 1))) {
                throw new IllegalArgumentException("the buckets' bounds don't rise");
            }
        }
    }

    /** @throws IllegalArgumentException unless it is a time, or null */
    static void time(Long millis) {
        if (millis != null && !SampleTimes.isTime(millis)) {
            throw new IllegalArgumentException("it has the time " + millis);
        }
    }
}
