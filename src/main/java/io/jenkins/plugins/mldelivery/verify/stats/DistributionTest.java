package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * Sequential two-sided test that two histograms of the same buckets differ, for the drift of predictions or features canary against stable.
 *
 * <p>Two families of events: "falls into this bucket" (changes of shape) and "falls above this bound" (shifts). For each event the evidence against "as often on both tracks" is the likelihood ratio of {@link RatioTest}, mixed over ratios below and above 1 with fixed weights; all events' evidence is averaged with
 * fixed weights, half a family. Each one has expectation at most 1 whatever it does together with the others, so their mean has as well (Vovk &amp; Wang, Ann. Statist. 49, 2021, Proposition 3.1: the arithmetic mean merges e-values under any dependence). By Ville's inequality it reaches 1/α with probability at most α.
 * Evidence may be discounted for bursts, by a φ from elsewhere, as in {@link RatioTest}.
 *
 * <p>With much data any two versions differ: ask {@link #psi} or {@link #jensenShannon} for the size as well. Immutable.
 */
public final class DistributionTest implements HistogramTest {
    static final String KIND = "distribution/2";
    private static final double[] LOGS = {-1.2, -0.35, -0.1, -0.03, 0.03, 0.1, 0.35, 1.2};
    private static final double[] WEIGHTS = {1, 1, 1, 1, 1, 1, 1, 1};

    private final Histograms seen;
    private final ProcessBank bins;
    private final ProcessBank tails;

    private DistributionTest(Histograms seen, ProcessBank bins, ProcessBank tails) {
        this.seen = seen;
        this.bins = bins;
        this.tails = tails;
    }

    /**
     * No evidence yet.
     *
     * @param bounds the buckets' upper bounds, ascending, 2 to 100 of them; the last bucket holds all that is above the others
     * @throws IllegalArgumentException when a value is out of its range
     */
    public static DistributionTest none(double[] bounds) {
        return new DistributionTest(Histograms.none(bounds), ProcessBank.none(LOGS, bounds.length), ProcessBank.none(LOGS, bounds.length - 1));
    }

    /** Adds a tick, without a discount. */
    public DistributionTest plus(double[] bounds, double[] canary, double[] stable) {
        return plus(bounds, canary, stable, 1);
    }

    /**
     * Adds a tick.
     *
     * @param bounds the buckets' upper bounds in this tick
     * @param canary observations per bucket (not cumulative), as many as bounds
     * @param stable the same of the stable version
     * @param discount φ, 1 or more, by which the logarithms of the likelihood ratios of all ticks so far are divided from now on; see {@link PodDispersion}
     * @return the test with this evidence; the same when one side has no observations
     * @throws IllegalArgumentException when the bounds are not those of the earlier ticks, a count is not one, or the discount is below 1
     */
    public DistributionTest plus(double[] bounds, double[] canary, double[] stable, double discount) {
        Histograms next = seen.plus(bounds, canary, stable);
        if (Histograms.total(canary) <= 0 || Histograms.total(stable) <= 0) {
            return this;
        }
        return new DistributionTest(
                next, bins.plus(Histograms.bins(canary, stable), seen.bins(), discount), tails.plus(Histograms.tails(canary, stable), seen.tails(), discount));
    }

    /** Log of the evidence that the distributions differ; at ln(1/α) or more it is shown. */
    public double logEvidence() {
        double[] families = {bins.logMeanMixture(WEIGHTS, 0, LOGS.length), tails.logMeanMixture(WEIGHTS, 0, LOGS.length)};
        return Logs.mean(families, 0, 2);
    }

    /**
     * Population stability index of all observations so far.
     *
     * @param confidence of its lower bound, in (0, 1)
     */
    public Divergence psi(double confidence) {
        return Divergence.psi(seen.canary(), seen.stable(), confidence);
    }

    /**
     * Jensen-Shannon distance of all observations so far.
     *
     * @param confidence of its lower bound, in (0, 1)
     */
    public Divergence jensenShannon(double confidence) {
        return Divergence.jensenShannon(seen.canary(), seen.stable(), confidence);
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
        return StateText.write(KIND, Logs.join(seen.numbers(), new double[] {bins.discount()}, bins.state(), tails.state()));
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static DistributionTest fromText(String text) {
        double[] numbers = StateText.read(KIND, text);
        Histograms seen = Histograms.of(numbers);
        int from = Histograms.length(seen.size()) + 1;
        int middle = from + ProcessBank.length(LOGS, seen.size());
        if (numbers.length < middle) {
            throw new IllegalArgumentException("the evidence of the kind " + KIND + " has a wrong length");
        }
        return new DistributionTest(
                seen, ProcessBank.of(LOGS, seen.size(), Arrays.copyOfRange(numbers, from, middle), numbers[from - 1]),
                ProcessBank.of(LOGS, seen.size() - 1, Arrays.copyOfRange(numbers, middle, numbers.length), numbers[from - 1]));
    }
}
