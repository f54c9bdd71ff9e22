package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.verify.source.Sample;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class CountersTest {
    private final Counters seen = Counters.none().after(List.of(sample("a", "200", 100)));

    @Test
    public void nothingCountsAtTheFirstLook() {
        assertEquals(0, Counters.none().increment(sample("a", "200", 100)), 0);
    }

    @Test
    public void onlyWhatCameSinceTheLastLookCounts() {
        assertEquals(7, seen.increment(sample("a", "200", 107)), 0);
        assertEquals(0, seen.increment(sample("a", "200", 100)), 0);
    }

    @Test
    public void aResetCountsFromZero() {
        assertEquals(30, seen.increment(sample("a", "200", 30)), 0);
    }

    @Test
    public void theFirstErrorOfAKnownPodCountsWhole() {
        assertEquals(3, seen.increment(sample("a", "500", 3)), 0);
    }

    @Test
    public void theHistoryOfAPodThatIsSeenForTheFirstTimeDoesNotCount() {
        assertEquals(0, seen.increment(sample("b", "200", 1_000_000)), 0);
        Counters both = seen.after(List.of(sample("b", "200", 1_000_000)));
        assertEquals(5, both.increment(sample("b", "200", 1_000_005)), 0);
        assertEquals(2, both.increment(sample("b", "500", 2)), 0);
    }

    @Test
    public void aVanishedSeriesIsRememberedUntilItComesBack() {
        Counters later = seen.after(List.of()).after(List.of(sample("a", "500", 1)));
        assertEquals(20, later.increment(sample("a", "200", 120)), 0);
    }

    @Test
    public void whatIsNoNumberNeitherCountsNorReplacesTheLastValue() {
        assertEquals(0, seen.increment(sample("a", "200", Double.NaN)), 0);
        assertEquals(0, seen.increment(sample("a", "200", Double.POSITIVE_INFINITY)), 0);
        assertEquals(1, seen.after(List.of(sample("a", "200", Double.NaN))).increment(sample("a", "200", 101)), 0);
    }

    private static Sample sample(String source, String code, double value) {
        return new Sample(source, Map.of("code", code), value);
    }
}
