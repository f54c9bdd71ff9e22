package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class FormulaTest {
    private static final Map<String, Double> VALUES = Map.of("a", 2.0, "b", 3.0, "nan", Double.NaN, "inf", Double.POSITIVE_INFINITY);

    @Test
    public void operatorsBindAsInJava() throws Exception {
        holds("1 + 2 * 3 == 7");
        holds("(1 + 2) * 3 == 9");
        holds("8 / 4 / 2 == 1");
        holds("8 - 4 - 2 == 2");
        holds("-a + b == 1");
        holds("- -a == 2");
        holds("2e-1 < .25 && 1. > 0.5");
        holds("1 < 2 || nan < 1");
        holds("a < b && b < 4 || a > b");
        holds("!(a > b) && !(a == b)");
        fails("a > b || b != 3");
        holds("a <= 2 && a >= 2 && inf > 1e300");
    }

    @Test
    public void functions() throws Exception {
        holds("abs(a - b) == 1 && min(a, b) == 2 && max(a, b) == 3");
        holds("isNaN(nan) && !isNaN(a) && isNaN(0 / 0)");
        holds("hasData(a) && !hasData(gone)");
        holds("default(gone, 5) == 5 && default(nan, 5) == 5 && default(a, 5) == 2 && default(a + gone, 7) == 7");
    }

    @Test
    public void whatIsMissingOrNaNIsNeitherTrueNorFalse() throws Exception {
        assertThrows(Formula.NoData.class, () -> test("gone < 1"));
        assertThrows(Formula.NoData.class, () -> test("a < 1 || gone < 1"));
        fails("a < 1 && gone < 1");
        for (String operator : new String[] {"<", "<=", ">", ">=", "==", "!="}) {
            assertThrows(Formula.NotANumber.class, () -> test("nan " + operator + " 1"));
            assertThrows(Formula.NotANumber.class, () -> test("1 " + operator + " inf - inf"));
        }
    }

    @Test
    public void whatIsNoConditionIsRefusedByItsParameter() {
        for (String text : new String[] {"", "a", "a +", "a < ", "< a", "a < b < 1", "(a < b", "a < b)", "a && b", "a < b + (a < b)", "!a", "-(a < b)", "sin(a) < 1", "min(a) < 1", "abs(a, b) < 1", "abs(a < b) < 1", "a = b", "a $ b", "a < 1 b", "a ? 1 : 2"}) {
            DeliveryException e = assertThrows(text, DeliveryException.class, () -> Formula.parse("pass", text));
            assertEquals("pass", e.parameter());
            assertTrue(e.getMessage(), e.getMessage().contains("is not a valid condition: "));
        }
        assertThrows(DeliveryException.class, () -> Formula.parse("pass", "(".repeat(60) + "a < 1" + ")".repeat(60)));
        assertThrows(DeliveryException.class, () -> Formula.parse("pass", "1 < " + "1+".repeat(1500) + "1"));
    }

    @Test
    public void knowsTheNamesThatItUses() throws Exception {
        assertEquals(Set.of("a", "gone", "p99_s"), Formula.parse("pass", "a < default(gone, 1) && abs(p99_s) > 0").names());
    }

    /** Against the same tree evaluated as it is built. */
    @Property(trials = 500)
    public void arithmeticIsThatOfDoubles(long seed) throws Exception {
        Random random = new Random(seed);
        double[] value = new double[1];
        String text = number(random, 0, value);
        holds("abs(" + text + " - (" + value[0] + ")) <= 1e-9 * max(1, abs(" + value[0] + "))");
    }

    private static String number(Random random, int depth, double[] value) {
        if (depth == 4 || random.nextInt(4) == 0) {
            value[0] = random.nextInt(9) + 1;
            return String.valueOf((int) value[0]);
        }
        double[] left = new double[1];
        double[] right = new double[1];
        String a = number(random, depth + 1, left);
        String b = number(random, depth + 1, right);
        switch (random.nextInt(3)) {
            case 0 -> value[0] = left[0] + right[0];
            case 1 -> {
                value[0] = left[0] - right[0];
                return "(" + a + ") - (" + b + ")";
            }
            default -> {
                value[0] = left[0] * right[0];
                return "(" + a + ") * (" + b + ")";
            }
        }
        return a + " + " + b;
    }

    private static boolean test(String text) throws DeliveryException {
        return Formula.parse("pass", text).test(VALUES);
    }

    private static void holds(String text) throws DeliveryException {
        assertTrue(text, test(text));
    }

    private static void fails(String text) throws DeliveryException {
        assertFalse(text, test(text));
    }
}
