package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;

/** Pages that show the counters of one of several workers, whichever answered; and restarts, which look a little like it. */
public class WorkerPagesTest {
    private static final int LOOKS = 60;

    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();
    private final Random random = new Random(3);

    /** The counts of each worker of each pod. */
    private long[][][] good;
    private long[][][] bad;

    /** By pod, of the canary first; a pod that restarts begins anew in each look with this probability. */
    private double restarts;

    private int workers;

    @Test
    public void countersThatGoBackAndForthAreFoundWithinAFewLooksAndDecideNothing() throws Exception {
        for (int count : new int[] {2, 4, 8}) {
            int latest = 0;
            for (int run = 0; run < 8; run++) {
                int look = foundAt(count, run);
                assertTrue("found by " + count + " workers", look > 0);
                latest = Math.max(latest, look);
            }
            assertTrue(count + " workers found at " + latest, latest <= 24);
        }
    }

    @Test
    public void theGateIsInconclusiveAndTellsTheRemedy() throws Exception {
        workers(2, 500);
        VerifyMetricsResult result = verify(Check.ErrorRate.defaults()).run();
        assertEquals(result.reason(), Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains("go back and forth") && result.reason().contains("PROMETHEUS_MULTIPROC_DIR"));
        assertTrue("no rate that nobody knows", Double.isNaN(result.checks().get(0).canary()));
        assertEquals(1, events.stream().filter(e -> e instanceof Event.Note n && n.text().startsWith("metric: counters of")).count());
    }

    @Test
    public void histogramsOfSeveralWorkersDecideNothingEither() throws Exception {
        workers(3, 500);
        VerifyMetricsResult latency = verify(new Check.Latency("l", "auto", "took_seconds", null, null, 1.0, 1.5, 0.01, 0.05, 0, 50, 1, "critical", "0s")).run();
        assertEquals(latency.reason(), Verdict.INCONCLUSIVE, latency.verdict());
        assertTrue(latency.reason(), latency.reason().contains("go back and forth"));
        VerifyMetricsResult drift = verify(Check.Distribution.of("d", "took_seconds")).run();
        assertTrue(drift.reason(), drift.reason().contains("go back and forth"));
    }

