package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** Latency, distribution and gauge, look by look, over pods' own pages and time moved by hand. */
public class HistogramChecksTest {
    private static final double[] BOUNDS = {0.05, 0.1, 0.25, 0.5, 1, 2.5};

    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();
    private final Random random = new Random(7);

    @Test
    public void aSlowerCanaryFailsWhereverItIsSlower() throws Exception {
        VerifyMetricsResult median = run(Check.Latency.defaults(), () -> sometimes(0.06, 2, 0.02), () -> sometimes(0.12, 2, 0.02));
        assertEquals(median.reason(), Verdict.FAIL, median.verdict());
        assertTrue(median.reason(), median.reason().matches("slower than the stable version: [\\d.]+ % of the requests take longer than 0.1 s, there [\\d.]+ %, 99.5 % sure, after [\\d,]+ requests"));
        VerifyMetricsResult tail = run(latency(null, 0.99, 0), () -> sometimes(0.03, 0.3, 0.01), () -> sometimes(0.03, 0.3, 0.1));
        assertEquals(tail.reason(), Verdict.FAIL, tail.verdict());
    }

    private static final Pattern COUNTED = Pattern.compile(", after ([0-9,]+) (requests|observations)");

    @Test
    public void aCanaryAsFastAsStablePassesAtTheStableVersionsQuantile() throws Exception {
        VerifyMetricsResult result = run(latency(null, 0.95, 0), 0.06, 0.06);
        assertEquals(result.reason(), Verdict.PASS, result.verdict());
        assertTrue(result.reason(), result.reason().startsWith("requests slower than 0.1 s below 1.5 times the stable version's, 95 % sure, after "));
        assertTrue("the ratio of the shares", result.checks().get(0).lower() < 1 && result.checks().get(0).upper() > 1);
    }

    @Test
    public void aBoundIsJudgedAlone() throws Exception {
        VerifyMetricsResult objective = run(latency(0.5, null, 0.02), () -> sometimes(0.06, 0.7, 0.001), () -> sometimes(0.12, 0.7, 0.001));
        assertEquals("slower below the bound, which nobody asked about", Verdict.PASS, objective.verdict());
        assertTrue(objective.reason(), objective.reason().startsWith("requests slower than 0.5 s below the acceptable 2.00 %, 97.5 % sure"));
        VerifyMetricsResult broken = run(latency(0.5, null, 0), () -> sometimes(0.06, 0.7, 0.01), () -> sometimes(0.06, 0.7, 0.2));
        assertEquals(Verdict.FAIL, broken.verdict());
        assertTrue(broken.reason(), broken.reason().startsWith("requests slower than 0.5 s at least ") && broken.reason().contains(" times the stable version's, 99 % sure"));
    }

    @Test
    public void aBoundBetweenBucketsIsTheNextLowerOneAndTold() throws Exception {
        VerifyMetricsResult result = run(latency(0.4, null, 0), () -> sometimes(0.06, 0.7, 0.01), () -> sometimes(0.06, 0.7, 0.06));
        assertTrue(result.reason(), result.reason().startsWith("requests slower than 0.25 s"));
        assertTrue(events.toString(), events.toString().contains("latency: 'took_seconds' has no bucket up to 0.4; the one up to 0.25 is used"));
        DeliveryException e = assertThrows(DeliveryException.class, () -> run(latency(0.01, null, 0), 0.06, 0.06));
        assertEquals("bound: 0.01 lies below all buckets of 'took_seconds', whose least bound is 0.05. Give one of its bounds, or add a bucket.", e.getMessage());
    }

