package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.DebianPrometheus;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A real Prometheus server with two jobs for the same pods, which read them at different moments, and a rule that records their sum. */
public class DebianPrometheusCopiesTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<Event> events = new ArrayList<>();

    @Test(timeout = 60_000)
    public void whatTwoJobsCollectCountsOnce() throws Exception {
        long began = System.nanoTime();
        try (LoopbackServer model = LoopbackServer.start(r -> new LoopbackServer.Answer(200, page(r.path(), (System.nanoTime() - began) / 1_000_000)))) {
            String host = model.url().substring("http://".length());
            List<DebianPrometheus.Job> jobs = List.of(
                    new DebianPrometheus.Job("pods", host + "/c", Map.of("track", "canary", "pod", "canary-0")),
                    new DebianPrometheus.Job("services", host + "/c", Map.of("track", "canary", "pod", "canary-0", "service", "churn")),
                    new DebianPrometheus.Job("stable", host + "/s", Map.of("track", "stable", "pod", "stable-0")));
            try (DebianPrometheus prometheus = DebianPrometheus.start(folder.getRoot().toPath(), jobs, Map.of())) {
                double counted = watch(prometheus);
                assertTrue("each millisecond is a request: " + counted, counted > 2_000 && counted < 1.05 * 10_000);
            }
        }
        List<String> told = events.stream().filter(Event.Note.class::isInstance).map(e -> ((Event.Note) e).text()).filter(t -> t.contains("collected more than once")).toList();
        assertEquals(List.of("the canary is collected more than once (job=\"pods\", job=\"services\"), and counted once"), told);
    }

    /** A thousand requests a second, 1 % of which fail. */
    private static String page(String path, long millis) {
        long n = path.endsWith("c") ? millis : 9 * millis;
        return "http_requests_total{code=\"200\"} " + (n - n / 100) + "\nhttp_requests_total{code=\"500\"} " + n / 100 + "\n";
    }

    private double watch(DebianPrometheus prometheus) throws Exception {
        Environment environment = new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, Clock.system(), Secrets.none(), events::add);
        Check check = new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 1.01, 1e-9, 1e-9, 0, 1_000_000_000);
        VerifyMetrics verify = new VerifyMetrics(
                new VerifyMetricsRequest(List.of(check), prometheus.url(), null, "track=\"canary\"", "track=\"stable\"", List.of(), List.of(), "1s", "1h", "fail"), null, environment);
        Instant end = Instant.now().plus(Duration.ofSeconds(10));
        VerifyMetrics.Look look = verify.look(verify.start(Instant.now()));
        while (Instant.now().isBefore(end)) {
            Thread.sleep(1000);
            look = verify.look(look.state());
        }
        CheckState state = look.state().checks().get(0);
        assertTrue(state.reason(), state.reason().contains("the canary is collected more than once"));
        return state.samples();
    }
}
