package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.Measurements.Outcome;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The states of measurements are those of Argo Rollouts' analysis, as its documentation and analysis.go have them. */
@RunWith(JUnitQuickcheck.class)
public class MeasurementsTest {
    private static final int OFF = MeasurementRules.OFF;

    @Test
    public void failsWhenMoreAreBadThanTheLimitInAllNotInARow() {
        assertNull(verdict(rules(5, 1, OFF, OFF, 0), "gbg"));
        assertEquals(Verdict.FAIL, verdict(rules(5, 1, OFF, OFF, 0), "gbgb"));
        assertEquals(Verdict.PASS, verdict(rules(5, 1, OFF, OFF, 0), "gbggg"));
    }

    @Test
    public void failsWhenMoreAreBadInARowThanTheLimit() {
        assertEquals(Verdict.PASS, verdict(rules(6, OFF, 1, OFF, 0), "bgbgbg"));
        assertEquals(Verdict.FAIL, verdict(rules(6, OFF, 1, OFF, 0), "gbb"));
        assertEquals("inconclusive ones end a row", Verdict.PASS, verdict(rules(4, OFF, 1, OFF, 9), "bibg"));
    }

    @Test
    public void isInconclusiveWhenMoreAreThanTheLimit() {
        assertEquals(Verdict.INCONCLUSIVE, verdict(rules(5, 0, OFF, OFF, 0), "gi"));
        assertEquals(Verdict.PASS, verdict(rules(3, 0, OFF, OFF, 1), "gig"));
        assertEquals("failure comes first", Verdict.FAIL, verdict(rules(5, 0, OFF, OFF, 1), "iib".substring(1)));
        assertEquals("all inconclusive have shown nothing", Verdict.INCONCLUSIVE, verdict(rules(2, 0, OFF, OFF, OFF), "ii"));
    }

    @Test
    public void withoutAnyGoodOneNothingPasses() {
        assertEquals(Verdict.INCONCLUSIVE, verdict(rules(3, 2, OFF, OFF, OFF), "bib"));
        assertEquals(Verdict.INCONCLUSIVE, verdict(rules(3, OFF, 1, OFF, OFF), "bib"));
        assertEquals(Verdict.PASS, verdict(rules(3, 2, OFF, OFF, OFF), "big"));
    }

    @Test
    public void passesEarlyAfterARowOfGoodOnes() {
        assertEquals(Verdict.PASS, verdict(rules(9, 2, OFF, 3, 0), "gbggg"));
        assertNull(verdict(rules(9, 2, OFF, 3, 0), "gbgg"));
        assertEquals("the row was not reached, and it could have failed", Verdict.INCONCLUSIVE, verdict(rules(4, 2, OFF, 3, 0), "gbgg"));
        assertEquals("the row was not reached, and nothing else could fail", Verdict.FAIL, verdict(rules(4, OFF, OFF, 3, 0), "gbgg"));
    }

    /** However a run goes on, more bad measurements in place of good ones never make it better. */
    @Property(trials = 300)
    public void aWorseRunIsNeverJudgedBetter(
            long seed, @InRange(minInt = 1, maxInt = 8) int count, @InRange(minInt = -1, maxInt = 4) int failures, @InRange(minInt = -1, maxInt = 3) int row) {
        Random random = new Random(seed);
        MeasurementRules rules = rules(count, failures, row, OFF, 0);
        Measurements run = Measurements.none();
        Measurements worse = Measurements.none();
        Verdict first = null;
        Verdict second = null;
        for (int i = 0; i < count; i++) {
            boolean bad = random.nextInt(3) == 0;
            boolean alsoBad = bad || random.nextInt(3) == 0;
            run = run.plus(bad ? Outcome.BAD : Outcome.GOOD);
            worse = worse.plus(alsoBad ? Outcome.BAD : Outcome.GOOD);
            first = first == null ? run.verdict(rules) : first;
            second = second == null ? worse.verdict(rules) : second;
        }
        assertTrue("a whole count always ends", first != null && second != null);
        if (first == Verdict.FAIL) {
            assertNotEquals(Verdict.PASS, second);
        }
    }

    private static MeasurementRules rules(int count, int failures, int failuresInARow, int goodInARow, int inconclusive) {
        return new MeasurementRules(count, failures, failuresInARow, goodInARow, inconclusive, "wait", "wait", "wait");
    }

    /** Of the last one; the ones before must have left it open. */
    private static Verdict verdict(MeasurementRules rules, String run) {
        Measurements all = Measurements.none();
        for (int i = 0; i < run.length(); i++) {
            assertNull("ended before '" + run.substring(i) + "'", i == 0 ? null : all.verdict(rules));
            all = all.plus(switch (run.charAt(i)) {
                case 'g' -> Outcome.GOOD;
                case 'b' -> Outcome.BAD;
                default -> Outcome.INCONCLUSIVE;
            });
        }
        return all.verdict(rules);
    }
}
