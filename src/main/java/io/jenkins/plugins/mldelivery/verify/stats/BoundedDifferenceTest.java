package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * {@link DifferenceTest} for measurements that can't leave known bounds (an accuracy, a share): nothing else is assumed of their distribution, which may change from tick to tick.
 *
 * <p>With z = ½ + (canary−stable)/(2·(high−low)), in [0, 1], the null "mean difference ≤ δ" is E[zₜ | past] ≤ m. For every bet λ in [0, 1/m) the product Π(1+λ(zₜ−m)) is then a non-negative supermartingale, hence also the mean over fixed bets λ; by Ville's inequality it
 * reaches 1/α with probability at most α (Waudby-Smith &amp; Ramdas, J. R. Stat. Soc. B 86, 2024, Theorem 3 and section 4.5 on grids of bets). "Below" is the same of 1−z. The confidence sequence is the empirical-Bernstein one of their Theorem 2 with the predictable bets of equation (15), and its
 * running intersection; it holds when the mean difference stays the same.
 *
 * <p>The wider the bounds against the scatter, the longer it takes: give the narrowest that are sure.
 */
public final class BoundedDifferenceTest implements DifferenceTest {
    static final String KIND = "bounded/1";

    /** Bets as shares of the largest one allowed; equal weights. */
    private static final double[] BETS = {0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 0.95};

    private static final int MOST_NULLS = 8;
    private static final double TRUNCATION = 0.5;

    private final double low;
    private final double high;
    private final double[] nulls;

    /** Log wealth: for each null the bets on above, then those on below. */
    private final double[] wealth;
    private final Bernstein above;
    private final Bernstein below;
    private final double sum;
    private final double lower;
    private final double upper;

    private BoundedDifferenceTest(
            double low, double high, double[] nulls, double[] wealth, Bernstein above, Bernstein below, double sum, double lower, double upper) {
        this.low = low;
        this.high = high;
        this.nulls = nulls;
        this.wealth = wealth;
        this.above = above;
        this.below = below;
        this.sum = sum;
        this.lower = lower;
        this.upper = upper;
    }

    /**
     * No evidence yet.
     *
     * @param low the least possible measurement
     * @param high the greatest possible measurement
     * @param nulls the differences that the evidence will be asked about, 1 to 8 of them, each inside (low−high, high−low)
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static BoundedDifferenceTest none(double low, double high, double... nulls) {
        if (!(low < high) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException("the bounds must be two numbers, the lower one first, not " + low + " and " + high);
        }
        if (nulls.length < 1 || nulls.length > MOST_NULLS) {
            throw new IllegalArgumentException("1 to " + MOST_NULLS + " differences can be tested, not " + nulls.length);
        }
        for (double difference : nulls) {
            if (!(Math.abs(difference) < high - low)) {
                throw new IllegalArgumentException("a difference to test must be less than the bounds are apart, not " + difference);
            }
        }
        return new BoundedDifferenceTest(
                low, high, nulls.clone(), new double[2 * nulls.length * BETS.length], Bernstein.NONE, Bernstein.NONE, 0, low - high, high - low);
    }

    @Override
    public BoundedDifferenceTest plus(double canary, double stable, double alpha) {
        if (!(canary >= low && canary <= high && stable >= low && stable <= high)) {
            throw new IllegalArgumentException(
                    "a measurement must be from " + low + " to " + high + ", not " + (canary >= low && canary <= high ? stable : canary));
        }
        double z = scaled(canary - stable);
        double[] next = wealth.clone();
        for (int i = 0; i < nulls.length; i++) {
            double m = scaled(nulls[i]);
            for (int k = 0; k < BETS.length; k++) {
                next[2 * i * BETS.length + k] += Math.log1p(BETS[k] / m * (z - m));
                next[(2 * i + 1) * BETS.length + k] += Math.log1p(BETS[k] / (1 - m) * (m - z));
            }
        }
        Bernstein nextAbove = above.plus(z, alpha / 2);
        Bernstein nextBelow = below.plus(1 - z, alpha / 2);
        return new BoundedDifferenceTest(
                low, high, nulls, next, nextAbove, nextBelow, sum + canary - stable,
                Math.max(lower, difference(nextAbove.lower(alpha / 2))), Math.min(upper, difference(1 - nextBelow.lower(alpha / 2))));
    }

    private double scaled(double difference) {
        return 0.5 + difference / (2 * (high - low));
    }

    private double difference(double scaled) {
        return (scaled - 0.5) * 2 * (high - low);
    }

    /** @throws IllegalArgumentException when the difference was not among the nulls */
    @Override
    public double logEvidenceAbove(double difference) {
        return logMean(2 * index(difference) * BETS.length);
    }

