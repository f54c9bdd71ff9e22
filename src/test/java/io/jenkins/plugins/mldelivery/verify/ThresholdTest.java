package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

/** Thresholds, measurement by measurement, on the answers of the Prometheus HTTP API. */
public class ThresholdTest {
    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();

    @Test
    public void passesWhenEachMeasurementIsWithinTheBounds() throws Exception {
        VerifyMetricsResult result = run(threshold(0.1, 0.5, 3, 0, "wait"), number("0.1"), number("0.3"), number("0.5"));
        assertEquals(Verdict.PASS, result.verdict());
        assertEquals("p99 is 0.5000, wanted from 0.1000 to 0.5000, in 3 of 3 measurements", result.reason());
        assertEquals(3, result.checks().get(0).samples());
    }

    @Test
    public void failsAtOnceWhenMoreAreOutOfBoundsThanAllowed() throws Exception {
        VerifyMetricsResult result = run(threshold(null, 0.5, 3, 0, "wait"), number("0.3"), number("0.6"));
        assertEquals(Verdict.FAIL, result.verdict());
        assertEquals("p99 is 0.6000, wanted at most 0.5000; 1 of 2 measurements were out of bounds", result.reason());
    }

    @Test
    public void allowsAsManyFailuresAsTheLimitSays() throws Exception {
        assertEquals(Verdict.PASS, run(threshold(0.2, null, 3, 1, "wait"), number("0.1"), number("0.3"), number("0.3")).verdict());
        assertEquals(Verdict.FAIL, run(threshold(0.2, null, 3, 1, "wait"), number("0.1"), number("0.3"), number("0.1")).verdict());
    }

    @Test
    public void infinityIsAMeasurement() throws Exception {
        assertEquals(Verdict.FAIL, run(threshold(null, 0.5, 1, 0, "wait"), number("+Inf")).verdict());
        assertEquals(Verdict.FAIL, run(threshold(0.5, null, 1, 0, "wait"), number("-Inf")).verdict());
    }

    @Test
    public void noDataAndNaNAreNeitherForNorAgainstUnlessAPolicySaysSo() throws Exception {
        VerifyMetricsResult result = run(threshold(null, 0.5, 2, 0, "wait"), NOTHING, number("NaN"), number("0.3"), NOTHING, number("0.4"));
        assertEquals(Verdict.PASS, result.verdict());
        assertEquals(2, result.checks().get(0).samples());
    }

    @Test
    public void noDataToTheEndIsInconclusiveAndNeverAPass() throws Exception {
        VerifyMetricsResult inconclusive = run(threshold(null, 0.5, 2, 0, "wait"), NOTHING);
        assertEquals(Verdict.INCONCLUSIVE, inconclusive.verdict());
        assertEquals(
                "nothing measured within 1m: query: 'latency' gave no data; try it in the Prometheus UI, and correct it or see that its metrics are collected", inconclusive.reason());
        VerifyMetricsResult nan = run(threshold(0.5, null, 2, 0, "wait"), number("NaN"));
        assertEquals(Verdict.INCONCLUSIVE, nan.verdict());
        assertTrue(nan.reason(), nan.reason().contains("gave NaN"));
    }

    @Test
    public void whatIsNoNumberCountsAsItsOwnPolicySays() throws Exception {
        VerifyMetricsResult failed = run(policies("fail", "wait", "wait"), number("NaN"), number("0.3"), NOTHING);
        assertEquals(Verdict.FAIL, failed.verdict());
        assertEquals(
                "query: 'latency' gave no data; try it in the Prometheus UI, and correct it or see that its metrics are collected; 1 of 2 measurements were out of bounds", failed.reason());
        assertEquals(Verdict.FAIL, run(policies("wait", "fail", "wait"), NOTHING, number("NaN")).verdict());
        VerifyMetricsResult inconclusive = run(policies("inconclusive", "wait", "wait"), number("0.3"), NOTHING);
        assertEquals(Verdict.INCONCLUSIVE, inconclusive.verdict());
        assertTrue(inconclusive.reason(), inconclusive.reason().endsWith("; 1 of 2 measurements were good, 1 inconclusive"));
        VerifyMetricsResult passed = run(policies("pass", "pass", "wait"), NOTHING, number("NaN"), NOTHING);
        assertEquals(Verdict.PASS, passed.verdict());
        assertTrue(passed.reason(), passed.reason().contains("gave no data") && passed.reason().contains("which counts as good"));
    }

    @Test
    public void aNativeHistogramIsNoNumberAndThatIsSaid() {
        String histogram = vector("{\"metric\":{\"__name__\":\"latency\"},\"histogram\":[1,{\"count\":\"3\",\"sum\":\"2\",\"buckets\":[[0,\"0.5\",\"1\",\"3\"]]}]}");
        DeliveryException e = assertThrows(DeliveryException.class, () -> run(threshold(null, 0.5, 2, 0, "wait"), histogram));
        assertEquals("query: 'latency' gives a native histogram, not a number. Take a number of it, for example with histogram_quantile(0.99, …) or histogram_count(…).", e.getMessage());
    }

