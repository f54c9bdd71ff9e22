package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.DebianPrometheus;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The whole gate against a real Prometheus server, which scrapes a model server whose counters move with each scrape. */
public class DebianPrometheusTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    /** Of 1000 requests how many fail, by track. */
    private static final Map<String, Integer> FAILING = Map.of("stable", 20, "good", 20, "bad", 100);

    private static LoopbackServer models;
    private static DebianPrometheus prometheus;

    @BeforeClass
    public static void start() throws Exception {
        Map<String, AtomicLong> scrapes = new ConcurrentHashMap<>();
        models = LoopbackServer.start(request -> {
            String track = request.path().substring(1);
            long n = scrapes.computeIfAbsent(track, t -> new AtomicLong()).incrementAndGet();
            return new LoopbackServer.Answer(200, "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} " + n * 10 * (1000 - FAILING.get(track)) + "\nhttp_requests_total{code=\"503\"} "
                    + n * 10 * FAILING.get(track) + "\n# TYPE temperature gauge\ntemperature 21.5\nempty_bucket NaN\n"
                    + "# TYPE accuracy gauge\naccuracy " + (FAILING.get(track) > 20 ? 0.8 : 0.9) + digit(n) + "\n" + histogram(n * 10, FAILING.get(track)));
        });
        Map<String, String> targets = new HashMap<>();
        FAILING.keySet().forEach(track -> targets.put(track, models.url().substring("http://".length()) + "/" + track));
        prometheus = DebianPrometheus.start(FOLDER.getRoot().toPath(), targets);
        awaitScrape();
    }

    /** As many are slow as fail. */
    private static String histogram(long times, int slow) {
        return "# TYPE http_request_duration_seconds histogram\n"
                + "http_request_duration_seconds_bucket{le=\"0.1\"} " + times * (900 - 2 * slow) + "\nhttp_request_duration_seconds_bucket{le=\"0.5\"} " + times * (1000 - slow)
                + "\nhttp_request_duration_seconds_bucket{le=\"1\"} " + times * 1000 + "\nhttp_request_duration_seconds_bucket{le=\"+Inf\"} " + times * 1000
                + "\nhttp_request_duration_seconds_sum 1\nhttp_request_duration_seconds_count " + times * 1000 + "\n";
    }

    /** From 0 to 8, without a rhythm that looks could fall in with: then most would be the same. */
    private static long digit(long n) {
        return new SplittableRandom(n).nextInt(9);
    }

    @AfterClass
    public static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        if (models != null) {
            models.close();
        }
    }

    @Test
    public void aCanaryAsGoodAsStablePasses() throws Exception {
        VerifyMetricsResult result = run("good", Check.ErrorRate.defaults());
        assertEquals(result.reason(), Verdict.PASS, result.verdict());
        assertEquals(1, result.checks().get(0).effect(), 0.1);
    }

    @Test
    public void aBadCanaryFails() throws Exception {
        VerifyMetricsResult result = run("bad", Check.ErrorRate.defaults());
        assertEquals(result.reason(), Verdict.FAIL, result.verdict());
        assertEquals(5, result.checks().get(0).effect(), 0.5);
        assertTrue(result.reason(), result.reason().contains("(canary 10.00 %, stable 2.00 %)"));
    }

    @Test
    public void theLatencyOfAnHttpServerIsFoundByItself() throws Exception {
        VerifyMetricsResult good = run("good", Check.Latency.defaults());
        assertEquals(good.reason(), Verdict.PASS, good.verdict());
        assertTrue(good.reason(), good.reason().startsWith("requests slower than 0.5 s below 1.5 times the stable version's"));
        VerifyMetricsResult bad = run("bad", new Check.Latency("slow", "http", null, null, null, 0.5, 1.5, 0.01, 0.05, 0, 50, 1, "critical", "0s"));
        assertEquals(bad.reason(), Verdict.FAIL, bad.verdict());
        assertTrue(bad.reason(), bad.reason().contains("(canary 10.00 %, stable 2.00 %)"));
        assertEquals(Verdict.FAIL, run("bad", Check.Latency.defaults()).verdict());
    }

    @Test
    public void driftIsJudgedByTheHistogram() throws Exception {
        assertEquals(Verdict.PASS, run("good", Check.Distribution.of("drift", "http_request_duration_seconds")).verdict());
        VerifyMetricsResult bad = run("bad", Check.Distribution.of("drift", "http_request_duration_seconds_bucket"));
        assertEquals(bad.reason(), Verdict.FAIL, bad.verdict());
        assertEquals("PSI of the shares 0.7, 0.2, 0.1 against 0.86, 0.12, 0.02", 0.16 * Math.log(0.86 / 0.7) + 0.08 * Math.log(0.2 / 0.12) + 0.08 * Math.log(5), bad.checks().get(0).effect(), 1e-3);
    }

    @Test
    public void gaugesAreComparedBySampleOrByQuery() throws Exception {
        VerifyMetricsResult bySample = run("bad", new Check.Gauge("accuracy", "accuracy", null, null, "lower", 0.02, null, null, 0.01, 0.05, 3, 1, "critical", "0s"));
        assertEquals(bySample.reason(), Verdict.FAIL, bySample.verdict());
        VerifyMetricsResult byQuery = run("bad", new Check.Gauge("accuracy", null, null, "avg(accuracy{TRACK})", "lower", 0.02, null, null, 0.01, 0.05, 3, 1, "critical", "0s"));
        assertEquals(byQuery.reason(), Verdict.FAIL, byQuery.verdict());
        VerifyMetricsResult good = run("good", new Check.Gauge("accuracy", "accuracy", null, null, "lower", 0.05, null, null, 0.01, 0.05, 3, 1, "critical", "0s"));
        assertEquals(good.reason(), Verdict.PASS, good.verdict());
    }

    @Test
    public void expressionsAreJudgedOverTheirQueries() throws Exception {
        Map<String, String> queries = Map.of("hot", "max(temperature)", "gone", "absent_metric");
        assertEquals(Verdict.PASS, run("good", Check.Expression.of("e", queries, "hot < 22 && default(gone, 0) == 0", null)).verdict());
        VerifyMetricsResult failed = run("good", Check.Expression.of("e", queries, null, "hot > 21 && !hasData(gone)"));
        assertEquals(Verdict.FAIL, failed.verdict());
        assertEquals("gone is missing, hot is 21.50, wanted not hot > 21 && !hasData(gone); 1 of 1 measurements were bad", failed.reason());
        VerifyMetricsResult missing = run("good", Check.Expression.of("e", queries, "hot < gone", null));
        assertEquals(Verdict.INCONCLUSIVE, missing.verdict());
        assertTrue(missing.reason(), missing.reason().contains("gone is missing"));
    }

    @Test
    public void aQueryKnowsTheTracks() throws Exception {
        Map<String, String> queries = Map.of("canary", "count(http_requests_total{CANARY, track!=\"stable\"})", "wrong", "count(http_requests_total{STABLE, track=\"good\"})", "stable", "count(up{STABLE})");
        VerifyMetricsResult known = run("good", Check.Expression.of("e", queries, "canary >= 1 && stable >= 1 && !hasData(wrong)", null));
        assertEquals(known.reason(), Verdict.PASS, known.verdict());
    }

    @Test
    public void aStableVersionThatIncludesItsCanaryIsRefused() {
        for (Check check : List.of(Check.ErrorRate.defaults(), Check.Latency.defaults(), Check.Distribution.of("d", "http_request_duration_seconds"), Check.Gauge.of("g", "accuracy", 0.1))) {
            VerifyMetricsRequest request = new VerifyMetricsRequest(
                    List.of(check), prometheus.url(), null, "track=\"bad\"", "track=~\"bad|stable\"", List.of(), List.of(), "200ms", "5s", "fail");
            DeliveryException e = assertThrows(DeliveryException.class, () -> new VerifyMetrics(request, null, environment()).run());
            assertEquals("stable", e.parameter());
            assertTrue(e.getMessage(), e.getMessage().startsWith("stable: it selects a series that 'canary' selects as well, {") && e.getMessage().contains("track=bad"));
        }
    }

    @Test
    public void anErrorsMatcherWithAWrongLabelNeverPasses() throws Exception {
        VerifyMetricsResult result = new VerifyMetrics(new VerifyMetricsRequest(
                List.of(new Check.ErrorRate("e", "http_requests_total", "status=~\"5..\"", 1.5, 0.01, 0.05, 0.001, 50)), prometheus.url(), null, "track=\"bad\"", "track=\"stable\"", List.of(),
                List.of(), "200ms", "5s", "fail"), null, environment()).run();
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains("errors: no series of 'http_requests_total' has the label 'status'"));
    }

    @Test
    public void thresholdsAreJudgedAgainstTheirBounds() throws Exception {
        assertEquals(Verdict.PASS, run("good", threshold("max(temperature)", 21.5)).verdict());
        assertEquals(Verdict.FAIL, run("good", threshold("max(temperature)", 21.4)).verdict());
        assertEquals(Verdict.PASS, run("good", threshold("scalar(temperature{track=\"good\"}) - 20", 1.5)).verdict());
    }

    @Test
    public void aQueryThatFindsNothingOrNaNIsInconclusive() throws Exception {
        VerifyMetricsResult nothing = run("good", threshold("absent_metric", 1));
        assertEquals(Verdict.INCONCLUSIVE, nothing.verdict());
        assertTrue(nothing.reason(), nothing.reason().contains("'absent_metric' gave no data"));
        assertTrue(run("good", threshold("empty_bucket{track=\"good\"}", 1)).reason().contains("gave NaN"));
    }

    @Test
    public void badPromqlIsToldInOneSentence() {
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("good", threshold("sum(rate(", 1)));
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        assertTrue(e.getMessage(), e.getMessage().startsWith("query: Prometheus can't use 'sum(rate(' ("));
        assertTrue(e.getMessage(), e.getMessage().endsWith("). Try the query in the Prometheus UI first.") && !e.getMessage().contains("\n"));
    }

    @Test
    public void aRangeIsNoNumber() {
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("good", threshold("temperature[5m]", 1)));
        assertEquals("query: 'temperature[5m]' gives a matrix, not a number. Write an instant query, without a range at its end.", e.getMessage());
    }

    @Test
    public void severalSeriesAreRefused() {
        assertTrue(assertThrows(DeliveryException.class, () -> run("good", threshold("temperature", 1))).getMessage().contains("gives 3 series where one is meant"));
    }

    /** Until each target has been scraped, so that no test begins before there is anything. */
    private static void awaitScrape() throws Exception {
        Check all = new Check.Threshold("scraped", "count(http_requests_total{code=\"503\"})", 3.0, null, 1, 0, "fail");
        for (int i = 0; i < 200; i++) {
            VerifyMetrics verify = new VerifyMetrics(request("good", all), null, environment());
            VerifyMetrics.Look look = verify.look(verify.start(Clock.system().now()));
            if (look.result() != null && look.result().verdict() == Verdict.PASS) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("Prometheus has not scraped its targets");
    }

    private static VerifyMetricsResult run(String canary, Check check) throws Exception {
        return new VerifyMetrics(request(canary, check), null, environment()).run();
    }

    private static VerifyMetricsRequest request(String canary, Check check) {
        boolean compares = check instanceof Check.Comparison;
        return new VerifyMetricsRequest(
                List.of(check), prometheus.url(), null, "track=\"" + canary + "\"", "track=~\"stab.*\"", List.of(), List.of(), "200ms", compares ? "30s" : "1s", "fail");
    }

    private static Check threshold(String query, double max) {
        return new Check.Threshold("limit", query, null, max, 2, 0, "inconclusive");
    }

    private static Environment environment() {
        return new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, Clock.system(), Secrets.none(), EventSink.none());
    }
}
