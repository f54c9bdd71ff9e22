package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.Test;

/** What a check has seen is persisted at every look, so it must be small: 32 KiB a check at most, however many pods come and go. */
public class StateSizeTest {
    private static final int MOST = 32 * 1024;
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final double[] MANY = IntStream.rangeClosed(1, 150).mapToDouble(i -> i / 30.0).toArray();
    private static final List<String> PATHS = List.of("/v1/models/churn:predict", "/v1/models/churn", "/metrics");

    private double[] bounds = BOUNDS;
    private List<String> paths = PATHS;
    private final ManualClock clock = new ManualClock();
    private final Random random = new Random(5);

    /** Pods with a histogram of 12 buckets and a counter for each of three paths, as busy ones have them. */
    private final class Busy implements TrackMetrics {
        private final int canaries;
        private final int stables;
        private final Map<String, long[]> counts = new java.util.TreeMap<>();

        Busy(int canaries, int stables) {
            this.canaries = canaries;
            this.stables = stables;
        }

        @Override
        public List<Page> scrape(Track track) {
            List<Page> pages = new ArrayList<>();
            for (int pod = 0; pod < (track == Track.CANARY ? canaries : stables); pod++) {
                StringBuilder page = new StringBuilder();
                for (String path : paths) {
                    long[] c = counts.computeIfAbsent(track + " " + pod + path, k -> new long[bounds.length + 1]);
                    long sum = 0;
                    for (int i = 0; i < c.length; i++) {
                        c[i] += random.nextInt(1 + 4000 / (1 + (i - 4) * (i - 4) % 1000));
                        sum += c[i];
                        page.append(String.format(Locale.ROOT, "took_seconds_bucket{path=\"%s\",le=\"%s\"} %d\n", path, i < bounds.length ? String.valueOf(bounds[i]) : "+Inf", sum));
                    }
                    page.append(String.format(Locale.ROOT, "requests_total{path=\"%s\",code=\"200\"} %d\nrequests_total{path=\"%s\",code=\"500\"} %d\n", path, sum, path, c[9]));
                }
                pages.add(new Page("http://10.0.0." + pod + ":8080/metrics " + track, page.toString()));
            }
            return pages;
        }
    }

    @Test
    public void aHistogramOfManyBuckets() throws Exception {
        bounds = MANY;
        paths = List.of("/");
        for (Check check : checks()) {
            assertTrue(check.name() + ": " + size(check, 2, 6), size(check, 2, 6) <= MOST);
        }
    }

    @Test
    public void twentyPodsWithThreePathsEach() throws Exception {
        for (Check check : checks()) {
            assertTrue(check.name() + ": " + size(check, 20, 20), size(check, 20, 20) <= MOST);
        }
    }

    @Test
    public void aCanaryOfSixPodsBesideFiftyEight() throws Exception {
        for (Check check : checks()) {
            assertTrue(check.name() + ": " + size(check, 6, 58), size(check, 6, 58) <= MOST);
        }
    }

    @Test
    public void asManyPodsAsAreToldApartWithThreePathsEach() throws Exception {
        for (Check check : checks()) {
            assertTrue(check.name() + ": " + size(check, 64, 64), size(check, 64, 64) <= MOST);
        }
    }

    private static List<Check> checks() {
        return List.of(
                new Check.ErrorRate("errors", "requests_total", "code=\"500\"", 1.01, 1e-9, 1e-9, 0, 50),
                new Check.Latency("anywhere", "auto", "took_seconds", null, 0.99, null, 1.01, 1e-9, 1e-9, 0, 50, 1, "critical", "0s"),
                new Check.Latency("bound", "auto", "took_seconds", null, null, 1.0, 1.01, 1e-9, 1e-9, 0, 50, 1, "critical", "0s"),
                new Check.Distribution("drift", "took_seconds", null, 1e-9, 1e-9, 1e-9, 50, 1, "critical", "0s"));
    }

    private int size(Check check, int canaries, int stables) throws Exception {
        VerifyMetricsRequest request = new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "15s", "2h", "fail");
        Environment environment = new Environment((command, lines) -> { throw new AssertionError(); }, clock, Secrets.none(), EventSink.none());
        VerifyMetrics verify = new VerifyMetrics(request, new Busy(canaries, stables), environment);
        VerifyState state = verify.start(clock.now());
        for (int i = 0; i < 20; i++) {
            state = verify.look(state).state();
            clock.sleep(Duration.ofSeconds(15));
        }
        assertTrue("still open: " + state.checks().get(0).reason(), state.checks().get(0).verdict() == null);
        assertEquals(state.toJson(), VerifyState.fromJson(state.toJson()).toJson());
        return state.toJson().length();
    }

    @Test
    public void podsThatComeAndGoAreForgottenInTheEnd() {
        Counters counters = Counters.none();
        for (int pod = 0; pod < 5 * Counters.MAX_SERIES; pod += 100) {
            List<Series> series = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                series.add(new Series("pod " + (pod + i), Map.of("code", "200"), List.of(new Point(1_000_000L + pod, pod)), null));
            }
            series.add(new Series("lasting", Map.of("code", "200"), List.of(new Point(1_000_000L + pod, 1_000_000 + pod)), null));
            Counters.Moved moved = counters.after(new Reading(series, Map.of("read only", new TreeSet<>(List.of(1_000_000L + pod))), Map.of()), Instant.ofEpochMilli(1_000_000));
            assertEquals("what is there is never forgotten", pod == 0 ? 0 : 100, moved.increments().stream().filter(i -> i.source().equals("lasting")).mapToDouble(Increment::amount).sum(), 0);
            counters = moved.next();
        }
        assertEquals(Counters.MAX_SERIES, counters.last().size());
        assertEquals(Counters.MAX_SERIES, counters.sources().size());
    }
}