    /** Of workers that began a moment ago, which all have counted as much: only counters of few events go back and forth. */
    @Test
    public void youngWorkersDecideNothing() throws Exception {
        int decided = 0;
        for (int run = 0; run < 60; run++) {
            random.setSeed(run);
            workers(4, 1);
            for (int i = 0; i < 12; i++) {
                serve(60);
            }
            VerifyMetrics verify = verify(new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 2, 0.01, 0.05, 0.02, 50));
            VerifyState state = verify.start(clock.now());
            VerifyMetricsResult result = null;
            for (int look = 0; look < 40 && result == null; look++) {
                serve(120);
                clock.sleep(Duration.ofSeconds(2));
                VerifyMetrics.Look next = verify.look(VerifyState.fromJson(state.toJson()));
                state = next.state();
                result = next.result();
            }
            decided += result == null || result.verdict() == Verdict.INCONCLUSIVE ? 0 : 1;
        }
        assertTrue(decided + " of 60", decided <= 3);
    }

    @Test
    public void podsThatRestartOftenAreNoWorkers() throws Exception {
        for (int run = 0; run < 12; run++) {
            random.setSeed(run);
            workers(1, 500);
            restarts = 0.05;
            VerifyMetrics verify = verify(new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 1.5, 1e-9, 1e-9, 0, 1_000_000_000));
            VerifyState state = verify.start(clock.now());
            for (int look = 0; look < LOOKS; look++) {
                state = next(verify, state);
                assertFalse(state.checks().get(0).reason(), state.checks().get(0).reason().contains("back and forth"));
            }
        }
    }

    @Test
    public void aRestartHoldsNoVerdictBack() throws Exception {
        workers(1, 100_000);
        VerifyMetrics verify = verify(new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 3, 0.01, 0.05, 0.001, 50));
        VerifyState state = next(verify, verify.start(clock.now()));
        restart(0);
        VerifyMetricsResult result = null;
        int looks = 0;
        while (result == null && looks++ < 30) {
            serve(400);
            clock.sleep(Duration.ofSeconds(15));
            VerifyMetrics.Look look = verify.look(state);
            state = look.state();
            result = look.result();
        }
        assertEquals(Verdict.PASS, result.verdict());
    }

    @Test
    public void aCounterThatIsYoungerThanBeforeAndOldAgainIsThatOfSeveral() {
        JumpWatch watch = new JumpWatch(java.util.Map.of());
        watch.saw("a", new SeriesWalk.Mark<>(1000, 5.0, 900L), 7, 700L);
        watch.ends("a", "pod");
        assertTrue(watch.found().isSure());
        JumpWatch reset = new JumpWatch(java.util.Map.of());
        reset.saw("a", new SeriesWalk.Mark<>(1000, 5.0, 700L), 7, 900L);
        reset.ends("a", "pod");
        assertFalse(reset.found().isSure());
    }

    /** The look at which they are found; 0 when never. */
    private int foundAt(int count, int seed) throws Exception {
        random.setSeed(seed);
        workers(count, 500);
        VerifyMetrics verify = verify(new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 1.5, 1e-9, 1e-9, 0, 1_000_000_000));
        VerifyState state = verify.start(clock.now());
        for (int look = 1; look <= LOOKS; look++) {
            state = next(verify, state);
            if (state.checks().get(0).reason().contains("back and forth")) {
                return look;
            }
        }
        return 0;
    }

    private VerifyState next(VerifyMetrics verify, VerifyState state) throws Exception {
        serve(40);
        clock.sleep(Duration.ofSeconds(15));
        return VerifyState.fromJson(verify.look(state).state().toJson());
    }

    private void workers(int count, int before) {
        workers = count;
        restarts = 0;
        good = new long[2][2][count];
        bad = new long[2][2][count];
        for (int i = 0; i < count; i++) {
            for (int pod = 0; pod < 4; pod++) {
                good[pod / 2][pod % 2][i] = before / 2 + random.nextInt(before);
                bad[pod / 2][pod % 2][i] = 1 + good[pod / 2][pod % 2][i] / 50;
            }
        }
    }

    private void restart(int pod) {
        good[pod / 2][pod % 2] = new long[workers];
        bad[pod / 2][pod % 2] = new long[workers];
    }

    /** So many requests to each pod, 2 % of which fail. */
    private void serve(int requests) {
        for (int pod = 0; pod < 4; pod++) {
            if (random.nextDouble() < restarts) {
                restart(pod);
            }
            for (int i = 0; i < requests; i++) {
                (random.nextInt(50) == 0 ? bad : good)[pod / 2][pod % 2][random.nextInt(workers)]++;
            }
        }
    }

    private VerifyMetrics verify(Check check) throws DeliveryException {
        TrackMetrics pages = track -> {
            List<TrackMetrics.Page> all = new ArrayList<>();
            for (int pod = 0; pod < 2; pod++) {
                int worker = random.nextInt(workers);
                int t = track == Track.CANARY ? 0 : 1;
                long g = good[t][pod][worker];
                long b = bad[t][pod][worker];
                all.add(new TrackMetrics.Page(track.word() + "-" + pod, "http_requests_total{code=\"200\"} " + g + "\nhttp_requests_total{code=\"500\"} " + b
                        + "\ntook_seconds_bucket{le=\"1\"} " + g + "\ntook_seconds_bucket{le=\"+Inf\"} " + (g + b) + "\ntook_seconds_sum 1\ntook_seconds_count " + (g + b) + "\n"));
            }
            return all;
        };
        Clock serving = new Clock() {
            @Override
            public java.time.Instant now() {
                return clock.now();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                serve(40);
                clock.sleep(time);
            }
        };
        Environment environment = new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, serving, Secrets.none(), events::add);
        return new VerifyMetrics(new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "15s", "15m", "fail"), pages, environment);
    }
}
