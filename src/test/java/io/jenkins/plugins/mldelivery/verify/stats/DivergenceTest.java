package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import org.junit.Test;

/** The measures of drift by hand, and that noise doesn't pass a floor. */
public class DivergenceTest {
    private static final double CONFIDENCE = 0.95;

    @Test
    public void largeHistogramsHaveTheirDefinedDistance() {
        double[] p = {5e8, 3e8, 2e8};
        double[] q = {4e8, 3e8, 3e8};
        double psi = 0.1 * Math.log(5 / 4.0) + -0.1 * Math.log(2 / 3.0);
        Divergence measured = Divergence.psi(p, q, CONFIDENCE);
        assertEquals(psi, measured.value(), 1e-7);
        assertEquals(psi, measured.atLeast(), 1e-3);
        double js = (0.5 * Math.log(0.5 / 0.45) + 0.4 * Math.log(0.4 / 0.45) + 0.2 * Math.log(0.2 / 0.25) + 0.3 * Math.log(0.3 / 0.25)) / 2 / Math.log(2);
        assertEquals(Math.sqrt(js), Divergence.jensenShannon(p, q, CONFIDENCE).value(), 1e-7);
    }

    @Test
    public void disjointHistogramsAreADistanceOfOneApartAndFinite() {
        double[] p = {1e9, 0};
        double[] q = {0, 1e9};
        assertEquals(1, Divergence.jensenShannon(p, q, CONFIDENCE).value(), 1e-6);
        assertTrue(Double.isFinite(Divergence.psi(p, q, CONFIDENCE).value()));
    }

    @Test
    public void bucketsThatAreEmptyOnBothSidesDoNotMatter() {
        Divergence with = Divergence.psi(new double[] {5, 0, 9}, new double[] {7, 0, 4}, CONFIDENCE);
        assertEquals(Divergence.psi(new double[] {5, 9}, new double[] {7, 4}, CONFIDENCE), with);
    }

    @Test
    public void theLowerBoundSolvesBirgesInequality() {
        double[] p = {60, 30, 10, 50};
        double[] q = {100, 90, 80, 30};
        Divergence psi = Divergence.psi(p, q, CONFIDENCE);
        double scale = 1 / (1 / 150.0 + 1 / 300.0);
        double lambda = psi.atLeast() * scale;
        double x = Math.log(20);
        assertTrue(lambda > 0);
        assertEquals(psi.value() * scale, 3 + lambda + 2 * Math.sqrt((3 + 2 * lambda) * x) + 2 * x, 1e-9);
    }

    @Test
    public void noiseOfAHundredObservationsDoesNotPassTheFloor() {
        int naive = 0;
        int passed = 0;
        double corrected = 0;
        int runs = 2000;
        for (int run = 0; run < runs; run++) {
            Random random = new Random(run);
            Divergence psi = Divergence.psi(draw(random, 100, 0), draw(random, 100, 0), CONFIDENCE);
            assertTrue(psi.toString(), psi.atLeast() <= psi.corrected() && psi.corrected() <= psi.atMost());
            naive += psi.value() >= 0.1 ? 1 : 0;
            passed += psi.atLeast() >= 0.1 ? 1 : 0;
            corrected += psi.corrected() / runs;
        }
        assertTrue("the value itself passes in " + naive, naive > runs / 2);
        assertTrue("the lower bound passes in " + passed, passed <= runs * 0.05);
        assertTrue("corrected mean " + corrected, corrected < 0.05);
    }

    @Test
    public void theLowerBoundIsBelowTheTruthInMostRunsAndNotFarBelowItWithMuchData() {
        Divergence truth = Divergence.psi(draw(new Random(1), 4_000_000, 0.5), draw(new Random(2), 4_000_000, 0), CONFIDENCE);
        int above = 0;
        double mean = 0;
        for (int run = 0; run < 500; run++) {
            Random random = new Random(run);
            Divergence psi = Divergence.psi(draw(random, 1000, 0.5), draw(random, 1000, 0), CONFIDENCE);
            above += psi.atLeast() > truth.value() ? 1 : 0;
            mean += psi.atLeast() / 500;
        }
        assertTrue(above + " of 500", above <= 40);
        assertTrue("mean bound " + mean + " of " + truth.value(), mean > 0.4 * truth.value());
    }

    @Test
    public void withoutObservationsThereIsNoMeasure() {
        assertTrue(Double.isNaN(Divergence.psi(new double[2], new double[] {1, 2}, CONFIDENCE).value()));
        assertEquals(0, Divergence.jensenShannon(new double[2], new double[2], CONFIDENCE).atLeast(), 0);
        assertThrows(IllegalArgumentException.class, () -> Divergence.psi(new double[2], new double[3], CONFIDENCE));
        assertThrows(IllegalArgumentException.class, () -> Divergence.psi(new double[2], new double[2], 1));
    }

    private static double[] draw(Random random, int n, double shift) {
        double[] counts = new double[10];
        for (int i = 0; i < n; i++) {
            counts[(int) Math.max(0, Math.min(9, Math.floor(5 + 2 * (random.nextGaussian() + shift))))]++;
        }
        return counts;
    }
}
