package io.jenkins.plugins.mldelivery.verify.stats;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.verify.stats.PodTraffic.Shape;
import org.junit.Test;

/** Evidence that begins anew: a fair bet, its parts, and what it is good for. */
public class FreshStartsTest {
    private static final double ALPHA = 0.05;

    @Test
    public void aTickAfterAStartIsAFairBet() {
        // 9 ticks, so that one part has begun anew; then all ways in which 20 events fall at equal rates, a third of the requests being the canary's.
        ErrorRateTest before = ErrorRateTest.none(1.5);
        for (int tick = 0; tick < 9; tick++) {
            before = before.plus(tick % 3, 100, 2, 200, ALPHA);
        }
        double sum = 0;
        double probability = Math.pow(2.0 / 3, 20);
        for (int x = 0; x <= 20; x++) {
            sum += probability * Math.exp(before.plus(x, 100, 20 - x, 200, ALPHA).logEvidenceWorse());
            probability *= (20.0 - x) / (x + 1) / 2;
        }
        assertEquals(Math.exp(before.logEvidenceWorse()), sum, 1e-9);
    }

    @Test
    public void whatBeganAnewIsTheTestOfTheTicksSinceThen() {
        ErrorRateTest all = ErrorRateTest.none();
        RatioTest since = RatioTest.none();
        for (int tick = 1; tick <= 15; tick++) {
            double x = tick <= 8 ? 0 : 6;
            all = all.plus(x, 100, 3, 200, ALPHA);
            since = tick <= 8 ? since : since.plus(x, 100, 3, 200, ALPHA);
        }
        double totals = Math.exp(all.ratio().logEvidenceWorse());
        // Without pods no event is capped, so that the stake on the capped test is the test of all ticks.
        double expected = Math.log(0.8 * (0.8 * totals + 0.2 / 7 * Math.exp(since.logEvidenceWorse()) + 0.2 * 6 / 7) + 0.2 * totals);
        // On a third of the grid's points.
        assertEquals(expected, all.logEvidenceWorse(), 0.02);
        assertTrue(all.logEvidenceWorse() > all.ratio().logEvidenceWorse());
    }

    @Test
    public void harmThatBeginsLateIsFoundMoreOften() {
        int found = 0;
        int without = 0;
        for (int run = 0; run < 100; run++) {
            PodTraffic traffic = new PodTraffic(run, Shape.PLAIN, 2, 18);
            ErrorRateTest test = ErrorRateTest.none();
            double most = 0;
            double mostWithout = 0;
            for (int look = 0; look < 60; look++) {
                test = traffic.feed(test, look < 30 ? 1 : 2, 0.01);
                most = Math.max(most, test.logEvidenceWorse());
                mostWithout = Math.max(mostWithout, test.ratio().logEvidenceWorse());
            }
            found += most >= Math.log(100) ? 1 : 0;
            without += mostWithout >= Math.log(100) ? 1 : 0;
        }
        assertTrue("found " + found + ", without " + without, found >= without + 8);
    }

    @Test
    public void itsStateIsSmallAndRestoredExactly() {
        ErrorRateTest test = ErrorRateTest.none(1.5);
        for (int tick = 0; tick < 600; tick++) {
            test = test.plus(tick % 5, 100, 4, 200, ALPHA);
        }
        ErrorRateTest read = ErrorRateTest.fromText(test.toText());
        assertEquals(test.toText(), read.toText());
        assertEquals(test.plus(9, 100, 1, 100, ALPHA).logEvidenceWorse(), read.plus(9, 100, 1, 100, ALPHA).logEvidenceWorse(), 0);
        assertTrue(test.toText().length() + " characters", test.toText().length() <= 6 * 1024);
        String text = test.toText();
        String cut = text.replaceFirst("starts/1:[^;]{16}", "starts/1:");
        assertThrows(IllegalArgumentException.class, () -> ErrorRateTest.fromText(cut));
        assertThrows(IllegalArgumentException.class, () -> FreshStarts.of(new double[] {9, 8}));
        assertEquals("its parts", 5, text.split(";").length);
    }
}
