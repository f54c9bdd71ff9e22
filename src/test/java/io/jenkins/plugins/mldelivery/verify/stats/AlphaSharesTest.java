package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import org.junit.Test;

/** How tests share an error probability. */
public class AlphaSharesTest {
    @Test
    public void weightsShareAlphaInProportion() {
        assertArrayEquals(new double[] {0.005, 0.0025, 0.0025}, AlphaShares.byWeight(0.01, 2, 1, 1), 1e-18);
        assertArrayEquals(new double[0], AlphaShares.byWeight(0.01), 0);
    }

    @Test
    public void openEndedStepsNeverSpendMoreThanAlpha() {
        double sum = 0;
        for (int k = 1_000_000; k >= 1; k--) {
            sum += AlphaShares.ofOpenEndedStep(0.05, k);
        }
        assertEquals("Σ 1/k² = π²/6, less the tail 1/K", 0.05 * (1 - 6 / (Math.PI * Math.PI) * 1e-6), sum, 1e-10);
        assertEquals(0.0125, AlphaShares.ofStep(0.05, 4), 0);
    }

    @Test
    public void whatIsNoProbabilityOrWeightIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> AlphaShares.byWeight(0, 1));
        assertThrows(IllegalArgumentException.class, () -> AlphaShares.byWeight(1, 1));
        assertThrows(IllegalArgumentException.class, () -> AlphaShares.byWeight(0.1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> AlphaShares.byWeight(0.1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> AlphaShares.ofStep(0.1, 0));
        assertThrows(IllegalArgumentException.class, () -> AlphaShares.ofOpenEndedStep(0.1, 0));
    }
}
