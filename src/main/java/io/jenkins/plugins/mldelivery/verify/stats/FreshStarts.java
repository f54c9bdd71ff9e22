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

    /** Every third ratio of the grid above 1 is enough. */
    private static final int STEP = 3;

    private static final int RATIOS = (RatioGrid.SIZE - 1 - RatioGrid.ONE) / STEP;
    private static final double[] WEIGHTS = weights();

    private final long ticks;

    /** The test's log-likelihoods at each start so far. */
    private final double[][] marks;

    private FreshStarts(long ticks, double[][] marks) {
        this.ticks = ticks;
        this.marks = marks;
    }

    private static double[] weights() {
        double[] weights = new double[RATIOS];
        for (int i = 0; i < RATIOS; i++) {
            weights[i] = Prior.harm(RatioGrid.log(index(i)));
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    private static int index(int i) {
        return RatioGrid.ONE + STEP * (i + 1);
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
        more[marks.length] = new double[RATIOS];
        for (int i = 0; i < RATIOS; i++) {
            more[marks.length][i] = test.logLikelihood(index(i));
        }
        return new FreshStarts(next, more);
    }

    /** Log of the evidence that the canary's rate is higher, with that of all starts. */
    double logEvidenceWorse(RatioTest test) {
        double[] parts = new double[marks.length + 2];
        parts[0] = Math.log(1 - SHARE) + test.logEvidenceWorse();
        for (int m = 0; m < marks.length; m++) {
            double[] logs = new double[RATIOS];
            for (int i = 0; i < RATIOS; i++) {
                logs[i] = Math.log(WEIGHTS[i]) + (test.logLikelihood(index(i)) - marks[m][i]) / test.discount();
            }
            parts[m + 1] = Math.log(SHARE / PARTS) + Logs.sum(logs);
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
        if (count < 0 || count > PARTS || numbers.length != 2 + count * RATIOS) {
            throw new IllegalArgumentException("the evidence of late starts has a wrong length");
        }
        double[][] marks = new double[count][];
        for (int m = 0; m < count; m++) {
            marks[m] = Arrays.copyOfRange(numbers, 2 + m * RATIOS, 2 + (m + 1) * RATIOS);
        }
        return new FreshStarts((long) numbers[0], marks);
    }
}
