package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * {@link DifferenceTest} for roughly normal measurements of unknown scale: the differences dᵢ of the pairs are taken as independent N(μ, σ²) with one μ and one σ.
 *
 * <p>For the null μ = δ the Bayes factor with the right-Haar prior 1/σ on both sides and μ−δ | σ ~ N(0, σ²/c) is, with n differences of mean d̄ and sum of squares S about it and z = n(d̄−δ)²,
 * B = √(c/(n+c))·((S+z)/(S+z·c/(n+c)))^(n/2). It depends on the data only through what is free of the scale, where it is a likelihood ratio, hence a martingale (Lai, Ann. Statist. 4, 1976; Wang &amp; Ramdas, "Anytime-valid t-tests and confidence sequences for Gaussian
 * means with unknown variance", Sequential Analysis 44, 2025; Pérez-Ortiz, Lardy, de Heide &amp; Grünwald, Ann. Statist. 52, 2024), and by Ville's inequality reaches 1/α with probability at most α. The one-sided evidence has the same prior cut off at 0 and doubled:
 * 2B·P(μ > δ | data), where the posterior of μ is Student's t with n degrees of freedom. It grows with the t-statistic of every tick, so that it also holds for every μ ≤ δ. The confidence sequence is the δ with B &lt; 1/α, its running intersection.
 *
 * <p>Not guaranteed: levels for measurements that are far from normal in the first few ticks, or that depend on the tick before (a moving average: give the measurement of the tick alone). With fewer than 3 ticks, or without any scatter or resolution, there is no evidence.
 */
public final class NormalDifferenceTest implements DifferenceTest {
    private static final String KIND = "normal/2";

    /** The prior's precision: effects of about one standard deviation of the tick's difference. */
    private static final double C = 1;

    private static final int FEWEST = 3;

    private final double resolution;
    private final long ticks;
    private final double mean;
    private final double squares;
    private final double lower;
    private final double upper;

    private NormalDifferenceTest(double resolution, long ticks, double mean, double squares, double lower, double upper) {
        this.resolution = resolution;
        this.ticks = ticks;
        this.mean = mean;
        this.squares = squares;
        this.lower = lower;
        this.upper = upper;
    }

    /** No evidence yet, and a scatter that is that of the ticks alone. */
    public static NormalDifferenceTest none() {
        return none(0);
    }

    /**
     * No evidence yet.
     *
     * @param resolution a standard deviation that is added to the scatter of each tick, 0 or more, so that measurements that always are the same are evidence as well; more scatter makes the evidence smaller at any data, so the levels hold
     * @throws IllegalArgumentException when it is out of its range
     */
    public static NormalDifferenceTest none(double resolution) {
        if (!(resolution >= 0 && resolution < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a resolution must be 0 or more, not " + resolution);
        }
        return new NormalDifferenceTest(resolution, 0, 0, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    @Override
    public NormalDifferenceTest plus(double canary, double stable, double alpha) {
        if (!Double.isFinite(canary) || !Double.isFinite(stable)) {
            throw new IllegalArgumentException("a measurement must be a number, not " + (Double.isFinite(canary) ? stable : canary));
        }
        // Welford, Technometrics 4, 1962: no cancellation, however many ticks.
        double difference = canary - stable;
        long n = ticks + 1;
        double newMean = mean + (difference - mean) / n;
        NormalDifferenceTest next = new NormalDifferenceTest(resolution, n, newMean, squares + (difference - mean) * (difference - newMean) + resolution * resolution, lower, upper);
        double radius = next.radius(alpha);
        return new NormalDifferenceTest(resolution, n, newMean, next.squares, Math.max(lower, newMean - radius), Math.min(upper, newMean + radius));
    }

    /** Where B is 1/α: S+z = k·(S+z·shrink) with k = (1/α)^(2/n)·shrink^(−1/n), solved for z. */
    private double radius(double alpha) {
        if (ticks < FEWEST) {
            return Double.POSITIVE_INFINITY;
        }
        double shrink = C / (ticks + C);
        double k = Math.exp(2.0 / ticks * (-Math.log(alpha) - Math.log(shrink) / 2));
        return k * shrink >= 1 || squares <= 0 ? Double.POSITIVE_INFINITY : Math.sqrt(squares * (k - 1) / (1 - k * shrink) / ticks);
    }

    private double logBayesFactor(double difference) {
        double shrink = C / (ticks + C);
        double z = ticks * (mean - difference) * (mean - difference);
        return Math.log(shrink) / 2 + ticks / 2.0 * (Math.log1p(z / squares) - Math.log1p(z * shrink / squares));
    }

    @Override
    public double logEvidenceAbove(double difference) {
        return oneSided(difference, 1);
    }

    @Override
    public double logEvidenceBelow(double difference) {
        return oneSided(difference, -1);
    }

    private double oneSided(double difference, int sign) {
        if (ticks < FEWEST || squares <= 0) {
            return 0;
        }
        // μ | data: location δ + n(d̄−δ)/(n+c), squared scale (S + z·c/(n+c))/(n(n+c)), n degrees of freedom.
        double shift = mean - difference;
        double scale = Math.sqrt((squares + ticks * shift * shift * C / (ticks + C)) / (ticks * (ticks + C)));
        return logBayesFactor(difference) + Math.log(2) + Math.log(StudentT.cdf(sign * ticks * shift / (ticks + C) / scale, ticks));
    }

    @Override
    public double estimate() {
        return ticks == 0 ? Double.NaN : mean;
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
        return ticks;
    }

    @Override
    public String toText() {
        return StateText.write(KIND, new double[] {resolution, ticks, mean, squares, lower, upper});
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static NormalDifferenceTest fromText(String text) {
        double[] numbers = StateText.read(KIND, text, 6);
        return new NormalDifferenceTest(numbers[0], (long) numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
