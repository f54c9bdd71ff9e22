package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramPoint;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.Test;

/** What counts of samples with times; the onset is at 1000 s. */
public class CountersTest {
    private static final Instant ONSET = Instant.ofEpochSecond(1000);

    @Test
    public void theValueAtTheOnsetIsWhatCountsFrom() {
        assertEquals(7, counted(reading(series("a", null, 900, 50, 1000, 100, 1010, 104, 1020, 107))), 0);
    }

    @Test
    public void whatCameBetweenTwoSamplesAroundTheOnsetDoesNotCount() {
        assertEquals(3, counted(reading(series("a", null, 995, 100, 1005, 120, 1015, 123))), 0);
    }

    @Test
    public void aResetCountsFromZero() {
        assertEquals(10 + 4 + 1, counted(reading(series("a", null, 1000, 90, 1010, 100, 1020, 4, 1030, 5))), 0);
    }

    @Test
    public void aResetThatTheValueDoesNotShowIsKnownFromItsCreation() {
        Counters first = Counters.none().after(reading(series("a", 500L, 1000, 90)), ONSET).next();
        assertEquals(95, sum(first.after(reading(series("a", 1_005_000L, 1010, 95)), ONSET)), 0);
        assertEquals(5, sum(first.after(reading(series("a", 500L, 1010, 95)), ONSET)), 0);
    }

    @Test
    public void aCreationThatIsLearnedLateCountsNothingTwice() {
        // Prometheus is asked for creation times only now and then, so they come with samples that were counted before, and with those from before the restart.
        Counters first = Counters.none().after(reading(series("a", 500_000L, 1000, 90, 1010, 100)), ONSET).next();
        assertEquals("the sample that is known already", 0, sum(first.after(reading(series("a", 1_012_000L, 1010, 100)), ONSET)), 0);
        assertEquals("5 more before the restart, 3 and 1 after it", 9, sum(first.after(reading(series("a", 1_021_000L, 1010, 100, 1020, 105, 1030, 3, 1040, 4)), ONSET)), 0);
        assertEquals("a restart that the values don't show", 5 + 110, sum(first.after(reading(series("a", 1_021_000L, 1010, 100, 1020, 105, 1030, 110)), ONSET)), 0);
        assertEquals("the pod's clock is ahead", 3 + 1, sum(first.after(reading(series("a", 1_033_000L, 1010, 100, 1030, 3, 1040, 4)), ONSET)), 0);
    }

    @Test
    public void aHistogramsCreationThatIsLearnedLateCountsNothingTwice() {
        HistogramCounters first = HistogramCounters.none().after(histogram(500_000L, at(1000, 80, 10), at(1010, 90, 10)), ONSET).next();
        HistogramCounters.Moved moved = first.after(histogram(1_021_000L, at(1010, 90, 10), at(1020, 95, 10), at(1030, 3, 0), at(1040, 4, 0)), ONSET);
        assertEquals(9, moved.increments().stream().mapToDouble(i -> i.amount().total()).sum(), 0);
    }

    private static HistogramReading histogram(Long created, HistogramPoint... points) {
        return new HistogramReading(List.of(new HistogramSeries("a", Map.of(), List.of(points), created)), Map.of(), Map.of());
    }

    @Test
    public void aSumOverPodsThatFellCountsNothingAgain() {
        assertEquals("a recording rule over pods of which one started again", 10 + 5, counted(reading(series("prometheus", null, 1000, 900, 1010, 910, 1020, 600, 1030, 605))), 0);
    }

    @Test
    public void aGapIsBridgedByTheDifference() {
        Counters first = Counters.none().after(reading(series("a", null, 1000, 90)), ONSET).next();
        Counters away = first.after(Reading.none(), ONSET).next();
        assertEquals(1000, sum(away.after(reading(series("a", null, 5000, 1090)), ONSET)), 0);
    }

    @Test
    public void whatWasSeenAlreadyDoesNotCountTwice() {
        Counters first = Counters.none().after(reading(series("a", null, 1000, 90, 1010, 95)), ONSET).next();
        assertEquals(2, sum(first.after(reading(series("a", null, 1000, 90, 1010, 95, 1020, 97)), ONSET)), 0);
        assertEquals(Instant.ofEpochSecond(1010), first.since(ONSET));
    }

