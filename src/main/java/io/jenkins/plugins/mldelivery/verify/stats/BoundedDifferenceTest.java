package io.jenkins.plugins.mldelivery.verify.stats;

/** {@link DifferenceTest} for measurements with known bounds. */
public final class BoundedDifferenceTest implements DifferenceTest {
    private BoundedDifferenceTest() {}

    /**
     * No evidence yet.
     * @param low the least possible measurement
     * @param high the greatest possible measurement
     * @param nulls the differences that the evidence will be asked about, at most 8; others are refused
     */
    public static BoundedDifferenceTest none(double low, double high, double... nulls) {
        return new BoundedDifferenceTest();
    }

    @Override
    public BoundedDifferenceTest plus(double canary, double stable, double alpha) {
        throw new UnsupportedOperationException();
    }

    @Override
    public double logEvidenceAbove(double difference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public double logEvidenceBelow(double difference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public double estimate() {
        throw new UnsupportedOperationException();
    }

    @Override
    public double lower() {
        throw new UnsupportedOperationException();
    }

    @Override
    public double upper() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long ticks() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toText() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static BoundedDifferenceTest fromText(String text) {
        throw new UnsupportedOperationException();
    }
}
