package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * Sequential test of two histograms of the same buckets: is the canary slower?
 *
 * <p>The event of a bound is "slower than the bound"; for each the likelihood ratios of {@link RatioTest} are kept on a coarser grid of ratios. The evidence that the canary is slower at any bound is the mean of theirs over the bounds, valid under any dependence between them (Vovk &amp; Wang, Ann. Statist. 49, 2021,
 * Proposition 3.1). A bound chosen beforehand, as that of a service level objective, has its own evidence both ways and a confidence sequence for the ratio of the shares that are slower than it. Evidence may be discounted for bursts, by a φ from elsewhere, as in {@link RatioTest}.
 *
 * <p>The bound is to be chosen before the canary is looked at. It may be chosen from the stable version's observations alone, for the sake of a quantile; then hold it for the whole wait.
 *
 * <p>For a bound that many requests exceed (the median) the evidence against "not slower" counts the fast requests as well (<code>ProcessBank</code> says how); that below the margin, and the confidence sequence, don't, and close in about half as fast there. Immutable.
 */
public final class SlowerTest implements HistogramTest {
    private static final String KIND = "slower/2";
    private static final double[] SIDE = {0.06, 0.14, 0.27, 0.5, 0.9, 1.6, 3.2};

    /** Of the ratios below 1, of 1, above 1; the margin's is kept behind them. */
    private static final double[] GRID = grid();

    private static final int ONE = SIDE.length;
    private static final double[] RATIOS = Arrays.stream(GRID).map(Math::exp).toArray();

    /** For each null on the grid. */
    private static final double[][] WEIGHTS = Arrays.stream(GRID).mapToObj(SlowerTest::weights).toArray(double[][]::new);

    /** Of "slower" alone, equally weighted: where many requests exceed a bound, small ratios are found as well. */
    private static final double[] SLOWER = {0.03, 0.07, 0.15, 0.35, 0.8, 2};

    private static final double[] EQUAL = {1, 1, 1, 1, 1, 1};

    private final double margin;
    private final Histograms seen;
    private final ProcessBank tails;

    /** Against "not slower" alone, at the ratios above 1. */
    private final ProcessBank slower;
    private final double[] lower;
    private final double[] upper;

    private SlowerTest(double margin, Histograms seen, ProcessBank tails, ProcessBank slower, double[] lower, double[] upper) {
        this.margin = margin;
        this.seen = seen;
        this.tails = tails;
        this.slower = slower;
        this.lower = lower;
        this.upper = upper;
    }

    private static double[] grid() {
        double[] grid = new double[2 * SIDE.length + 1];
        for (int i = 0; i < SIDE.length; i++) {
            grid[SIDE.length + 1 + i] = SIDE[i];
            grid[SIDE.length - 1 - i] = -SIDE[i];
        }
        return grid;
    }

    /** Weights for the alternatives of a null: the prior's density there times the room each has. */
    private static double[] weights(double nullLog) {
        double[] weights = new double[GRID.length];
        for (int k = 0; k < GRID.length; k++) {
            double left = GRID[Math.max(0, k - 1)];
            double right = GRID[Math.min(GRID.length - 1, k + 1)];
            weights[k] = Prior.density(Math.abs(GRID[k] - nullLog)) * (right - left);
        }
        return weights;
    }

    private static double[] logs(double margin) {
        return Logs.join(GRID, new double[] {Math.log(margin)});
    }

    /**
     * No evidence yet.
     *
     * @param bounds the buckets' upper bounds, ascending, 2 to 100 of them; the last bucket holds all that is above the others, so it is no bound to be slower than
     * @param margin the ratio of the shares slower than a bound (canary : stable) that counts as "no worse" when shown to be below it; above 1, up to 16
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static SlowerTest none(double[] bounds, double margin) {
        if (!(margin > 1 && margin <= 16)) {
            throw new IllegalArgumentException("the margin must be above 1, up to 16, not " + margin);
        }
        Histograms none = Histograms.none(bounds);
        double[] upper = new double[bounds.length - 1];
        Arrays.fill(upper, Double.POSITIVE_INFINITY);
        return new SlowerTest(margin, none, ProcessBank.none(logs(margin), bounds.length - 1), ProcessBank.none(SLOWER, bounds.length - 1), new double[bounds.length - 1], upper);
    }

    /** Adds a tick, without a discount. */
    public SlowerTest plus(double[] bounds, double[] canary, double[] stable, double alpha) {
        return plus(bounds, canary, stable, alpha, 1);
    }