    @Test
    public void aSeriesThatItsSourceDidNotHaveBeforeCountsWhole() {
        assertEquals(37, counted(new Reading(List.of(series("a", null, 1020, 37)), scraped("a", 1005, 1020), Map.of())), 0);
        assertEquals("not known at the onset", 0, counted(new Reading(List.of(series("a", null, 1005, 37)), scraped("a", 995, 1005), Map.of())), 0);
        Counters read = Counters.none().after(new Reading(List.of(), scraped("a", 1005), Map.of()), ONSET).next();
        assertEquals("in the look before", 37, sum(read.after(reading(series("a", null, 1020, 37)), ONSET)), 0);
    }

    @Test
    public void theHistoryOfASourceThatIsNewDoesNotCount() {
        assertEquals(5, counted(reading(series("b", null, 1010, 1_000_000, 1020, 1_000_005))), 0);
    }

    @Test
    public void allOfASourceThatBeganAfterTheOnsetCounts() {
        assertEquals(40, counted(reading(series("b", 1_001_000L, 1010, 40))), 0);
        assertEquals(0, counted(reading(series("b", 999_000L, 1010, 40))), 0);
        assertEquals(40, counted(new Reading(List.of(series("b", null, 1010, 40)), Map.of(), Map.of("b", 1_001_000L))), 0);
        assertEquals(0, counted(new Reading(List.of(series("b", null, 1010, 40)), Map.of(), Map.of("b", 999_000L))), 0);
    }

    @Test
    public void whatIsNoCountNeitherCountsNorReplacesTheLastValue() {
        assertEquals(1, counted(reading(series("a", null, 1000, 100, 1010, Double.NaN, 1020, Double.POSITIVE_INFINITY, 1030, -1, 1040, 101))), 0);
    }

    @Test
    public void theTimeOfTheDataDecidesTheWindow() {
        Counters.Moved moved = Counters.none().after(reading(series("a", null, 1000, 0, 1015, 1, 1016, 3, 1044, 7)), ONSET);
        assertEquals(List.of(0L, 1L, 2L), moved.increments().stream().map(i -> Increment.window(i.millis(), ONSET, Duration.ofSeconds(15))).toList());
        assertEquals(List.of(1.0, 2.0, 4.0), moved.increments().stream().map(Increment::amount).toList());
    }

    @Test
    public void aHistogramIsResetAsAWhole() {
        HistogramReading reading = new HistogramReading(
                List.of(new HistogramSeries("a", Map.of(), List.of(at(1000, 10, 5), at(1010, 12, 6), at(1020, 13, 1), at(1030, 13, 2)), null)), Map.of(), Map.of());
        HistogramCounters.Moved moved = HistogramCounters.none().after(reading, ONSET);
        assertEquals("the first bucket grew, but the second one fell", List.of(at(0, 2, 1).buckets(), at(0, 13, 1).buckets(), at(0, 0, 1).buckets()), moved.increments().stream().map(Increment::amount).toList());
        HistogramReading more = new HistogramReading(List.of(new HistogramSeries("a", Map.of(), List.of(at(1040, 13, 7)), null)), Map.of(), Map.of());
        assertEquals(List.of(at(0, 0, 5).buckets()), moved.next().after(more, ONSET).increments().stream().map(Increment::amount).toList());
    }

    private static HistogramPoint at(long second, double upToOne, double above) {
        return new HistogramPoint(second * 1000, Buckets.of(new double[] {1, Double.POSITIVE_INFINITY}, new double[] {upToOne, above}));
    }

    private static double counted(Reading reading) {
        return sum(Counters.none().after(reading, ONSET));
    }

    private static double sum(Counters.Moved moved) {
        return moved.increments().stream().mapToDouble(Increment::amount).sum();
    }

    private static Reading reading(Series series) {
        return new Reading(List.of(series), Map.of(), Map.of());
    }

    private static Map<String, NavigableSet<Long>> scraped(String source, long... seconds) {
        TreeSet<Long> times = new TreeSet<>();
        for (long second : seconds) {
            times.add(second * 1000);
        }
        return Map.of(source, times);
    }

    /** Seconds and values in turns. */
    private static Series series(String source, Long created, double... secondsAndValues) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < secondsAndValues.length; i += 2) {
            points.add(new Point((long) (secondsAndValues[i] * 1000), secondsAndValues[i + 1]));
        }
        return new Series(source, Map.of("code", "200"), points, created);
    }
}
