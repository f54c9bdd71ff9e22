package gatebench;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyState;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What a look of 50 checks costs from the pods' pages to the new evidence, with all of a page's histograms to be read, sorted into windows and tested. */
final class WholeLook implements TrackMetrics, Clock {
    static final String NAME = "whole look";

    private static final int CHECKS = 50;

    private final int bins;
    private final Randomness random = new Randomness(3);
    private final long[][][] counts;
    private final List<List<Page>> pages = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private WholeLook(int bins) {
        this.bins = bins;
        this.counts = new long[4][CHECKS][bins];
    }

    /** For 50 distributions of so many bins, of two pods on each track. */
    static Cost measure(int bins) throws Exception {
        return new WholeLook(bins).cost();
    }

    private Cost cost() throws Exception {
        List<Check> checks = IntStream.range(0, CHECKS).<Check>mapToObj(
                i -> new Check.Distribution("drift " + i, "score_" + i, null, 1e-9, 1e-9, 1e-9, 50, 1, "critical", "0s")).toList();
        VerifyMetricsRequest request = new VerifyMetricsRequest(checks, null, null, null, null, List.of(), List.of(), "15s", "24h", "fail");
        Environment environment = new Environment((command, lines) -> { throw new IllegalStateException(); }, this, Secrets.none(), EventSink.none());
        VerifyMetrics verify = new VerifyMetrics(request, this, environment);
        VerifyState state = verify.start(now);
        double best = Double.MAX_VALUE;
        for (int look = 0; look < 150; look++) {
            serve();
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            state = verify.look(state).state();
            best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
            now = now.plusSeconds(15);
        }
        return new Cost(NAME + " at the pages of 4 pods, " + CHECKS + " distributions of " + bins + " bins", best / 1e6, state.toJson().length() / CHECKS);
    }

    private void serve() {
        pages.clear();
        for (int track = 0; track < 2; track++) {
            List<Page> of = new ArrayList<>();
            for (int pod = 0; pod < 2; pod++) {
                of.add(new Page("pod-" + track + "-" + pod, page(counts[2 * track + pod])));
            }
            pages.add(of);
        }
    }

    private String page(long[][] pod) {
        StringBuilder page = new StringBuilder();
        for (int check = 0; check < CHECKS; check++) {
            long sum = 0;
            for (int b = 0; b < bins; b++) {
                pod[check][b] += random.poisson(3);
                sum += pod[check][b];
                page.append("score_").append(check).append("_bucket{le=\"").append(b < bins - 1 ? (b + 1) / 100.0 : "+Inf").append("\"} ").append(sum).append('\n');
            }
        }
        return page.toString();
    }

    @Override
    public List<Page> scrape(Track track) {
        return pages.get(track == Track.CANARY ? 0 : 1);
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void sleep(Duration time) {
        now = now.plus(time);
    }
}
