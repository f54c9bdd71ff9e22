package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** The error rate look by look, over pods' own pages and time moved by hand. */
public class VerifyMetricsTest {
    private static final String WAIT = "5m";

    private final Pods pods = new Pods();
    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();

    @Test
    public void passesACanaryThatIsAsGoodAsStable() throws Exception {
        serve(5000, 100, 50_000, 1000);
        VerifyMetricsResult result = result(request(), () -> serve(500, 10, 5000, 100));
        assertEquals(Verdict.PASS, result.verdict());
        assertTrue(result.reason(), result.reason().startsWith("errors below 1.5 times the stable version's, 97.5 % sure, after "));
        VerifyMetricsResult.Outcome outcome = result.checks().get(0);
        assertTrue(outcome.lower() < 1 && outcome.upper() > 1 && outcome.upper() < 2);
        assertTrue("what was counted before the wait is no evidence", outcome.samples() % 510 == 0);
    }

    @Test
    public void failsACanaryWithMoreErrors() throws Exception {
        serve(100, 0, 900, 0);
        VerifyMetricsResult result = result(request(), () -> serve(95, 5, 895, 5));
        assertEquals(Verdict.FAIL, result.verdict());
        assertTrue(result.reason(), result.reason().contains("99 % sure") && result.reason().contains("(canary 5.00 %, stable 0.56 %)"));
        assertEquals("canary 5 % against stable 0.56 % is ninefold", 9, result.checks().get(0).effect(), 2);
    }

    @Test
    public void neverClaimsMoreThanTheBandShows() throws Exception {
        for (int bad = 2; bad < 40; bad++) {
            int errors = bad;
            Pods own = new Pods();
            own.serve(Track.CANARY, "c", 100, 0).serve(Track.STABLE, "s", 900, 0);
            VerifyMetricsResult result = result(request(), own, () -> own.serve(Track.CANARY, "c", 1000 - errors, errors).serve(Track.STABLE, "s", 8988, 12));
            if (result.reason().startsWith("errors at least ")) {
                assertTrue(result.reason(), Double.parseDouble(result.reason().split(" ")[3]) <= result.checks().get(0).lower());
            }
        }
    }

    @Test
    public void passesBelowTheAcceptableRateWhateverStableDoes() throws Exception {
        serve(1, 0, 1, 0);
        VerifyMetricsResult result = result(request(), () -> serve(1000, 0, 9000, 0));
        assertEquals(Verdict.PASS, result.verdict());
        assertTrue(result.reason(), result.reason().startsWith("errors below the acceptable 0.10 %, 97.5 % sure"));
    }

    @Test
    public void saysHowSureItIsWithoutEverClaimingCertainty() {
        assertEquals(", 99 % sure", Texts.sure(0.01));
        assertEquals(", 97.5 % sure", Texts.sure(0.025));
        assertEquals("rounded towards doubt", ", 99.66 % sure", Texts.sure(0.01 / 3));
        assertEquals(", 99.9966 % sure", Texts.sure(0.0001 / 3));
    }

    @Test
    public void waitsForTheLeastNumberOfRequests() throws Exception {
        Check.ErrorRate d = Check.ErrorRate.defaults();
        VerifyMetricsRequest patient = request(new Check.ErrorRate(d.name(), "http_requests_total", "code=~\"5..\"", d.margin(), d.alpha(), d.beta(), d.acceptable(), 1000));
        serve(1, 0, 1, 0);
        VerifyMetrics verify = new VerifyMetrics(patient, pods, environment());
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        serve(0, 400, 400, 0);
        clock.sleep(Duration.ofSeconds(15));
        look = verify.look(look.state());
        serve(0, 500, 500, 0);
        clock.sleep(Duration.ofSeconds(15));
        look = verify.look(look.state());
        assertNull("not even when every request fails", look.result());
        assertEquals("900 of at least 1,000 canary requests seen", look.state().checks().get(0).reason());
        serve(0, 100, 100, 0);
        clock.sleep(Duration.ofSeconds(15));
        assertEquals(Verdict.FAIL, verify.look(look.state()).result().verdict());
    }

    @Test
    public void aRestartInTheMiddleOfTheWaitChangesNothing() throws Exception {
        List<String> straight = trace(false);
        List<String> restarted = trace(true);
        assertEquals(straight, restarted);
        assertTrue("the wait had several looks", straight.size() > 4);
        assertTrue(straight.get(straight.size() - 1).contains("fail: "));
    }