    /**
     * Adds a tick.
     *
     * @param bounds the buckets' upper bounds in this tick
     * @param canary observations per bucket (not cumulative), as many as bounds
     * @param stable the same of the stable version
     * @param alpha error probability of each bound's confidence sequence
     * @param discount φ, 1 or more, by which the logarithms of the likelihood ratios of all ticks so far are divided from now on; see {@link PodDispersion}
     * @return the test with this evidence; the same when one side has no observations
     * @throws IllegalArgumentException when the bounds are not those of the earlier ticks, a count is not one, or the discount is below 1
     */
    public SlowerTest plus(double[] bounds, double[] canary, double[] stable, double alpha, double discount) {
        Histograms next = seen.plus(bounds, canary, stable);
        if (Histograms.total(canary) <= 0 || Histograms.total(stable) <= 0) {
            return this;
        }
        ProcessBank.Tracks now = Histograms.tails(canary, stable);
        ProcessBank nextTails = tails.plus(now, null, discount);
        double[] nextLower = lower.clone();
        double[] nextUpper = upper.clone();
        double line = Math.log(2 / alpha);
        for (int i = 0; i < lower.length; i++) {
            for (int k = 0; k < GRID.length - 1 && (RATIOS[k] <= lower[i] || rejects(nextTails, i, k, k + 1, GRID.length, line)); k++) {
                nextLower[i] = RATIOS[k];
            }
            for (int k = GRID.length - 1; k > 0 && (RATIOS[k] >= upper[i] || rejects(nextTails, i, k, 0, k, line)); k--) {
                nextUpper[i] = RATIOS[k];
            }
        }
        return new SlowerTest(margin, next, nextTails, slower.plus(now, seen.tails(), discount), nextLower, nextUpper);
    }

    private static boolean rejects(ProcessBank bank, int process, int nullRatio, int from, int to, double line) {
        double base = bank.at(process, nullRatio);
        return bank.most(process, from, to) - base >= line && bank.logMixture(process, WEIGHTS[nullRatio], from, to) - base >= line;
    }

    /** Log of the evidence that the canary is slower at any bound (the mean over the bounds); at ln(1/α) or more it is shown. */
    public double logEvidence() {
        return slower.logMeanMixture(EQUAL, 0, SLOWER.length);
    }

    /** Log of the evidence that a larger share of the canary's requests than of the stable version's is slower than this bound; at ln(1/α) or more it is shown, if the bound was chosen beforehand. */
    public double logEvidence(int bound) {
        return slower.logMixture(bound, EQUAL, 0, SLOWER.length);
    }

    /** Log of the evidence that the share slower than this bound is below margin times the stable version's; at ln(1/β) or more it is shown. */
    public double logEvidenceBelow(int bound) {
        int to = 0;
        while (to < GRID.length && GRID[to] < Math.log(margin) * (1 - 1e-9)) {
            to++;
        }
        return tails.logMixture(bound, weights(Math.log(margin)), 0, to) - tails.at(bound, GRID.length);
    }

    /** Lower end of the confidence sequence of the ratio of the shares slower than this bound, 0 while there is none. */
    public double lower(int bound) {
        return lower[bound];
    }

    /** Upper end of it, +∞ while there is none. */
    public double upper(int bound) {
        return upper[bound];
    }

    /** The ratio of the shares slower than this bound in all observations so far; NaN or +∞ when the stable version has none. */
    public double estimate(int bound) {
        ProcessBank.Tracks all = seen.tails();
        return all.canary()[bound] / all.canaryAll() / (all.stable()[bound] / all.stableAll());
    }

    /** All canary observations so far, per bucket. */
    public double[] canary() {
        return seen.canary();
    }

    /** All stable observations so far, per bucket. */
    public double[] stable() {
        return seen.stable();
    }

    /** The buckets' upper bounds. */
    public double[] bounds() {
        return seen.bounds();
    }

    @Override
    public String toText() {
        return StateText.write(KIND, Logs.join(seen.numbers(), new double[] {margin, tails.discount()}, lower, upper, tails.state(), slower.state()));
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static SlowerTest fromText(String text) {
        double[] numbers = StateText.read(KIND, text);
        Histograms seen = Histograms.of(numbers);
        int bounds = seen.size() - 1;
        int from = Histograms.length(seen.size());
        if (numbers.length < from + 2 + 2 * bounds) {
            throw new IllegalArgumentException("the evidence of the kind " + KIND + " has a wrong length");
        }
        double margin = none(seen.bounds(), numbers[from]).margin;
        int at = from + 2;
        int tails = at + 2 * bounds;
        int slower = tails + ProcessBank.length(logs(margin), bounds);
        if (numbers.length < slower) {
            throw new IllegalArgumentException("the evidence of the kind " + KIND + " has a wrong length");
        }
        double discount = numbers[from + 1];
        return new SlowerTest(
                margin, seen, ProcessBank.of(logs(margin), bounds, Arrays.copyOfRange(numbers, tails, slower), discount),
                ProcessBank.of(SLOWER, bounds, Arrays.copyOfRange(numbers, slower, numbers.length), discount),
                Arrays.copyOfRange(numbers, at, at + bounds), Arrays.copyOfRange(numbers, at + bounds, tails));
    }
}
