package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.testing.DebianPrometheus;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.verify.Counters;
import io.jenkins.plugins.mldelivery.verify.Increment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Counters, followed through a real Prometheus server that scrapes a model every second: resets, missing scrapes, staleness, new series, histograms and recording rules. */
public class DebianPrometheusSourceTest {
    private static final String LATENCY = "latency_bucket{le=\"0.1\"} 3\nlatency_bucket{le=\"1\"} 5\nlatency_bucket{le=\"+Inf\"} 6\n";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final AtomicReference<String> page = new AtomicReference<>("http_requests_total{code=\"200\"} 100\n" + LATENCY);
    private final List<Increment<Double>> counted = new ArrayList<>();
    private Counters counters = Counters.none();
    private Prometheus source;

    @Test(timeout = 60_000)
    public void countersAreFollowedThroughAllThatHappensToThem() throws Exception {
        try (LoopbackServer model = LoopbackServer.start(r -> new LoopbackServer.Answer(page.get() == null ? 503 : 200, page.get() == null ? "" : page.get()));
                DebianPrometheus prometheus = DebianPrometheus.start(
                        folder.getRoot().toPath(), Map.of("canary", model.url().substring("http://".length()) + "/metrics"), Map.of("track:requests:sum", "sum by (track) (http_requests_total)"))) {
            source = new Prometheus(PrometheusAccess.of(prometheus.url(), null), "track=\"canary\"", "track=\"stable\"", Sources.context(Secrets.none(), Clock.system(), new ArrayList<>()));
            await("the first scrape", () -> !source.query("http_requests_total").isEmpty());
            Instant onset = Instant.now();
            await("a scrape after the onset", () -> follow(onset) == 0 && counters.readUpTo() > onset.toEpochMilli());

            page.set("http_requests_total{code=\"200\"} 130\n" + LATENCY);
            await("what is counted", () -> follow(onset) == 30);

            page.set(null);
            await("missing scrapes make it stale", () -> source.query("http_requests_total").isEmpty());
            page.set("http_requests_total{code=\"200\"} 150\n" + LATENCY);
            await("the gap is bridged", () -> follow(onset) == 50);

            page.set("http_requests_total{code=\"200\"} 7\n" + LATENCY);
            await("a reset counts from zero", () -> follow(onset) == 57);

            page.set("http_requests_total{code=\"200\"} 7\nhttp_requests_total{code=\"500\"} 3\n" + LATENCY);
            await("the first errors count whole", () -> follow(onset) == 60);
            assertEquals(3, counted.stream().filter(i -> "500".equals(i.labels().get("code"))).mapToDouble(Increment::amount).sum(), 0);
            assertTrue("by the time of the data", counted.stream().allMatch(i -> i.millis() > onset.toEpochMilli()));

            await("a recording rule has no target", () -> source.counters(Selector.of("track:requests:sum"), Track.CANARY, onset).series().stream().map(Series::source).toList().equals(List.of("prometheus")));
            HistogramSeries latency = source.histograms(Selector.of("latency"), Track.CANARY, onset).series().get(0);
            assertEquals(Buckets.of(new double[] {0.1, 1, Double.POSITIVE_INFINITY}, new double[] {3, 2, 1}), latency.points().get(0).buckets());
            assertEquals(List.of(), source.counters(Selector.of("http_requests_total"), Track.STABLE, onset).series());
            List<Series> range = source.queryRange("sum(http_requests_total)", Instant.now().minusSeconds(3), Instant.now(), Duration.ofSeconds(1));
            assertTrue(range.toString(), range.size() == 1 && range.get(0).points().size() >= 2);
        }
    }

    /** All that was counted so far. */
    private double follow(Instant onset) throws Exception {
        source.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(30)));
        Counters.Moved moved = counters.after(source.counters(Selector.of("http_requests_total"), Track.CANARY, counters.since(onset)), onset);
        counters = moved.next();
        counted.addAll(moved.increments());
        return counted.stream().mapToDouble(Increment::amount).sum();
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < 200; i++) {
            source.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(30)));
            if (condition.call()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(what + ": " + counted);
    }
}
