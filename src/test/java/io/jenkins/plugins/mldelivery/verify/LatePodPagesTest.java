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
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.Test;

/** Pods whose pages were not read: no verdict rests on the others without a word of it. */
public class LatePodPagesTest {
    private static final String LATE = "the pages of some canary pods, such as canary-1, were not read, since those of"
            + " others took too long; let the model answer faster, or use a Prometheus server";

    private final ManualClock clock = new ManualClock();
    private final List<Event> events = new ArrayList<>();
    private long requests = 1000;
    private Set<String> late = Set.of();
    private Set<String> failing = Set.of();

    private VerifyMetrics verify() throws DeliveryException {
        TrackMetrics pods = new TrackMetrics() {
            @Override
            public List<Page> scrape(Track track) {
                List<Page> all = new ArrayList<>();
                for (String pod : List.of(track.word() + "-0", track.word() + "-1")) {
                    if (!late.contains(pod) && !failing.contains(pod)) {
                        all.add(new Page(pod, "http_requests_total{code=\"200\"} " + requests + "\nhttp_requests_total{code=\"500\"} "
                                + requests / 100 + "\n"));
                    }
                }
                return all;
            }

            @Override
            public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
                TrackMetrics.super.read(track, reader);
                for (String pod : failing) {
                    if (pod.startsWith(track.word())) {
                        reader.failed(pod, "status 502: it is not well");
                    }
                }
                List<String> its = late.stream().filter(pod -> pod.startsWith(track.word())).toList();
                if (!its.isEmpty()) {
                    reader.late(its);
                }
            }
        };
        Environment environment = new Environment(
                (command, lines) -> {
                    throw new AssertionError("no program is run here");
                },
                clock, Secrets.none(), events::add);
        Check check = new Check.ErrorRate("e", "http_requests_total", "code=~\"5..\"", 3, 0.01, 0.05, 0.001, 50);
        return new VerifyMetrics(
                new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "15s", "5m", "fail"),
                pods, environment);
    }

    private VerifyMetrics.Look next(VerifyMetrics verify, VerifyState state) throws Exception {
        requests += 2000;
        clock.sleep(Duration.ofSeconds(15));
        return verify.look(VerifyState.fromJson(state.toJson()));
    }

    private long told(String text) {
        return events.stream().filter(e -> e instanceof Event.Note n && n.text().contains(text)).count();
    }

    @Test
    public void aLookThatHadNoTimeForSomePodsIsNoEvidence() throws Exception {
        VerifyMetrics verify = verify();
        VerifyMetrics.Look look = next(verify, verify.start(clock.now()));
        late = Set.of("canary-1");
        for (int i = 0; i < 4; i++) {
            look = next(verify, look.state());
            assertNull("not from half of the pods", look.result());
            assertEquals(LATE, look.state().checks().get(0).reason());
        }
        assertEquals("told once", 1, told(LATE));
        late = Set.of();
        while (look.result() == null) {
            look = next(verify, look.state());
        }
        assertEquals(look.result().reason(), Verdict.PASS, look.result().verdict());
        assertEquals(4, look.result().incompleteLooks());
        assertTrue(look.result().reason(), look.result().reason().endsWith("; the answers of 4 looks were incomplete, and did not count"));
    }

    @Test
    public void thereIsNoVerdictWhereItStaysSo() throws Exception {
        late = Set.of("canary-1");
        VerifyMetricsResult result = verify().run();
        assertEquals(Verdict.INCONCLUSIVE, result.verdict());
        assertTrue(result.reason(), result.reason().contains(LATE));
    }

    @Test
    public void aPageThatCanNotBeReadIsToldOnceAndThatItIsBack() throws Exception {
        VerifyMetrics verify = verify();
        failing = Set.of("stable-1");
        VerifyMetrics.Look look = next(verify, verify.start(clock.now()));
        look = next(verify, look.state());
        assertEquals(1, told("the page of pod stable-1 can't be read (status 502: it is not well)"));
        failing = Set.of();
        while (look.result() == null) {
            look = next(verify, look.state());
        }
        assertEquals(1, told("the metrics can be read again"));
        assertEquals(look.result().reason(), Verdict.PASS, look.result().verdict());
        assertEquals(2, look.result().incompleteLooks());
    }
}