    @Test
    public void resetsAndNewPodsAndPodsThatGoAreCountedRight() throws Exception {
        pods.serve(Track.CANARY, "c", 10_000, 0).serve(Track.STABLE, "s1", 500_000, 9000).serve(Track.STABLE, "s2", 100, 0);
        VerifyMetrics verify = new VerifyMetrics(request(), pods, environment());
        VerifyState state = verify.look(verify.start(clock.now())).state();
        pods.restart(Track.CANARY, "c");
        pods.serve(Track.CANARY, "c", 40, 2);
        pods.remove(Track.STABLE, "s2");
        pods.serve(Track.STABLE, "s1", 300, 5).serve(Track.STABLE, "s3", 777, 7);
        clock.sleep(Duration.ofSeconds(15));
        state = verify.look(state).state();
        pods.serve(Track.STABLE, "s3", 30, 1);
        clock.sleep(Duration.ofSeconds(15));
        state = verify.look(state).state();
        RatioCounts check = counts(state);
        assertEquals(42, check.canaryRequests(), 0);
        assertEquals(2, check.canaryEvents(), 0);
        assertEquals(305 + 31, check.stableRequests(), 0);
        assertEquals(6, check.stableEvents(), 0);
    }

    @Test
    public void aPodThatCouldNotBeReadAtFirstDoesNotBringItsHistoryIn() throws Exception {
        pods.serve(Track.CANARY, "c", 100, 0).serve(Track.STABLE, "s1", 100, 0).serve(Track.STABLE, "s2", 1_000_000, 500_000);
        pods.unreadable("s2", true);
        VerifyMetrics verify = new VerifyMetrics(request(), pods, environment());
        VerifyState state = verify.look(verify.start(clock.now())).state();
        pods.unreadable("s2", false);
        clock.sleep(Duration.ofSeconds(15));
        state = verify.look(state).state();
        assertEquals(0, counts(state).stableRequests(), 0);
    }

    @Test
    public void nothingIsLostWhenTheTracksAreSeenToMoveInTurns() throws Exception {
        // As with a Prometheus server that scrapes them at different moments.
        serve(100, 0, 900, 0);
        int[] look = {0};
        VerifyMetricsResult result = result(request(), () -> {
            if (look[0]++ % 2 == 0) {
                pods.serve(Track.CANARY, "c", 95, 5);
            } else {
                pods.serve(Track.STABLE, "s", 895, 5);
            }
        });
        assertEquals(Verdict.FAIL, result.verdict());
    }

