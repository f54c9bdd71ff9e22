package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.Test;

/**
 * Verdicts on pages that show one of several workers. The canary's workers have answered well until the wait begins, and fail from then on, so that what another one
 * had counted by then, taken for traffic, passes a canary that is broken.
 */
public class WorkerVerdictsTest {
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final int RUNS = 100;
    private static final int LOOKS = 20;
    private static final int REQUESTS = 60;
    private static final double OLD_ERRORS = 0.0002;
    private static final double NEW_ERRORS = 0.1;

    /** Lower and higher counts of the workers of each pod, evenly from the one to the other. */
    private record Case(String name, double low, double high) {}

    private static final Case[] CASES = {new Case("1:5", 1000, 5000), new Case("1:2", 1000, 2000), new Case("equal", 1000, 1000)};

    private Instant now = Instant.ofEpochSecond(1_800_000_000);

    @Test
    public void whatAnotherWorkerHadCountedPassesNoBrokenCanary() throws Exception {
        for (int scrapes : new int[] {0, 1, 20}) {
            for (int workers : new int[] {2, 4}) {
                for (Case one : CASES) {
                    Map<Verdict, Integer> found = verdicts(one, workers, scrapes, NEW_ERRORS, OLD_ERRORS);
                    String text = one.name + " of " + workers + " workers, " + scrapes + " scrapes before: " + found;
                    assertTrue(text, found.getOrDefault(Verdict.PASS, 0) <= RUNS / 50);
                    assertTrue(text, one.low == one.high || found.getOrDefault(Verdict.FAIL, 0) <= RUNS / 50);
                }
            }
        }
    }

    @Test
    public void whatAnotherWorkerHadCountedFailsNoGoodCanary() throws Exception {
        for (int workers : new int[] {2, 4}) {
            for (Case one : CASES) {
                Map<Verdict, Integer> found = verdicts(one, workers, 0, 0.02, 0.02);
                assertTrue(one.name + " of " + workers + " workers: " + found, found.getOrDefault(Verdict.FAIL, 0) <= RUNS / 50);
            }
        }
    }

    @Test
    public void aPageOfOneProcessIsJudgedByItsThirdSample() throws Exception {
        Workers pages = new Workers(new Random(1), false);
        pages.add(Track.CANARY, 0, 1000);
        pages.add(Track.STABLE, 0, 9000);
        Instant onset = now;
        CheckState second = look(pages, look(pages, CheckState.initial(), onset, 0, 0), onset, 9000, NEW_ERRORS);
        assertNull(second.verdict());
        assertEquals("waiting for another sample of canary-0: 100 % of what the canary has counted came with one sample", second.reason());
        assertEquals(Verdict.FAIL, look(pages, second, onset, 9000, NEW_ERRORS).verdict());
    }

    @Test
    public void aServerThatHasThePodsPastNeedsNoThirdLook() throws Exception {
        Workers server = new Workers(new Random(1), true);
        server.add(Track.CANARY, 0, 1000);
        server.add(Track.STABLE, 0, 9000);
        serveAndRead(server, 900, OLD_ERRORS);
        serveAndRead(server, 900, OLD_ERRORS);
        Instant onset = now;
        CheckState first = look(server, CheckState.initial(), onset, 900, OLD_ERRORS);
        assertEquals(Verdict.FAIL, look(server, first, onset, 900, NEW_ERRORS).verdict());
    }

    @Test
    public void trafficThatComesUpWaitsForOneSampleThatIsLikeTheLast() throws Exception {
        Workers pages = new Workers(new Random(1), false);
        pages.add(Track.CANARY, 0, 1000);
        pages.add(Track.STABLE, 0, 9000);
        Instant onset = now;
        CheckState state = look(pages, CheckState.initial(), onset, 0, 0);
        state = look(pages, look(pages, state, onset, 10, NEW_ERRORS), onset, 9000, NEW_ERRORS);
        assertNull(state.reason(), state.verdict());
        assertEquals(Verdict.FAIL, look(pages, state, onset, 9000, NEW_ERRORS).verdict());
    }

    @Test
    public void aPodThatComesUpLaterHoldsNoVerdictBack() throws Exception {
        Workers pages = new Workers(new Random(1), false);
        pages.add(Track.CANARY, 0, 1000);
        pages.add(Track.STABLE, 0, 9000);
        Instant onset = now;
        CheckState state = look(pages, CheckState.initial(), onset, 0, 0);
        for (int i = 0; i < 6; i++) {
            state = look(pages, state, onset, REQUESTS, OLD_ERRORS);
            assertNull(state.reason(), state.verdict());
        }
        pages.add(Track.CANARY, 0, 0);
        pages.add(Track.STABLE, 0, 0);
        state = look(pages, state, onset, REQUESTS, NEW_ERRORS);
        for (int i = 0; i < 3 && state.verdict() == null; i++) {
            assertFalse(state.reason(), state.reason().contains("waiting for another sample"));
            state = look(pages, state, onset, REQUESTS, NEW_ERRORS);
        }
    }

    /** @param scrapes that a Prometheus server had made before the wait; 0 where pages are read */
    private Map<Verdict, Integer> verdicts(Case one, int workers, int scrapes, double canaryErrors, double oldErrors) throws Exception {
        Map<Verdict, Integer> found = new TreeMap<>();
        for (int run = 0; run < RUNS; run++) {
            Verdict verdict = verdict(one, workers, scrapes, canaryErrors, oldErrors, run);
            if (verdict != null) {
                found.merge(verdict, 1, Integer::sum);
            }
        }
        return found;
    }

    private Verdict verdict(Case one, int workers, int scrapes, double canaryErrors, double oldErrors, int run) throws Exception {
        Workers source = new Workers(new Random(run * 0x9E3779B97F4A7C15L), scrapes > 0);
        double[] counts = IntStream.range(0, workers).mapToDouble(i -> Math.rint(one.low + (one.high - one.low) * i / (workers - 1))).toArray();
        for (Track track : Track.values()) {
            source.add(track, oldErrors, counts);
        }
        for (int i = 0; i < scrapes; i++) {
            serveAndRead(source, REQUESTS, oldErrors);
        }
        Instant onset = now;
        CheckState state = look(source, CheckState.initial(), onset, 0, 0);
        for (int look = 1; look < LOOKS && state.verdict() == null; look++) {
            source.serve(Track.STABLE, REQUESTS, oldErrors);
            source.serve(Track.CANARY, REQUESTS, canaryErrors);
            state = look(source, state, onset);
        }
        return state.verdict();
    }

    /** Requests to the pods of both tracks, of which those to the canary fail at this rate, and a look. */
    private CheckState look(Workers source, CheckState state, Instant onset, int requests, double errors) throws Exception {
        source.serve(Track.STABLE, requests, OLD_ERRORS);
        source.serve(Track.CANARY, requests, errors);
        return look(source, state, onset);
    }

    private CheckState look(Workers source, CheckState state, Instant onset) throws Exception {
        source.read(now);
        Check.ErrorRate check = new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 1.5, 0.01, 0.05, 0.005, 50);
        Watch watch = new Watch(source, now, onset, Duration.ZERO, INTERVAL, check.alpha(), Map.of(), SourceNotes.none(), Deadline.none());
        now = now.plus(INTERVAL);
        return new ErrorRateLook(check, false, watch).look(state);
    }

    private void serveAndRead(Workers source, int requests, double errors) {
        source.serve(Track.STABLE, requests, errors);
        source.serve(Track.CANARY, requests, errors);
        source.read(now);
        now = now.plus(INTERVAL);
    }
}
