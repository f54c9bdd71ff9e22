package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * Lets a {@link RatioTest} forget what was before a regression that began late. Evidence against harm that healthy ticks have piled up delays it, so a fifth of the stake begins anew, in seven equal parts after 8, 16, 32, … 512 ticks: each part is the mixture of the likelihood ratios of the ticks since then, and 1 before.
 * Each of them and the test itself have expectation at most 1 at any time, so their mean with fixed weights has as well (a mixture over the time of change: Shiryaev, Theory Probab. Appl. 8, 1963). Immutable.
 */
final class FreshStarts {
    private static final double SHARE = 0.2;
    private static final int PARTS = 7;
    private static final long FIRST = 8;

    private final long ticks;

    /** The test's log-likelihoods at each start so far. */
    private final double[][] marks;

    private FreshStarts(long ticks, double[][] marks) {
        this.ticks = ticks;
        this.marks = marks;
    }

    static FreshStarts none() {
        return new FreshStarts(0, new double[0][]);
    }

    /** After a tick. */
    FreshStarts after(RatioTest test) {
        long next = ticks + 1;
        boolean start = marks.length < PARTS && next == FIRST << marks.length;
        if (!start) {
            return new FreshStarts(next, marks);
        }
        double[][] more = Arrays.copyOf(marks, marks.length + 1);
        more[marks.length] = likelihoods(test);
        return new FreshStarts(next, more);
    }

    private static double[] likelihoods(RatioTest test) {
        double[] logs = new double[HarmGrid.SIZE];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = test.logLikelihood(HarmGrid.index(i));
        }
        return logs;
    }

    /** Log of the evidence that the canary's rate is higher, with that of all starts. */
    double logEvidenceWorse(RatioTest test) {
        double[] parts = new double[marks.length + 2];
        parts[0] = Math.log(1 - SHARE) + test.logEvidenceWorse();
        double[] now = likelihoods(test);
        for (int m = 0; m < marks.length; m++) {
            parts[m + 1] = Math.log(SHARE / PARTS) + HarmGrid.logMixture(now, marks[m], test.discount());
        }
        parts[marks.length + 1] = Math.log(SHARE * (PARTS - marks.length) / PARTS);
        return Logs.sum(parts);
    }

    /** Ticks, number of starts, and the log-likelihoods at each. */
    double[] state() {
        return Logs.join(new double[] {ticks, marks.length}, Logs.join(marks));
    }

    /** @throws IllegalArgumentException when it is damaged */
    static FreshStarts of(double[] numbers) {
        int count = numbers.length < 2 ? -1 : (int) numbers[1];
        if (count < 0 || count > PARTS || numbers.length != 2 + count * HarmGrid.SIZE) {
            throw new IllegalArgumentException("the evidence of late starts has a wrong length");
        }
        double[][] marks = new double[count][];
        for (int m = 0; m < count; m++) {
            marks[m] = Arrays.copyOfRange(numbers, 2 + m * HarmGrid.SIZE, 2 + (m + 1) * HarmGrid.SIZE);
        }
        return new FreshStarts((long) numbers[0], marks);
    }
}
