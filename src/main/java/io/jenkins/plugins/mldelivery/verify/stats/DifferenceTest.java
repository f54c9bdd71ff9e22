package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Sequential test of the difference canary − stable of the means of two series of measurements, one pair a tick. Immutable. For measurements of which less is worse, exchange the tracks.
 */
public sealed interface DifferenceTest permits BoundedDifferenceTest, NormalDifferenceTest {
    /**
     * Adds a tick.
     *
     * @param alpha error probability of the confidence sequence, in (0, 1)
     * @throws IllegalArgumentException when a measurement is not a number, or out of its bounds
     */
    DifferenceTest plus(double canary, double stable, double alpha);

    /** Log of the evidence that the mean difference is above a bound; at ln(1/α) or more it is shown. */
    double logEvidenceAbove(double difference);

    /** Log of the evidence that the mean difference is below a bound; at ln(1/β) or more it is shown. */
    double logEvidenceBelow(double difference);

    /** The mean difference so far; NaN without ticks. */
    double estimate();

    /** Lower end of the confidence sequence of the mean difference. */
    double lower();

    /** Upper end of it. */
    double upper();

    /** Ticks so far. */
    long ticks();

    /** The whole state as text; {@link #fromText} gives the same test back. */
    String toText();

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    static DifferenceTest fromText(String text) {
        return text.startsWith(BoundedDifferenceTest.KIND) ? BoundedDifferenceTest.fromText(text) : NormalDifferenceTest.fromText(text);
    }
}