    @Test
    public void aServerThatIsAwayFailsACheckOnlyWhenItSaysSo() throws Exception {
        assertEquals(Verdict.PASS, run(policies("fail", "fail", "wait"), number("0.1"), BROKEN, number("0.1"), BROKEN, number("0.1")).verdict());
        assertEquals(Verdict.FAIL, run(policies("wait", "wait", "fail"), number("0.1"), BROKEN).verdict());
        assertEquals(Verdict.INCONCLUSIVE, run(policies("wait", "wait", "inconclusive"), number("0.1"), BROKEN).verdict());
        assertEquals("the wait goes on to its end", Verdict.INCONCLUSIVE, run(policies("fail", "fail", "wait"), number("0.1"), BROKEN).verdict());
    }

    @Test
    public void whatCameInTheWarmUpDoesNotCount() throws Exception {
        Check.Threshold t = (Check.Threshold) threshold(null, 0.5, 2, 0, "wait");
        Check late = new Check.Threshold(t.name(), t.query(), null, 0.5, 2, 0, -1, -1, 0, "wait", "wait", "wait", "critical", "30s");
        VerifyMetricsResult result = run(late, number("0.9"), number("0.9"), number("0.3"), number("0.4"));
        assertEquals(Verdict.PASS, result.verdict());
        assertEquals(2, result.checks().get(0).samples());
    }

    @Test
    public void whatIsNotCriticalNeverFailsTheGate() throws Exception {
        Check warning = new Check.Threshold("warned", "latency", null, 0.5, 1, 0, -1, -1, 0, "wait", "wait", "wait", "warning", "0s");
        Check dryRun = new Check.Threshold("tried", "latency", null, 0.5, 1, 0, -1, -1, 0, "wait", "wait", "wait", "dryRun", "0s");
        VerifyMetricsResult result = run(List.of(warning, dryRun, threshold(null, 1.0, 1, 0, "wait")), number("0.9"));
        assertEquals(Verdict.PASS, result.verdict());
        assertEquals("p99 is 0.9000, wanted at most 1.000, in 1 of 1 measurements", result.reason());
        assertEquals(List.of("warned"), result.warnings().stream().map(VerifyMetricsResult.Outcome::name).toList());
        assertTrue(events.toString(), events.toString().contains("warned: fail, ") && events.toString().contains("it is a warning, which does not fail the gate"));
        VerifyMetricsResult none = run(List.of(warning, dryRun), number("0.9"));
        assertEquals("nothing decides", Verdict.PASS, none.verdict());
        assertEquals(Verdict.FAIL, none.checks().get(1).verdict());
    }

    @Test
    public void tooFewMeasurementsAreInconclusive() throws Exception {
        assertEquals(Verdict.INCONCLUSIVE, run(threshold(null, 0.5, 2, 0, "wait"), number("0.3"), NOTHING).verdict());
    }

    @Test
    public void severalSeriesWhereOneIsMeantAreRefused() {
        DeliveryException e = assertThrows(DeliveryException.class, () -> run(
                threshold(null, 0.5, 1, 0, "fail"), vector("{\"metric\":{\"pod\":\"a\"},\"value\":[1,\"0\"]},{\"metric\":{\"pod\":\"b\"},\"value\":[1,\"0\"]}")));
        assertEquals("query: the query of the check 'p99' gives 2 series where one is meant. Aggregate it, for example with sum(…) or max(…).", e.getMessage());
    }

    private static final String NOTHING = vector("");
    private static final String BROKEN = "{\"status\":";

    private static Check policies(String onNoData, String onNaN, String onError) {
        return new Check.Threshold("p99", "latency", null, 0.5, 3, 0, -1, -1, 0, onNoData, onNaN, onError, "critical", "0s");
    }

    private static String number(String value) {
        return vector("{\"metric\":{\"__name__\":\"latency\"},\"value\":[1,\"" + value + "\"]}");
    }

    private static String vector(String results) {
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + results + "]}}";
    }

    private static Check threshold(Double min, Double max, int count, int failureLimit, String onNoData) {
        return new Check.Threshold("p99", "latency", min, max, count, failureLimit, onNoData);
    }

    /** The answers one a look; the last one stays. */
    private VerifyMetricsResult run(Check check, String... answers) throws Exception {
        return run(List.of(check), answers);
    }

    private VerifyMetricsResult run(List<Check> checks, String... answers) throws Exception {
        AtomicInteger look = new AtomicInteger();
        try (LoopbackServer server = LoopbackServer.start(request ->
                new LoopbackServer.Answer(200, answers[Math.min(look.getAndIncrement(), answers.length - 1)]))) {
            return new VerifyMetrics(request(checks, server.url()), null, environment()).run();
        }
    }

    private static VerifyMetricsRequest request(List<Check> checks, String url) {
        return new VerifyMetricsRequest(checks, url, null, "track=\"canary\"", "track=\"stable\"", List.of(), List.of(), "15s", "1m", "fail");
    }

    private Environment environment() {
        return new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, clock, Secrets.none(), events::add);
    }
}