    /** @throws IllegalArgumentException when the difference was not among the nulls */
    @Override
    public double logEvidenceBelow(double difference) {
        return logMean((2 * index(difference) + 1) * BETS.length);
    }

    private double logMean(int from) {
        return Logs.mean(wealth, from, from + BETS.length);
    }

    private int index(double difference) {
        for (int i = 0; i < nulls.length; i++) {
            if (nulls[i] == difference) {
                return i;
            }
        }
        throw new IllegalArgumentException("the difference " + difference + " is not tested, only " + Arrays.toString(nulls));
    }

    @Override
    public double estimate() {
        return ticks() == 0 ? Double.NaN : sum / ticks();
    }

    @Override
    public double lower() {
        return lower;
    }

    @Override
    public double upper() {
        return upper;
    }

    @Override
    public long ticks() {
        return (long) above.ticks();
    }

    @Override
    public String toText() {
        double[] head = {low, high, sum, lower, upper, nulls.length};
        return StateText.write(KIND, Logs.join(head, nulls, wealth, above.numbers(), below.numbers()));
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static BoundedDifferenceTest fromText(String text) {
        double[] n = StateText.read(KIND, text);
        int count = n.length < 6 ? 0 : (int) n[5];
        int from = 6 + count;
        int end = from + 2 * count * BETS.length;
        if (count < 1 || count > MOST_NULLS || n.length != end + 2 * Bernstein.NUMBERS) {
            throw new IllegalArgumentException("the evidence of the kind " + KIND + " has a wrong length");
        }
        return new BoundedDifferenceTest(
                n[0], n[1], Arrays.copyOfRange(n, 6, from), Arrays.copyOfRange(n, from, end), Bernstein.of(n, end),
                Bernstein.of(n, end + Bernstein.NUMBERS), n[2], n[3], n[4]);
    }

    /**
     * Sums for the lower bound of the mean of x in [0, 1]: Theorem 2 of Waudby-Smith &amp; Ramdas with ψ(λ) = −ln(1−λ)−λ and weights (x−x̄ of the past)².
     *
     * @param ticks t
     * @param total Σx
     * @param scatter Σ(x−μ̂)², μ̂ with the one fake observation ½
     * @param bets Σλ
     * @param won Σλx
     * @param spent Σ(x−x̄)²ψ(λ)
     */
    private record Bernstein(double ticks, double total, double scatter, double bets, double won, double spent) {
        static final int NUMBERS = 6;
        static final Bernstein NONE = new Bernstein(0, 0, 0, 0, 0, 0);

        Bernstein plus(double x, double alpha) {
            double t = ticks + 1;
            double variance = (0.25 + scatter) / t;
            double bet = Math.min(TRUNCATION, Math.sqrt(2 * Math.log(1 / alpha) / (t * Math.log1p(t) * variance)));
            double before = ticks == 0 ? 0 : total / ticks;
            double centre = (0.5 + total + x) / (t + 1);
            return new Bernstein(
                    t, total + x, scatter + (x - centre) * (x - centre), bets + bet, won + bet * x,
                    spent + (x - before) * (x - before) * (-Math.log1p(-bet) - bet));
        }

        double lower(double alpha) {
            return Math.max(0, (won - Math.log(1 / alpha) - spent) / bets);
        }

        double[] numbers() {
            return new double[] {ticks, total, scatter, bets, won, spent};
        }

        static Bernstein of(double[] n, int from) {
            return new Bernstein(n[from], n[from + 1], n[from + 2], n[from + 3], n[from + 4], n[from + 5]);
        }
    }
}
