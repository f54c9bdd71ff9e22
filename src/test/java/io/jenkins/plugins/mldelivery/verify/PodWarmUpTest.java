package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
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

/** What pods count in their first seconds; the wait begins at second 1000. */
public class PodWarmUpTest {
    private static final Instant ONSET = Instant.ofEpochSecond(1000);
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private final Pods pods = new Pods();
    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();
    private int coldFailures = 3;

    @Test
    public void aPodThatWasThereBeforeCountsFromTheOnset() {
        assertEquals(20, counted(null, Map.of(), 700, 50, 1000, 60, 1010, 70, 1020, 80), 0);
    }

    @Test
    public void theFirstSecondsAfterTheFirstRequestDoNotCount() {
        assertEquals("from a sample without any", 5 + 6, counted(null, Map.of(), 1000, 0, 1010, 40, 1020, 50, 1030, 60, 1040, 65, 1050, 71), 0);
        assertEquals("from the time of its creation", 6, counted(1_005_000L, Map.of(), 1010, 40, 1020, 50, 1030, 60, 1040, 65, 1050, 71), 0);
        assertEquals("since its target was read without it", 5 + 6, counted(null, Map.of("a", times(1000)), 1010, 40, 1020, 50, 1030, 60, 1040, 65, 1050, 71), 0);
        assertEquals("since its target came up a while before the wait began", 7, counted(null, Map.of(), 985, 40, 1000, 50, 1010, 52, 1020, 55, 1030, 62), 0);
    }

    @Test
    public void soDoTheFirstSecondsAfterARestart() {
        assertEquals(10 + 9, counted(null, Map.of(), 700, 50, 1000, 90, 1010, 100, 1020, 4, 1030, 5, 1040, 7, 1050, 16), 0);
    }

    @Test
    public void whatIsKnownOfStartsOutlivesARestartOfTheController() {
        Counters first = Counters.none().after(reading(null, Map.of("a", times(1001)), 1010, 40), ONSET, WARM_UP).next();
        Counters again = Counters.fromText(first.toText());
        assertEquals(first.begun(), again.begun());
        Counters.Moved moved = again.after(reading(null, Map.of(), 1010, 40, 1020, 50, 1035, 60, 1050, 67), ONSET, WARM_UP);
        assertEquals(7, moved.increments().stream().mapToDouble(Increment::amount).sum(), 0);
    }

    @Test
    public void errorsOfAPodsFirstMinuteAreToldWhenTheyDecide() throws Exception {
        VerifyMetricsResult result = coldStart("0s", 50);
        assertEquals(result.reason(), Verdict.FAIL, result.verdict());
        assertTrue(result.reason(), result.reason().endsWith("; all that the canary's pods have answered is of the first minute of each; if they fail only as they begin, podWarmUp leaves that out"));
        assertEquals(1, events.stream().filter(e -> e instanceof Event.Note n && n.level() == Event.Level.WARNING && n.text().contains("podWarmUp")).count());
    }

    @Test
    public void soTheyAreWhenLaterRequestsHaveFewer() throws Exception {
        VerifyMetricsResult result = coldStart("0s", 1000);
        assertEquals(result.reason(), Verdict.FAIL, result.verdict());
        assertTrue(result.reason(), result.reason().matches(".*; \\d+ of the canary's \\d+ errors are of the first minute of a pod, which podWarmUp can leave out"));
        assertEquals("told once, not at each look", 1, events.stream().filter(e -> e instanceof Event.Note n && n.level() == Event.Level.WARNING && n.text().contains("podWarmUp")).count());
    }

    /** A version that fails as often later on is not excused by its age. */
    @Test
    public void aVersionThatIsBadAllTheTimeIsNotExcused() throws Exception {
        coldFailures = Integer.MAX_VALUE;
        VerifyMetricsResult result = coldStart("0s", 1000);
        assertEquals(result.reason(), Verdict.FAIL, result.verdict());
        assertTrue(result.reason(), !result.reason().contains("podWarmUp"));
    }

    @Test
    public void theyDecideNothingWhereTheyAreLeftOut() throws Exception {
        VerifyMetricsResult result = coldStart("1m", 50);
        assertEquals(result.reason(), Verdict.PASS, result.verdict());
    }

    @Test
    public void aWarmUpThatLastsAsLongAsTheWaitIsRefused() {
        VerifyMetricsRequest plain = VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults()));
        assertEquals("podWarmUp", assertThrows(DeliveryException.class, () -> VerifyMetricsChecks.check(plain.withPodWarmUp("15m"))).parameter());
        assertEquals("podWarmUp", assertThrows(DeliveryException.class, () -> VerifyMetricsChecks.check(plain.withPodWarmUp("soon"))).parameter());
    }

    /** A canary that comes up at the second look, and fails 20 % of its requests for 45 seconds. */
    private VerifyMetricsResult coldStart(String podWarmUp, long minRequests) throws Exception {
        pods.serve(Track.CANARY, "c", 0, 0).serve(Track.STABLE, "s", 9000, 90);
        Environment environment = new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, clock, Secrets.none(), events::add);
        VerifyMetrics verify = new VerifyMetrics(
                new VerifyMetricsRequest(List.of(new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 3, 0.01, 0.05, 0.001, minRequests)), null, null, null, null, List.of(), List.of(), "15s", "1h", "fail")
                        .withPodWarmUp(podWarmUp),
                pods, environment);
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        for (int i = 0; look.result() == null; i++) {
            clock.sleep(look.nextLook());
            pods.serve(Track.CANARY, "c", i < coldFailures ? 80 : 99, i < coldFailures ? 20 : 1).serve(Track.STABLE, "s", 891, 9);
            look = verify.look(VerifyState.fromJson(look.state().toJson()));
        }
        return look.result();
    }

    private static double counted(Long created, Map<String, NavigableSet<Long>> scraped, double... secondsAndValues) {
        Counters.Moved moved = Counters.none().after(reading(created, scraped, secondsAndValues), ONSET, WARM_UP);
        return moved.increments().stream().mapToDouble(Increment::amount).sum();
    }

    private static NavigableSet<Long> times(long second) {
        return new TreeSet<>(List.of(second * 1000));
    }

    private static Reading reading(Long created, Map<String, NavigableSet<Long>> scraped, double... secondsAndValues) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < secondsAndValues.length; i += 2) {
            points.add(new Point((long) (secondsAndValues[i] * 1000), secondsAndValues[i + 1]));
        }
        return new Reading(List.of(new Series("a", Map.of("code", "200"), points, created)), scraped, Map.of());
    }
}
