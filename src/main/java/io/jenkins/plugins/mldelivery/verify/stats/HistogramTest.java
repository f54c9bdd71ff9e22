package io.jenkins.plugins.mldelivery.verify.stats;

/** A sequential test on the histograms of both tracks. Immutable. */
public sealed interface HistogramTest permits SlowerTest, DistributionTest {
    /** The whole state as text, at most 32 KiB; {@link #fromText} gives the same test back. */
    String toText();

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    static HistogramTest fromText(String text) {
        return text.startsWith(DistributionTest.KIND) ? DistributionTest.fromText(text) : SlowerTest.fromText(text);
    }
}
