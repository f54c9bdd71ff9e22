package io.jenkins.plugins.mldelivery.verify.stats;

/** {@link DifferenceTest} for roughly normal measurements. */
public final class NormalDifferenceTest implements DifferenceTest {
    private NormalDifferenceTest() {}

    /**
     * No evidence yet.
     */
    public static NormalDifferenceTest none() {
        return new NormalDifferenceTest();
    }

    @Override
    public NormalDifferenceTest plus(double canary, double stable, double alpha) {
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
    public static NormalDifferenceTest fromText(String text) {
        throw new UnsupportedOperationException();
    }
}
