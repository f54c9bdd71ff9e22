package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.Test;

/**
 * Three pods of each version, one of the canary's with errors and with a page that can't be read, as of a pod that has too
 * much to do: the others must not speak for it.
 */
public class UnreadPagesTest {
    private static final String ERRORS = "canary-2";
    private static final String REASON = "; without all pages of a version a look is no evidence, since the pod that fails may be the one that can't answer";

    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();
    private int look;
    private volatile Set<String> unread = Set.of();
    private volatile Set<String> gone = Set.of();

    /** All have as many requests, and one in a hundred is an error. */
    private String page(String pod) {
        long requests = 1000 + 2000L * look;
        long errors = pod.equals(ERRORS) ? requests * 6 / 10 : requests / 100;
        return "http_requests_total{code=\"200\"} " + (requests - errors) + "\nhttp_requests_total{code=\"500\"} " + errors + "\n";
    }

    private static List<String> pods(Track track) {
        return IntStream.range(0, 3).mapToObj(i -> track.word() + "-" + i).toList();
    }

    private TrackMetrics pods() {
        return new TrackMetrics() {
            @Override
            public List<Page> scrape(Track track) {
                return UnreadPagesTest.pods(track).stream()
                        .filter(pod -> !unread.contains(pod) && !gone.contains(pod))
                        .map(pod -> new Page(pod, page(pod)))
                        .toList();
            }

            @Override
            public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
                TrackMetrics.super.read(track, reader);
                UnreadPagesTest.pods(track).stream().filter(unread::contains).forEach(pod -> reader.failed(pod, "status 502: it is not well"));
            }
        };
    }

    private VerifyMetrics verify(TrackMetrics pods, List<String> canary, List<String> stable) throws DeliveryException {
        Environment environment = new Environment(
                (command, lines) -> {
                    throw new AssertionError("no program is run here");
                },
                clock, Secrets.none(), events::add);
        Check check = new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 3, 0.01, 0.05, 0.001, 50);
        return new VerifyMetrics(
                new VerifyMetricsRequest(List.of(check), null, null, null, null, canary, stable, "15s", "5m", "fail"), pods, environment);
    }

    private VerifyMetrics.Look next(VerifyMetrics verify, VerifyState state) throws Exception {
        look++;
        clock.sleep(Duration.ofSeconds(15));
        return verify.look(VerifyState.fromJson(state.toJson()));
    }

    private VerifyMetricsResult toTheEnd(VerifyMetrics verify, VerifyMetrics.Look first) throws Exception {
        VerifyMetrics.Look one = first;
        while (one.result() == null) {
            one = next(verify, one.state());
        }
        return one.result();
    }

    private LoopbackServer serve() throws Exception {
        return LoopbackServer.start(r -> {
            String pod = r.path().substring(1);
            return new LoopbackServer.Answer(unread.contains(pod) ? 503 : 200, page(pod));
        });
    }

    private VerifyMetrics ofUrls(LoopbackServer server) throws DeliveryException {
        List<List<String>> urls = List.of(Track.CANARY, Track.STABLE).stream()
                .map(track -> pods(track).stream().map(pod -> server.url() + "/" + pod + "?key=s3cret").toList())
                .toList();
        return verify(null, urls.get(0), urls.get(1));
    }

    @Test
    public void aPodThatCanNeverBeReadLetsNoCanaryPass() throws Exception {
        unread = Set.of(ERRORS);
        VerifyMetrics verify = verify(pods(), List.of(), List.of());
        VerifyMetricsResult result = toTheEnd(verify, next(verify, verify.start(clock.now())));
        assertEquals(result.reason(), Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().startsWith(
                "no verdict within 5m: the page of pod canary-2 can't be read (status 502: it is not well)" + REASON));
        assertEquals(20, result.incompleteLooks());
        assertEquals("told once", 1, told("looking again until the time is over"));
    }

    @Test
    public void aUrlThatCanNeverBeReadLetsNoCanaryPass() throws Exception {
        unread = Set.of(ERRORS);
        try (LoopbackServer server = serve()) {
            VerifyMetrics verify = ofUrls(server);
            VerifyMetricsResult result = toTheEnd(verify, next(verify, verify.start(clock.now())));
            assertEquals(result.reason(), Verdict.INCONCLUSIVE, result.verdict());
            assertTrue(result.reason(), result.reason().startsWith(
                    "no verdict within 5m: " + server.url() + "/canary-2 answered with status 503" + REASON));
            assertEquals(20, result.incompleteLooks());
        }
    }

    /** What it counts meanwhile is not lost. */
    @Test
    public void whoCanBeReadNowAndThenIsCountedWhole() throws Exception {
        try (LoopbackServer server = serve()) {
            for (VerifyMetrics verify : List.of(verify(pods(), List.of(), List.of()), ofUrls(server))) {
                unread = Set.of(ERRORS);
                VerifyMetrics.Look one = next(verify, verify.start(clock.now()));
                for (int i = 1; one.result() == null; i++) {
                    unread = i % 4 == 0 ? Set.of() : Set.of(ERRORS);
                    one = next(verify, one.state());
                    CheckState check = one.state().checks().get(0);
                    if (!unread.isEmpty() && one.result() == null) {
                        assertTrue(check.reason(), check.reason().endsWith(REASON));
                    }
                    assertEquals("all three pods, or nothing: " + check.samples(), 0, check.samples() % 6000);
                    assertTrue("its share of the errors: " + check.canary(), check.samples() == 0 || check.canary() > 0.19);
                }
                assertTrue(one.result().reason(), one.result().verdict() != Verdict.PASS);
            }
        }
    }

    /** The stable version's pods that can be read may be the worst, beside which any canary looks well. */
    @Test
    public void aStablePageThatCanNotBeReadIsMissingAsWell() throws Exception {
        unread = Set.of("stable-0", "stable-1");
        VerifyMetrics verify = verify(pods(), List.of(), List.of());
        VerifyMetrics.Look one = next(verify, next(verify, verify.start(clock.now())).state());
        assertNull(one.result());
        assertEquals("the page of pod stable-0 can't be read (status 502: it is not well), and so 1 more page" + REASON,
                one.state().checks().get(0).reason());
        assertEquals(0, one.state().checks().get(0).samples());
    }

    @Test
    public void whoIsGoneIsNotWaitedFor() throws Exception {
        VerifyMetrics verify = verify(pods(), List.of(), List.of());
        VerifyMetrics.Look one = next(verify, verify.start(clock.now()));
        gone = Set.of(ERRORS);
        one = next(verify, one.state());
        unread = Set.of("canary-1");
        one = next(verify, one.state());
        assertNull(one.result());
        unread = Set.of();
        gone = Set.of(ERRORS, "canary-1");
        VerifyMetricsResult result = toTheEnd(verify, next(verify, one.state()));
        assertEquals(result.reason(), Verdict.PASS, result.verdict());
        assertEquals(1, result.incompleteLooks());
        assertEquals(1, told("the metrics can be read again"));
    }

    /** A page that shows something twice counts as one that could not be read. */
    @Test
    public void aPageThatIsNoneIsMissingAsWell() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(
                200, page(r.path().substring(1)) + (r.path().endsWith(ERRORS) ? "http_requests_total{code=\"500\"} 0\n" : "")))) {
            VerifyMetrics verify = ofUrls(server);
            VerifyMetricsResult result = toTheEnd(verify, next(verify, verify.start(clock.now())));
            assertEquals(result.reason(), Verdict.INCONCLUSIVE, result.verdict());
            assertTrue(result.reason(), result.reason().contains(
                    server.url() + "/canary-2 can't be read: it shows a series of 'http_requests_total' twice" + REASON));
        }
    }

    private long told(String text) {
        return events.stream().filter(e -> e instanceof Event.Note n && n.text().contains(text)).count();
    }
}
