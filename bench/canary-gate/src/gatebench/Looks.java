package gatebench;

import gatebench.Condition.Shape;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The same rollouts through the whole of mlVerifyMetrics: metrics pages with counters, their parser, the looks, the verdict. Shows that the fast path decides alike. */
final class Looks {
    private static final Shape[] SHAPES = {Shape.PLAIN, Shape.DIURNAL, Shape.INCIDENT, Shape.BURSTY, Shape.SPELLS, Shape.CHURN, Shape.GAPS};

    private Looks() {}

    /**
     * How many decide alike.
     *
     * @param tried rollouts
     * @param alike those with the same verdict in the same minute
     * @param other what the first one that does not was
     */
    record Agreement(int tried, int alike, String other) {}

    /** Tries as many rollouts under each of some conditions. */
    static Agreement compare(int each, long seed) throws DeliveryException, InterruptedException {
        int tried = 0;
        int alike = 0;
        String other = "";
        for (Shape shape : SHAPES) {
            for (double factor : new double[] {1, 3}) {
                Condition c = Condition.of(shape, 9, Cells.BASE, factor);
                for (int i = 0; i < each; i++) {
                    Trace trace = Traffic.trace(c, new Randomness(seed, c.name().hashCode(), i));
                    String fast = fast(trace);
                    String whole = whole(trace);
                    tried++;
                    alike += fast.equals(whole) ? 1 : 0;
                    other = fast.equals(whole) || !other.isEmpty() ? other : c.name() + ", rollout " + i + ": " + fast + " against " + whole;
                }
            }
        }
        return new Agreement(tried, alike, other);
    }

    private static String fast(Trace trace) {
        float[] highest = new float[Condition.MINUTES];
        int[] passes = new int[OurGate.MARGINS.length];
        new OurGate().watch(trace, highest, passes);
        int pass = passes[passes.length - 1];
        for (int t = 0; t < highest.length; t++) {
            if (highest[t] >= Math.log(1 / OurGate.ALPHA)) {
                return (t <= pass ? "fail" : "pass") + " in minute " + (Math.min(t, pass) + 1);
            }
        }
        return pass < highest.length ? "pass in minute " + (pass + 1) : "inconclusive in minute " + highest.length;
    }

    private static String whole(Trace trace) throws DeliveryException, InterruptedException {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        int[] minute = {0};
        Clock clock = new Clock() {
            @Override
            public Instant now() {
                return start.plus(Duration.ofMinutes(minute[0]));
            }

            @Override
            public void sleep(Duration duration) {
                throw new IllegalStateException("nobody waits here");
            }
        };
        Counter canary = new Counter("canary", trace.canary());
        Counter stable = new Counter("stable", trace.stable());
        TrackMetrics pages = track -> (track == Track.CANARY ? canary : stable).pages();
        VerifyMetricsRequest request = new VerifyMetricsRequest(
                List.of(Check.ErrorRate.defaults()), null, null, null, null, List.of(), List.of(), "60s", Condition.MINUTES + "m", VerifyMetricsRequest.DEFAULT_ON_INCONCLUSIVE);
        VerifyMetrics verification = new VerifyMetrics(request, pages, new Environment((command, lines) -> {
            throw new IllegalStateException("no program is run here");
        }, clock, Secrets.none(), EventSink.none()));
        VerifyMetrics.Look look = verification.look(verification.start(start));
        while (look.result() == null) {
            minute[0]++;
            canary.tick();
            stable.tick();
            look = verification.look(look.state());
        }
        VerifyMetricsResult result = look.result();
        Verdict verdict = result.verdict();
        return verdict.word() + " in minute " + minute[0];
    }

    /** Counters of a track's pods, as a server that scrapes them shows them: where a scrape is missing, the value of the one before. */
    private static final class Counter {
        private final String name;
        private final Trace.Track track;
        private final long[] good;
        private final long[] bad;
        private long[] shownGood;
        private long[] shownBad;
        private int tick;

        Counter(String name, Trace.Track track) {
            this.name = name;
            this.track = track;
            good = new long[track.pods()];
            bad = new long[track.pods()];
            shownGood = good.clone();
            shownBad = bad.clone();
        }

        void tick() {
            for (int i = 0; i < good.length; i++) {
                bad[i] += track.podErrors()[i][tick];
                good[i] += track.podRequests()[i][tick] - track.podErrors()[i][tick];
            }
            if (track.seen()[tick]) {
                shownGood = good.clone();
                shownBad = bad.clone();
            }
            tick++;
        }

        List<TrackMetrics.Page> pages() {
            List<TrackMetrics.Page> pages = new ArrayList<>();
            for (int i = 0; i < good.length; i++) {
                pages.add(new TrackMetrics.Page(name + "-" + i,
                        "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} " + shownGood[i] + "\nhttp_requests_total{code=\"500\"} " + shownBad[i] + "\n"));
            }
            return pages;
        }
    }
}