    @Test
    public void aHistogramThatIsNotThereIsToldByItsParameter() throws Exception {
        VerifyMetricsResult result = run(new Check.Latency(
                "latency", "auto", "absent_seconds", null, null, null, 1.5, 0.01, 0.05, 0, 50, 1, "critical", "0s"), 0.06, 0.06);
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains("metric: the canary has no histogram 'absent_seconds'; correct metric, labels or canary"));
    }

    @Test
    public void podsWithOtherBucketsAreLeftOutAndTold() throws Exception {
        Pages fine = new Pages(BOUNDS);
        Pages coarse = new Pages(0.5);
        TrackMetrics both = track -> {
            List<TrackMetrics.Page> pages = new ArrayList<>(fine.scrape(track));
            pages.addAll(coarse.scrape(track));
            return pages;
        };
        VerifyMetrics verify = new VerifyMetrics(request(latency(0.1, null, 0)), both, environment());
        fine.observe(Track.CANARY, "c", 0.06, 100).observe(Track.STABLE, "s", 0.06, 100);
        VerifyState state = verify.look(verify.start(clock.now())).state();
        for (int i = 0; i < 10; i++) {
            fine.observe(Track.CANARY, "c", 0.06, 100).observe(Track.STABLE, "s", 0.06, 1000);
            coarse.observe(Track.CANARY, "late", 0.06, 100);
            clock.sleep(Duration.ofSeconds(15));
            state = verify.look(state).state();
        }
        assertEquals("what can't be told from slow ones counts nowhere", 0, state.checks().get(0).canary(), 0);
        assertTrue(events.toString(), events.toString().contains("some of the canary pods' histograms 'took_seconds' have other buckets than the others"));
    }

    @Test
    public void aCanaryWhosePodsHaveOtherBucketsIsNotTakenForSlower() throws Exception {
        for (Check check : List.of(latency(0.1, null, 0), latency(null, 0.9, 0), drift(0.1))) {
            Pages fine = new Pages(BOUNDS);
            Pages coarse = new Pages(0.5, 1, 2.5);
            TrackMetrics both = track -> {
                List<TrackMetrics.Page> pages = new ArrayList<>(fine.scrape(track));
                pages.addAll(coarse.scrape(track));
                return pages;
            };
            VerifyMetrics verify = new VerifyMetrics(request(check), both, environment());
            fine.observe(Track.CANARY, "c", 0.06, 100).observe(Track.STABLE, "s", 0.06, 9000).observe(Track.STABLE, "s", 0.7, 1000);
            VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
            for (int i = 0; i < 20 && look.result() == null; i++) {
                // The same distribution on both tracks: of the late pods only the slow tenth fits the buckets.
                fine.observe(Track.STABLE, "s", 0.06, 900).observe(Track.STABLE, "s", 0.7, 100);
                coarse.observe(Track.CANARY, "late 1", 0.06, 90).observe(Track.CANARY, "late 1", 0.7, 10).observe(Track.CANARY, "late 2", 0.06, 90).observe(Track.CANARY, "late 2", 0.7, 10);
                clock.sleep(Duration.ofSeconds(15));
                look = verify.look(look.state());
            }
            assertTrue(look.state().checks().get(0).reason(), look.result() == null || look.result().verdict() != Verdict.FAIL);
        }
    }

    @Test
    public void anEmptyBucketOfAClassicHistogramIsNoBound() throws Exception {
        Pages fine = new Pages(BOUNDS);
        Pages coarse = new Pages(0.05, 2.5);
        TrackMetrics tracks = track -> track == Track.STABLE ? fine.scrape(track) : coarse.scrape(track);
        VerifyMetrics verify = new VerifyMetrics(request(latency(0.05, null, 0)), tracks, environment());
        // At first the wide bucket is empty, as if it could be cut anywhere.
        fine.observe(Track.STABLE, "s", 0.01, 100);
        coarse.observe(Track.CANARY, "c", 0.01, 100);
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        for (int i = 0; i < 20 && look.result() == null; i++) {
            fine.observe(Track.STABLE, "s", 0.01, 990).observe(Track.STABLE, "s", 0.3, 10);
            coarse.observe(Track.CANARY, "c", 0.01, 50).observe(Track.CANARY, "c", 0.3, 50);
            clock.sleep(Duration.ofSeconds(15));
            look = verify.look(look.state());
        }
        assertEquals(look.state().checks().get(0).reason(), Verdict.FAIL, look.result() == null ? null : look.result().verdict());
    }

    @Test
    public void aRestartInTheMiddleChangesNothing() throws Exception {
        for (Check check : List.of(Check.Latency.defaults(), drift(0.1), gauge("lower"))) {
            Check own = check instanceof Check.Latency ? latency(null, 0.9, 0) : check;
            assertEquals(trace(own, false), trace(own, true));
        }
    }

    @Test
    public void driftIsFoundAndNamed() throws Exception {
        VerifyMetricsResult drifted = run(drift(0.1), 0.06, 0.15);
        assertEquals(drifted.reason(), Verdict.FAIL, drifted.verdict());
        assertTrue(drifted.reason(), drifted.reason().matches("distributed otherwise than the stable version's by an index of at least [\\d.]+, 99 % sure, after [\\d,]+ observations "
                + "\\(population stability index [\\d.]+, Jensen-Shannon distance 0\\.\\d+\\)"));
        assertTrue(drifted.checks().get(0).lower() >= 0.1);
        VerifyMetricsResult same = run(drift(0.1), 0.06, 0.06);
        assertEquals(same.reason(), Verdict.PASS, same.verdict());
        assertTrue(same.reason(), same.reason().startsWith("distributed as the stable version's, up to an index of 0.1, 95 % sure, after "));
        assertTrue("what noise adds to the index is not shown: " + same.checks().get(0).effect(), same.checks().get(0).effect() < 0.1);
    }

    @Test
    public void aDifferenceThatIsSureButSmallIsNoDrift() throws Exception {
        VerifyMetricsResult result = run(drift(0.25), 0.06, 0.066);
        assertFalse(result.reason(), result.verdict() == Verdict.FAIL);
    }

    @Test
    public void aMeasurementThatIsWorseByMoreThanTheToleranceFails() throws Exception {
        assertEquals(Verdict.FAIL, gauge(gauge("lower"), 0.9, 0.85).verdict());
        assertEquals(Verdict.PASS, gauge(gauge("lower"), 0.9, 0.9).verdict());
        assertEquals("better is never worse", Verdict.PASS, gauge(gauge("lower"), 0.9, 0.95).verdict());
        assertEquals(Verdict.FAIL, gauge(gauge("higher"), 0.9, 0.95).verdict());
        assertEquals(Verdict.PASS, gauge(gauge("higher"), 0.9, 0.85).verdict());
        VerifyMetricsResult bounded = gauge(new Check.Gauge("accuracy", "accuracy", null, null, "lower", 0.02, 0.0, 1.0, 0.01, 0.05, 5, 1, "critical", "0s"), 0.9, 0.4);
        assertEquals(bounded.reason(), Verdict.FAIL, bounded.verdict());
        assertTrue(bounded.reason(), bounded.reason().startsWith("accuracy lower than the stable version's by more than 0.02, 99 % sure, after "));
        assertEquals("canary minus stable", -0.5, bounded.checks().get(0).effect(), 0.05);
    }

    @Test
    public void measurementsThatAreMostlyTheSameSayNothingOfRareOnesThatAreFarAway() throws Exception {
        for (String worse : List.of("higher", "lower")) {
            VerifyMetricsResult zeros = steps(gauge(worse), i -> 0.0, i -> 0.0);
            assertEquals(zeros.reason(), Verdict.INCONCLUSIVE, zeros.verdict());
            assertTrue(zeros.reason(), zeros.reason().contains("most measurements of the canary are the same, so that rare ones that are far away would not be foreseen; give low and high"));
            assertEquals(Verdict.INCONCLUSIVE, steps(gauge(worse), i -> i % 7 == 6 ? 1000.0 : 0, i -> 0.001 * (i % 5)).verdict());
            assertTrue(steps(gauge(worse), i -> 0.001 * (i % 5), i -> i % 9 == 8 ? 1000.0 : 0).reason().contains("of the stable version are the same"));
        }
        Check bounded = new Check.Gauge("accuracy", "accuracy", null, null, "lower", 0.2, 0.0, 1.0, 0.01, 0.05, 5, 1, "critical", "0s");
        assertEquals("bounds hold for any measurement", Verdict.PASS, steps(bounded, i -> 1.0, i -> 1.0).verdict());
        assertEquals("some that are the same are no harm", Verdict.PASS, steps(gauge("lower"), i -> 0.9 + 0.002 * (i / 2 % 3), i -> 0.9 + 0.002 * (i % 4)).verdict());
    }

    @Test
    public void aHistogramWithOneBucketInUseComparesNothing() throws Exception {
        VerifyMetricsResult latency = run(latency(null, 0.99, 0.001), () -> 1.1, () -> 2.4);
        assertEquals(latency.reason(), Verdict.INCONCLUSIVE, latency.verdict());
        assertTrue(latency.reason(), latency.reason().contains("all requests are in one bucket, above 1 and at most 2.5 s, so that they can't be compared"));
        assertEquals("beyond all bounds", Verdict.INCONCLUSIVE, run(latency(null, 0.99, 0.001), () -> 100, () -> 10_000).verdict());
        assertEquals("the objective was given", Verdict.PASS, run(latency(1.0, null, 0.001), () -> 0.6, () -> 0.9).verdict());
        VerifyMetricsResult drift = run(drift(0.1), () -> 1.1, () -> 2.4);
        assertEquals(drift.reason(), Verdict.INCONCLUSIVE, drift.verdict());
        assertTrue(drift.reason(), drift.reason().contains("all observations are in one bucket, above 1 and at most 2.5, so that no difference could show"));
        assertEquals("another bucket is a difference", Verdict.FAIL, run(drift(0.1), () -> 1.1, () -> 20).verdict());
    }

    private interface Series {
        double at(int look);
    }

    /** One sample a look, for the time of the wait. */
    private VerifyMetricsResult steps(Check check, Series canary, Series stable) throws Exception {
        Pages pages = new Pages(BOUNDS);
        VerifyMetrics verify = new VerifyMetrics(request(check), pages, environment());
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        for (int i = 0; look.result() == null; i++) {
            clock.sleep(look.nextLook());
            pages.show(Track.CANARY, "c", canary.at(i)).show(Track.STABLE, "s", stable.at(i));
            look = verify.look(look.state());
        }
        return look.result();
    }

    @Test
    public void aMeasurementOutOfItsBoundsIsRefused() {
        Check bounded = new Check.Gauge("accuracy", "accuracy", null, null, "lower", 0.02, 0.0, 0.5, 0.01, 0.05, 5, 1, "critical", "0s");
        assertEquals("high", assertThrows(DeliveryException.class, () -> gauge(bounded, 0.9, 0.9)).parameter());
    }

    @Test
    public void anInfiniteMeasurementIsNoneAndEndsNothing() throws Exception {
        Pages pages = new Pages(BOUNDS);
        VerifyMetrics verify = new VerifyMetrics(request(gauge("lower")), pages, environment());
        pages.show(Track.CANARY, "c", Double.POSITIVE_INFINITY).show(Track.STABLE, "s", 0.9);
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        clock.sleep(look.nextLook());
        look = verify.look(look.state());
        assertNull(look.result());
        assertEquals("the canary has a measurement that is not a finite number, 0 of at least 5 measurements taken", look.state().checks().get(0).reason());
    }

    @Test
    public void hardlyAnySlowRequestsAreAcceptable() throws Exception {
        VerifyMetricsResult result = run(latency(null, 0.99, 0.001), () -> 0.01, () -> 0.01);
        assertEquals(result.reason(), Verdict.PASS, result.verdict());
        assertTrue(result.reason(), result.reason().startsWith("requests slower than 0.05 s below the acceptable 0.10 %, 97.5 % sure"));
    }

    @Test
    public void theLatencyOfAnUnknownQuantileHasNoVerdict() throws Exception {
        Pages pages = new Pages(BOUNDS);
        pages.observe(Track.CANARY, "c", 0.06, 1).observe(Track.STABLE, "s", 0.06, 1);
        VerifyMetrics verify = new VerifyMetrics(request(latency(null, 0.99, 0)), pages, environment());
        VerifyState state = verify.look(verify.start(clock.now())).state();
        pages.observe(Track.CANARY, "c", 0.06, 100).observe(Track.STABLE, "s", 0.06, 100);
        clock.sleep(Duration.ofSeconds(15));
        VerifyMetrics.Look look = verify.look(state);
        assertNull(look.result());
        assertTrue(look.state().checks().get(0).reason(), look.state().checks().get(0).reason().startsWith("the stable version has had too few requests to know its 99 % quantile"));
    }

    /** What came before the quantile was known is in the test over all bounds, not in the sentence on the one. */
    @Test
    public void theSamplesAreTheRequestsOfTheSentence() throws Exception {
        Pages pages = new Pages(BOUNDS);
        Draw draw = () -> -0.06 * Math.log(1 - random.nextDouble());
        serve(pages, draw, draw, 2);
        VerifyMetrics verify = new VerifyMetrics(request(latency(null, 0.99, 0.05)), pages, environment());
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        while (look.result() == null) {
            serve(pages, draw, draw, 100);
            clock.sleep(Duration.ofSeconds(15));
            look = verify.look(look.state());
        }
        assertEquals(look.result().reason(), Verdict.PASS, look.result().verdict());
        assertSamplesAreThoseOfTheReason(look.result());
    }

    private static Check.Latency latency(Double bound, Double quantile, double acceptable) {
        return new Check.Latency("latency", "auto", "took_seconds", null, quantile, bound, 1.5, 0.01, 0.05, acceptable, 50, 1, "critical", "0s");
    }

    private static Check drift(double floor) {
        return new Check.Distribution("drift", "took_seconds", null, floor, 0.01, 0.05, 500, 1, "critical", "0s");
    }

    private static Check gauge(String worse) {
        return new Check.Gauge("accuracy", "accuracy", null, null, worse, 0.02, null, null, 0.01, 0.05, 5, 1, "critical", "0s");
    }

    private double sometimes(double usual, double rare, double share) {
        return random.nextDouble() < share ? rare : usual;
    }

    /** Exponential values of these means. */
    private VerifyMetricsResult run(Check check, double stable, double canary) throws Exception {
        return run(check, () -> -stable * Math.log(1 - random.nextDouble()), () -> -canary * Math.log(1 - random.nextDouble()));
    }

    private interface Draw {
        double next();
    }

    private VerifyMetricsResult run(Check check, Draw stable, Draw canary) throws Exception {
        Check named = check instanceof Check.Latency l && l.metric() == null ? latency(null, 0.99, 0) : check;
        Pages pages = new Pages(BOUNDS);
        serve(pages, stable, canary, 2000);
        VerifyMetrics verify = new VerifyMetrics(request(named), pages, environment());
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        while (look.result() == null) {
            clock.sleep(look.nextLook());
            serve(pages, stable, canary, 200);
            look = verify.look(look.state());
        }
        assertSamplesAreThoseOfTheReason(look.result());
        return look.result();
    }

    private static void assertSamplesAreThoseOfTheReason(VerifyMetricsResult result) {
        Matcher counted = COUNTED.matcher(result.reason());
        if (counted.find()) {
            assertEquals(result.reason(), counted.group(1).replace(",", ""), Long.toString(result.checks().get(0).samples()));
        }
    }

    private static void serve(Pages pages, Draw stable, Draw canary, int requests) {
        for (int i = 0; i < requests; i++) {
            pages.observe(Track.CANARY, "c" + i % 2, canary.next(), 1);
            for (int k = 0; k < 4; k++) {
                pages.observe(Track.STABLE, "s" + k, stable.next(), 1);
            }
        }
    }

    private VerifyMetricsResult gauge(Check check, double stable, double canary) throws Exception {
        Pages pages = new Pages(BOUNDS);
        VerifyMetrics verify = new VerifyMetrics(request(check), pages, environment());
        VerifyMetrics.Look look = verify.look(verify.start(clock.now()));
        while (look.result() == null) {
            clock.sleep(look.nextLook());
            pages.show(Track.CANARY, "c", canary + 0.005 * random.nextGaussian()).show(Track.STABLE, "s", stable + 0.005 * random.nextGaussian());
            look = verify.look(look.state());
        }
        return look.result();
    }

    private List<String> trace(Check check, boolean restarts) throws Exception {
        Pages pages = new Pages(BOUNDS);
        Random own = new Random(3);
        List<Event> seen = new ArrayList<>();
        ManualClock time = new ManualClock();
        Environment environment = new Environment((command, lines) -> { throw new AssertionError(); }, time, Secrets.none(), seen::add);
        VerifyMetrics verify = new VerifyMetrics(request(check), pages, environment);
        VerifyState state = verify.start(time.now());
        for (int i = 0; i < 12; i++) {
            for (int k = 0; k < 60; k++) {
                pages.observe(Track.CANARY, "c", own.nextDouble(), 1).observe(Track.STABLE, "s", own.nextDouble(), 3);
            }
            pages.show(Track.CANARY, "c", own.nextDouble()).show(Track.STABLE, "s", own.nextDouble());
            time.sleep(Duration.ofSeconds(15));
            VerifyMetrics.Look look = verify.look(state);
            state = restarts ? VerifyState.fromJson(look.state().toJson()) : look.state();
            verify = restarts ? new VerifyMetrics(request(check), pages, environment) : verify;
        }
        return seen.stream().map(String::valueOf).toList();
    }

    private static VerifyMetricsRequest request(Check check) {
        return new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "15s", "2h", "fail");
    }

    private Environment environment() {
        return new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, clock, Secrets.none(), events::add);
    }
}