    @Test
    public void isInconclusiveAtTheTimeOut() throws Exception {
        serve(100, 0, 900, 0);
        VerifyMetricsResult result = result(request(), () -> serve(2, 0, 18, 0));
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().startsWith("no verdict within 5m: not decided yet, after "));
        assertEquals("not a tick more than the time-out", Duration.ofMinutes(5), Duration.between(Instant.parse("2026-01-01T00:00:00Z"), clock.now()));
    }

    @Test
    public void saysWhichOfTheTracksHasNothingToShow() throws Exception {
        pods.serve(Track.STABLE, "s", 100, 0);
        VerifyMetricsResult result = result(request(), () -> pods.serve(Track.STABLE, "s", 100, 0));
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains("metric: the canary has no series of 'http_requests_total'; correct metric, labels or canary"));
    }

    @Test
    public void saysThatStableHasNoRequests() throws Exception {
        pods.serve(Track.CANARY, "c", 100, 0);
        VerifyMetricsResult result = result(request(), () -> pods.serve(Track.CANARY, "c", 90, 10));
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains("the stable version has had no requests to compare with"));
    }

    @Test
    public void aSourceThatIsAwayForAWhileIsToldOnceAndCostsNothing() throws Exception {
        serve(100, 0, 900, 0);
        int[] look = {0};
        VerifyMetricsResult result = result(request(), () -> {
            look[0]++;
            pods.away(look[0] >= 2 && look[0] <= 6);
            serve(95, 5, 895, 5);
        });
        assertEquals(Verdict.FAIL, result.verdict());
        assertEquals(List.of("the pods can't be reached; wait; looking again until the time is over"), notes(Event.Level.WARNING));
        assertTrue(notes(Event.Level.INFO).contains("the metrics can be read again"));
    }

    @Test
    public void thatTheMetricsCanBeReadAgainIsToldBeforeWhatTheyShow() throws Exception {
        serve(100, 0, 900, 0);
        int[] look = {0};
        result(request(), () -> {
            look[0]++;
            pods.away(look[0] == 3);
            serve(look[0] == 4 ? 300 : 50, look[0] == 4 ? 300 : 1, 900, 10);
        });
        List<String> told = notes(Event.Level.INFO);
        assertTrue(told.toString(), told.get(told.size() - 1).startsWith("errorRate: fail, "));
        assertEquals(told.toString(), "the metrics can be read again", told.get(told.size() - 2));
    }

    @Test
    public void ofSeveralChecksThatPassedTheReasonSaysWhatEachShows() throws Exception {
        Check.ErrorRate d = Check.ErrorRate.defaults();
        serve(5000, 100, 50_000, 1000);
        Check other = new Check.ErrorRate("other", "http_requests_total", "code=~\"5..\"", d.margin(), d.alpha(), d.beta(), d.acceptable(), d.minRequests());
        VerifyMetricsResult result = result(request(d, other), () -> serve(500, 10, 5000, 100));
        assertEquals("2 checks passed: errorRate 1.96 % (stable 1.96 %), other 1.96 % (stable 1.96 %)", result.reason());
        VerifyMetricsResult failed = result(request(d, other), () -> serve(500, 100, 5000, 100));
        assertTrue(failed.reason(), failed.reason().startsWith("errorRate: errors at least ") && failed.reason().endsWith("; also failed: other"));
    }

    @Test
    public void aSourceThatNeverAnswersIsUnreachableAfterHalfAMinute() throws Exception {
        pods.away(true);
        DeliveryException e = assertThrows(DeliveryException.class, () -> result(request(), () -> {}));
        assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
        assertEquals("cluster: the pods can't be reached. Wait.", e.getMessage());
        assertEquals(Duration.ofSeconds(30), Duration.between(Instant.parse("2026-01-01T00:00:00Z"), clock.now()));
    }

    @Test
    public void aSourceThatNeverAnswersIsNoMissingEvidenceThatMayPass() throws Exception {
        pods.away(true);
        VerifyMetricsRequest hasty = new VerifyMetricsRequest(List.of(Check.ErrorRate.defaults()), null, null, null, null, List.of(), List.of(), "1s", "10s", "pass");
        DeliveryException e = assertThrows(DeliveryException.class, () -> result(hasty, () -> {}));
        assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
    }

    @Test
    public void aSourceThatGoesAwayForGoodEndsInconclusive() throws Exception {
        serve(100, 0, 900, 0);
        VerifyMetricsResult result = result(request(), () -> pods.away(true));
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains("the pods can't be reached"));
    }

    @Test
    public void severalChecksShareAlpha() throws Exception {
        serve(1000, 0, 9000, 0);
        VerifyMetricsResult alone = result(request(), () -> serve(980, 20, 8940, 60));
        assertTrue(alone.reason(), alone.reason().contains("99 % sure"));
        Pods own = new Pods();
        own.serve(Track.CANARY, "c", 1, 0).serve(Track.STABLE, "s", 1, 0);
        Check.ErrorRate d = Check.ErrorRate.defaults();
        VerifyMetricsResult two = result(
                request(d, new Check.ErrorRate("other", "http_requests_total", "code=\"500\"", d.margin(), d.alpha(), d.beta(), d.acceptable(), d.minRequests())), own,
                () -> own.serve(Track.CANARY, "c", 980, 20).serve(Track.STABLE, "s", 8940, 60));
        assertTrue(two.reason(), two.reason().contains("99.5 % sure"));
    }

    @Test
    public void aCheckThatAnotherOnesFailureCutShortIsInconclusiveNotPassed() throws Exception {
        Check.ErrorRate d = Check.ErrorRate.defaults();
        Check quiet = new Check.ErrorRate("quiet", "absent_total", "code=~\"5..\"", d.margin(), d.alpha(), d.beta(), d.acceptable(), d.minRequests());
        serve(100, 0, 900, 0);
        VerifyMetricsResult result = result(request(quiet, d), () -> serve(95, 5, 895, 5));
        assertEquals(Verdict.FAIL, result.verdict());
        assertEquals(List.of(Verdict.INCONCLUSIVE, Verdict.FAIL), result.checks().stream().map(VerifyMetricsResult.Outcome::verdict).toList());
        assertEquals("the failed one's reason", "errorRate: " + result.checks().get(1).reason(), result.reason());
    }

    @Test
    public void aCheckThatDoesNotDecideNeverEndsTheWaitByAnError() throws Exception {
        Check.ErrorRate d = Check.ErrorRate.defaults();
        Check below = new Check.Latency("tried", "auto", "took_seconds", null, null, 0.001, 1.5, 0.01, 0.05, 0, 1, 1, "dryRun", "0s");
        pods.serve(Track.CANARY, "c", 100, 0).serve(Track.STABLE, "s", 900, 0);
        io.jenkins.plugins.mldelivery.delivery.TrackMetrics both = track -> pods.scrape(track).stream().map(page -> new io.jenkins.plugins.mldelivery.delivery.TrackMetrics.Page(
                page.source(), page.text() + "took_seconds_bucket{le=\"0.1\"} 5\ntook_seconds_bucket{le=\"+Inf\"} 9\n")).toList();
        VerifyMetrics verify = new VerifyMetrics(request(below, d), both, environment());
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        while (look.result() == null) {
            serve(95, 5, 895, 5);
            clock.sleep(look.nextLook());
            look = verify.look(look.state());
        }
        assertEquals("the check that decides went on", Verdict.FAIL, look.result().checks().get(1).verdict());
        VerifyMetricsResult.Outcome tried = look.result().checks().get(0);
        assertEquals(Verdict.INCONCLUSIVE, tried.verdict());
        assertTrue(tried.reason(), tried.reason().startsWith("it can't be judged: bound: 0.001 lies below all buckets of 'took_seconds'"));
        assertTrue(notes(Event.Level.INFO).toString(), notes(Event.Level.INFO).toString().contains("tried: inconclusive, it can't be judged"));
    }

    @Test
    public void evidenceOfOtherChecksIsRefused() throws Exception {
        VerifyMetrics verify = new VerifyMetrics(request(), pods, environment());
        VerifyState other = new VerifyState(clock.now(), true, null, List.of());
        assertEquals("checks", assertThrows(DeliveryException.class, () -> verify.look(other)).parameter());
    }

    @Test
    public void anInterruptEndsTheWait() throws Exception {
        serve(100, 0, 900, 0);
        assertThrows(InterruptedException.class, () -> result(request(), () -> Thread.currentThread().interrupt()));
    }

    private static RatioCounts counts(VerifyState state) {
        return ((RequestEvidence) state.checks().get(0).evidence()).counts();
    }

    /** The events of a wait; with a restart between any two looks everything but the JSON is forgotten. */
    private List<String> trace(boolean restarts) throws Exception {
        Pods own = new Pods();
        ManualClock time = new ManualClock();
        List<Event> seen = new ArrayList<>();
        Environment env = new Environment((command, lines) -> { throw new AssertionError(); }, time, Secrets.none(), seen::add);
        own.serve(Track.CANARY, "c", 100, 0).serve(Track.STABLE, "s", 900, 3);
        VerifyMetrics verify = new VerifyMetrics(request(), own, env);
        VerifyState state = verify.start(time.now());
        for (int i = 0; i < 100; i++) {
            if (restarts) {
                verify = new VerifyMetrics(request(), own, env);
                state = VerifyState.fromJson(state.toJson());
            }
            own.away(i % 4 == 3);
            VerifyMetrics.Look look = verify.look(state);
            if (look.result() != null) {
                break;
            }
            state = look.state();
            time.sleep(look.nextLook());
            own.serve(Track.CANARY, "c", 95, 4).serve(Track.STABLE, "s", 895, 5);
        }
        return seen.stream().map(String::valueOf).toList();
    }

    private void serve(long canaryGood, long canaryBad, long stableGood, long stableBad) {
        pods.serve(Track.CANARY, "c", canaryGood, canaryBad).serve(Track.STABLE, "s", stableGood, stableBad);
    }

    private VerifyMetricsResult result(VerifyMetricsRequest request, Runnable beforeEachLook) throws Exception {
        return result(request, pods, beforeEachLook);
    }

    /** Runs to the end; between two looks something happens. */
    private VerifyMetricsResult result(VerifyMetricsRequest request, Pods of, Runnable between) throws Exception {
        Clock busy = new Clock() {
            @Override
            public Instant now() {
                return clock.now();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                between.run();
                clock.sleep(duration);
            }
        };
        return new VerifyMetrics(request, of, environment(busy)).run();
    }

    private List<String> notes(Event.Level level) {
        return events.stream().filter(e -> e instanceof Event.Note n && n.level() == level).map(e -> ((Event.Note) e).text()).toList();
    }

    private Environment environment() {
        return environment(clock);
    }

    private Environment environment(Clock time) {
        return new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, time, Secrets.none(), events::add);
    }

    private static VerifyMetricsRequest request(Check... checks) {
        List<Check> all = checks.length == 0 ? List.of(Check.ErrorRate.defaults()) : List.of(checks);
        return new VerifyMetricsRequest(all, null, null, null, null, List.of(), List.of(), "5s", WAIT, "fail");
    }
}
