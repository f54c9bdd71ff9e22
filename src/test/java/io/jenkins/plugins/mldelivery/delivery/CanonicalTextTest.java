package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;

import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** One text for one value, and another for every other one. */
public class CanonicalTextTest {
    /** A value of many kinds. */
    public record Value(String text, Integer number, List<String> list, Map<String, Integer> map, DayOfWeek day, Value inner) {}

    @Test
    public void sameValuesHaveTheSameText() {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put("b", 2);
        map.put("a", 1);
        Value value = new Value("t", 7, List.of("x", "y"), map, DayOfWeek.MONDAY, new Value("i", null, List.of(), Map.of(), null, null));
        String text = "Value(text=\"t\";number=7;list=[\"x\",\"y\"];map={\"a\"=1;\"b\"=2;};day=\"MONDAY\";inner=Value(text=\"i\";);)";
        assertEquals(text, CanonicalText.of(value));
    }

    @Test
    public void noTextCanLookLikeAnotherValue() {
        List<Object> all = List.of(
                List.of("a", "b"), List.of("a\",\"b"), List.of("a,b"), List.of("[\"a\",\"b\"]"), List.of("a\\", "b"), List.of("a\\\",\"b"),
                List.of(1, 2), List.of("1", "2"), List.of(12), Arrays.asList((Object) null), List.of("null"), List.of(), List.of(List.of()));
        for (Object one : all) {
            for (Object other : all) {
                if (one != other) {
                    assertNotEquals(CanonicalText.of(one), CanonicalText.of(other));
                }
            }
        }
    }

    @Test
    public void whatHasNoTextIsRefusedAndNotLeftOut() {
        assertThrows(IllegalArgumentException.class, () -> CanonicalText.of(new Object()));
        assertThrows(IllegalArgumentException.class, () -> CanonicalText.of(List.of(SecretText.of("s"))));
    }
}
