package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.util.List;
import org.junit.Test;

/** What is refused before the wait begins, by the parameter's name. */
public class VerifyMetricsChecksTest {
    @Test
    public void checksThatCouldNeverFailAreRefused() {
        refused("failureLimit", new Check.Threshold("p99", "latency", null, 0.5, 3, 3, "fail"));
        refused("failureLimit", new Check.Threshold("p99", "latency", null, 0.5, 3, -1, "fail"));
        refused("failureLimit", new Check.Threshold("p99", "latency", null, 0.5, 3, -2, "fail"));
        refused("count", new Check.Threshold("p99", "latency", null, 0.5, 0, 0, "fail"));
        refused("max", new Check.Threshold("p99", "latency", null, Double.NaN, 3, 0, "fail"));
        refused("max", new Check.Threshold("p99", "latency", null, null, 3, 0, "fail"));
        refused("min", new Check.Threshold("p99", "latency", Double.NaN, null, 3, 0, "fail"));
        refused("min", new Check.Threshold("p99", "latency", 2.0, 1.0, 3, 0, "fail"));
        refused("query", new Check.Threshold("p99", " ", null, 0.5, 3, 0, "fail"));
        refused("onNoData", new Check.Threshold("p99", "latency", null, 0.5, 3, 0, "ignore"));
    }

    @Test
    public void errorRatesThatMeanNothingAreRefused() {
        Check.ErrorRate d = Check.ErrorRate.defaults();
        refused("errors", new Check.ErrorRate("e", "http_requests_total", "", d.margin(), d.alpha(), d.beta(), d.acceptable(), 1));
        refused("errors", new Check.ErrorRate("e", "http_requests_total", null, d.margin(), d.alpha(), d.beta(), d.acceptable(), 1));
        refused("errors", new Check.ErrorRate("e", "http_requests_total", "code=5", d.margin(), d.alpha(), d.beta(), d.acceptable(), 1));
        refused("metric", new Check.ErrorRate("e", "a b", "code=\"500\"", d.margin(), d.alpha(), d.beta(), d.acceptable(), 1));
        for (double margin : new double[] {1, 0, -2, 33, Double.NaN}) {
            refused("margin", new Check.ErrorRate("e", "http_requests_total", "code=\"500\"", margin, d.alpha(), d.beta(), d.acceptable(), 1));
        }
        for (double p : new double[] {0, 1, -0.1, Double.NaN}) {
            refused("alpha", new Check.ErrorRate("e", "http_requests_total", "code=\"500\"", d.margin(), p, d.beta(), d.acceptable(), 1));
            refused("beta", new Check.ErrorRate("e", "http_requests_total", "code=\"500\"", d.margin(), d.alpha(), p, d.acceptable(), 1));
        }
        refused("acceptable", new Check.ErrorRate("e", "http_requests_total", "code=\"500\"", d.margin(), d.alpha(), d.beta(), 1, 1));
        refused("minRequests", new Check.ErrorRate("e", "http_requests_total", "code=\"500\"", d.margin(), d.alpha(), d.beta(), d.acceptable(), 0));
    }

    @Test
    public void tracksThatCanNotBeToldApartAreRefused() {
        assertEquals("canary", tracks("track=\"a\"", "track=\"a\"").parameter());
        assertEquals("canary", tracks(" ", "track=\"a\"").parameter());
        assertEquals("stable", tracks("track=\"a\"", "").parameter());
        assertEquals("stable", tracks("track=\"a\"", null).parameter());
        assertEquals("canary", tracks(null, "track=\"a\"").parameter());
    }

    @Test
    public void queriesWithoutAPrometheusServerAreRefused() {
        for (Check check : List.of(
                Check.Threshold.of("t", "up", 1.0, null), Check.Expression.of("e", java.util.Map.of("a", "up"), "a == 1", null),
                new Check.Gauge("g", null, null, "avg(accuracy{TRACK})", "lower", 0.1, null, null, 0.01, 0.05, 5, 1, "critical", "0s"))) {
            VerifyMetricsRequest pages = new VerifyMetricsRequest(
                    List.of(check), null, null, null, null, List.of("http://127.0.0.1:9/a"), List.of("http://127.0.0.1:9/b"), "1s", "1m", "fail");
            DeliveryException e = assertThrows(DeliveryException.class, () -> VerifyMetricsChecks.check(pages));
            assertEquals("prometheus", e.parameter());
            assertEquals("prometheus: the check '" + check.name() + "' has a query, which needs a Prometheus server, and none is given. Give its URL, or a check that reads the models' own pages.", e.getMessage());
        }
    }

    @Test
    public void waitsThatCanNotBeAreRefused() {
        assertEquals("interval", refused(List.of(Check.ErrorRate.defaults()), null, null, "0s", "1m", "fail").parameter());
        assertEquals("interval", refused(List.of(Check.ErrorRate.defaults()), null, null, "soon", "1m", "fail").parameter());
        assertEquals("timeout", refused(List.of(Check.ErrorRate.defaults()), null, null, "1s", "-1m", "fail").parameter());
        assertEquals("onInconclusive", refused(List.of(Check.ErrorRate.defaults()), null, null, "1s", "1m", "ignore").parameter());
        assertEquals("checks", refused(List.of(), null, null, "1s", "1m", "fail").parameter());
        assertEquals("checks", refused(List.of(Check.ErrorRate.defaults(), Check.ErrorRate.defaults()), null, null, "1s", "1m", "fail").parameter());
    }

    /** Each look of a step in Jenkins is persisted. */
    @Test
    public void whereOthersLookTooTheIntervalIsASecondAtLeast() throws Exception {
        for (String interval : List.of("1s", "1000ms", "15s")) {
            looking(interval).checkShared();
        }
        for (String interval : List.of("1ms", "999ms")) {
            VerifyMetricsChecks.check(looking(interval));
            DeliveryException e = assertThrows(DeliveryException.class, () -> looking(interval).checkShared());
            assertEquals("interval: it is " + interval + ", and in Jenkins it must be at least 1s. Give the time between two looks, such as 15s.", e.getMessage());
        }
    }

    private static VerifyMetricsRequest looking(String interval) {
        return new VerifyMetricsRequest(List.of(Check.ErrorRate.defaults()), "http://127.0.0.1:9", null, "a=\"1\"", "a=\"2\"", List.of(), List.of(), interval, "1m", "fail");
    }

    private static void refused(String parameter, Check check) {
        assertEquals(parameter, refused(List.of(check), "track=\"canary\"", "track=\"stable\"", "1s", "1m", "fail").parameter());
    }

    private static DeliveryException tracks(String canary, String stable) {
        return refused(List.of(Check.ErrorRate.defaults()), canary, stable, "1s", "1m", "fail");
    }

    private static DeliveryException refused(List<Check> checks, String canary, String stable, String interval, String timeout, String onInconclusive) {
        VerifyMetricsRequest request = new VerifyMetricsRequest(checks, "http://127.0.0.1:9", null, canary, stable, List.of(), List.of(), interval, timeout, onInconclusive);
        Environment environment = new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, new ManualClock(), Secrets.none(), EventSink.none());
        return assertThrows(DeliveryException.class, () -> new VerifyMetrics(request, null, environment));
    }
}
