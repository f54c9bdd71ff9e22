package gatebench;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.Counters;
import io.jenkins.plugins.mldelivery.verify.Increment;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** False alarms of <code>errorRate()</code> in conditions that its model does not know: how pods are collected, where they run, and how they begin. */
final class Hidden {
    private static final int MINUTES = 60;
    private static final double RATE = 0.005;
    private static final double REQUESTS = 150;
    private static final int LOOKS = 4;
    private static final int COLD_SECONDS = 60;

    private final int rollouts;

    private Hidden(int rollouts) {
        this.rollouts = rollouts;
    }

    /** How the error rates of pods differ. */
    private enum Shape { LASTING_SOME, LASTING_MUCH, NODES, NODE_SPELLS, COLD }

    static String markdown(int rollouts) {
        return new Hidden(rollouts).table();
    }

    private String table() {
        StringBuilder table = new StringBuilder("# `errorRate()` in conditions that its model does not know\n\n`bench/canary-gate/run hidden`: " + MINUTES + " minutes, " + 100 * RATE + " % errors, " + (int) REQUESTS
                + " requests a pod and minute, α = 1 %, " + rollouts + " rollouts a cell. False alarms in % with their 95 % interval (Wilson), of canaries that are no worse, and what is found of those with twice the errors.\n\n"
                + "| condition | pods, canary:stable | false alarms | ×2 found |\n|---|---|---|---|\n");
        for (int[] split : new int[][] {{2, 18}, {2, 2}}) {
            row(table, "pods that differ for good (log-normal, σ 0.3)", split, Shape.LASTING_SOME, false);
            row(table, "pods that differ for good (log-normal, σ 0.5)", split, Shape.LASTING_MUCH, false);
        }
        for (int[] split : new int[][] {{2, 18}, {2, 6}}) {
            row(table, "nodes of two pods, the canary's on one, each node-minute × a gamma of variance 2", split, Shape.NODES, false);
            row(table, "the same, each node at ×10 for 3 min, once in 2 h", split, Shape.NODE_SPELLS, false);
        }
        for (int[] split : new int[][] {{1, 9}, {2, 18}}) {
            row(table, "cold start (×10 in the first " + COLD_SECONDS + " s of a canary pod)", split, Shape.COLD, false);
            row(table, "the same, `podWarmUp: '" + COLD_SECONDS + "s'`", split, Shape.COLD, true);
        }
        row(table, "two jobs collect the same pods", new int[] {2, 6}, run -> twoJobs(run, 1), run -> twoJobs(run, 2));
        for (int workers : new int[] {2, 4}) {
            row(table, "pages of one of " + workers + " workers at random", new int[] {2, 2}, run -> workers(run, workers, 1), run -> workers(run, workers, 2));
        }
        return table.toString();
    }

    private void row(StringBuilder table, String words, int[] split, Shape shape, boolean warmUp) {
        row(table, words, split, run -> fails(run, shape, split, 1, warmUp), run -> fails(run, shape, split, 2, warmUp));
    }

    private void row(StringBuilder table, String words, int[] split, IntPredicate same, IntPredicate worse) {
        long alarms = IntStream.range(0, rollouts).parallel().filter(same).count();
        int fewer = Math.max(100, rollouts / 4);
        long found = IntStream.range(0, fewer).parallel().filter(worse).count();
        double[] interval = wilson(alarms, rollouts);
        String row = String.format(Locale.ROOT, "| %s | %d:%d | %.2f (%.2f to %.2f) | %.0f |%n", words, split[0], split[1], 100.0 * alarms / rollouts, interval[0], interval[1], 100.0 * found / fewer);
        System.err.print(row);
        table.append(row);
    }

    /** Percent. */
    private static double[] wilson(long hits, int n) {
        double z = 1.96;
        double p = (double) hits / n;
        double middle = p + z * z / (2 * n);
        double half = z * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
        return new double[] {100 * Math.max(0, middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)};
    }

    private static boolean fails(int run, Shape shape, int[] split, double ratio, boolean warmUp) {
        Randomness random = new Randomness(31, run);
        int canary = split[0];
        int pods = canary + split[1];
        double[] lasting = new double[pods];
        for (int pod = 0; pod < pods; pod++) {
            double sigma = shape == Shape.LASTING_SOME ? 0.3 : shape == Shape.LASTING_MUCH ? 0.5 : 0;
            lasting[pod] = Math.exp(sigma * random.normal() - sigma * sigma / 2);
        }
        double[] bad = new double[pods];
        double[] spell = new double[pods];
        Arrays.fill(bad, 1);
        ErrorRateTest test = ErrorRateTest.none();
        for (int look = 0; look < MINUTES * LOOKS; look++) {
            for (int node = 0; look % LOOKS == 0 && node < pods - 1; node += 2) {
                if (shape == Shape.NODES) {
                    bad[node] = random.gamma(0.5);
                } else if (shape == Shape.NODE_SPELLS) {
                    spell[node] = spell[node] > 0 ? spell[node] - 1 : random.below(120) == 0 ? 3 : 0;
                    bad[node] = spell[node] > 0 ? 10 : 1;
                }
                bad[node + 1] = bad[node];
            }
            boolean cold = shape == Shape.COLD && look * 60 / LOOKS < COLD_SECONDS;
            List<Pod> ofCanary = new ArrayList<>();
            List<Pod> ofStable = new ArrayList<>();
            double[] sum = new double[4];
            for (int pod = 0; pod < pods; pod++) {
                boolean isCanary = pod < canary;
                double requests = REQUESTS / LOOKS;
                double times = lasting[pod] * bad[pod] * (isCanary && cold ? 10 : 1) * (isCanary ? ratio : 1);
                int errors = random.poisson(requests * Math.min(1, RATE * times));
                if (!(warmUp && isCanary && cold)) {
                    (isCanary ? ofCanary : ofStable).add(new Pod("pod-" + pod, errors, Math.max(errors, requests)));
                    sum[isCanary ? 0 : 2] += errors;
                    sum[isCanary ? 1 : 3] += Math.max(errors, requests);
                }
            }
            test = test.seen(ofCanary, ofStable);
            if (sum[1] > 0 && sum[3] > 0) {
                test = test.plus(sum[0], sum[1], sum[2], sum[3], OurGate.ALPHA);
            }
            if (test.logEvidenceWorse() >= Math.log(1 / OurGate.ALPHA)) {
                return true;
            }
        }
        return false;
    }

    /** Two canary and six stable pods, each collected by two jobs at moments of their own, once a minute. */
    private static boolean twoJobs(int run, double ratio) {
        Randomness random = new Randomness(37, run);
        int pods = 8;
        int seconds = MINUTES * 60;
        Counters[] counters = {Counters.none(), Counters.none()};
        List<List<List<Point>>> points = new ArrayList<>();
        double[][] now = new double[pods][2];
        int[] phase = new int[2 * pods];
        for (int i = 0; i < phase.length; i++) {
            phase[i] = random.below(60);
            points.add(List.of(new ArrayList<>(), new ArrayList<>()));
        }
        Instant onset = Instant.ofEpochSecond(300);
        ErrorRateTest test = ErrorRateTest.none();
        double[] open = new double[4];
        for (int second = 0; second <= 300 + seconds; second += 5) {
            for (int pod = 0; pod < pods; pod++) {
                double rate = RATE * (pod < 2 ? ratio : 1);
                now[pod][1] += random.poisson(REQUESTS / 12 * rate);
                now[pod][0] += random.poisson(REQUESTS / 12 * (1 - rate));
                for (int job = 0; job < 2; job++) {
                    int at = 2 * pod + job;
                    if (second % 60 == phase[at] / 5 * 5) {
                        for (int code = 0; code < 2; code++) {
                            points.get(at).get(code).add(new Point(second * 1000L + phase[at] % 5 * 1000L, now[pod][code]));
                        }
                    }
                }
            }
            if (second <= 300 || second % 60 != 0) {
                continue;
            }
            List<List<Pod>> seen = new ArrayList<>();
            for (int track = 0; track < 2; track++) {
                List<Series> series = new ArrayList<>();
                for (int pod = track == 0 ? 0 : 2; pod < (track == 0 ? 2 : pods); pod++) {
                    for (int job = 0; job < 2; job++) {
                        for (int code = 0; code < 2; code++) {
                            List<Point> all = points.get(2 * pod + job).get(code);
                            Map<String, String> labels = Map.of("job", "job" + job, "instance", "10.0.0." + pod + ":80", "pod", "pod-" + pod, "code", code == 0 ? "200" : "500");
                            series.add(new Series("job" + job + " 10.0.0." + pod + ":80", labels, all.subList(Math.max(0, all.size() - 6), all.size()), null));
                        }
                    }
                }
                Counters.Moved moved = counters[track].after(new Reading(series, Map.of(), Map.of()), onset);
                counters[track] = moved.next();
                Map<String, double[]> byPod = new TreeMap<>();
                for (Increment<Double> increment : moved.increments()) {
                    double[] of = byPod.computeIfAbsent(increment.source(), s -> new double[2]);
                    of[0] += "500".equals(increment.labels().get("code")) ? increment.amount() : 0;
                    of[1] += increment.amount();
                }
                List<Pod> list = new ArrayList<>();
                byPod.forEach((name, of) -> list.add(new Pod(name, of[0], of[1])));
                seen.add(list);
                for (Pod pod : list) {
                    open[2 * track] += pod.events();
                    open[2 * track + 1] += pod.requests();
                }
            }
            test = test.seen(seen.get(0), seen.get(1));
            if (open[1] > 0 && open[3] > 0) {
                test = test.plus(open[0], open[1], open[2], open[3], OurGate.ALPHA);
                open = new double[4];
            }
            if (test.logEvidenceWorse() >= Math.log(1 / OurGate.ALPHA)) {
                return true;
            }
        }
        return false;
    }

    /** The whole gate, at pages that show the counters of one of a pod's workers. */
    private static boolean workers(int run, int workers, double ratio) {
        try {
            return new Pages(new Randomness(41, run), workers, ratio).verdict() == Verdict.FAIL;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Pages implements TrackMetrics, Clock {
        private final Randomness random;
        private final int workers;
        private final double ratio;
        private final long[][][] counts;
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        Pages(Randomness random, int workers, double ratio) {
            this.random = random;
            this.workers = workers;
            this.ratio = ratio;
            this.counts = new long[4][workers][2];
            for (int i = 0; i < 20 * LOOKS; i++) {
                serve();
            }
        }

        Verdict verdict() throws Exception {
            Check check = new Check.ErrorRate("e", "http_requests_total", "code=\"500\"", 1.5, OurGate.ALPHA, 1e-9, 0, 50);
            Environment environment = new Environment((command, lines) -> { throw new IllegalStateException(); }, this, Secrets.none(), EventSink.none());
            return new VerifyMetrics(
                    new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), 60 / LOOKS + "s", MINUTES + "m", "fail"), this, environment).run().verdict();
        }

        private void serve() {
            for (int pod = 0; pod < 4; pod++) {
                for (long[] worker : counts[pod]) {
                    double mean = REQUESTS / LOOKS / workers;
                    double rate = RATE * (pod < 2 ? ratio : 1);
                    worker[0] += random.poisson(mean * (1 - rate));
                    worker[1] += random.poisson(mean * rate);
                }
            }
        }

        @Override
        public List<Page> scrape(Track track) {
            List<Page> pages = new ArrayList<>();
            for (int pod = track == Track.CANARY ? 0 : 2; pod < (track == Track.CANARY ? 2 : 4); pod++) {
                long[] shown = counts[pod][random.below(workers)];
                pages.add(new Page("pod-" + pod, "http_requests_total{code=\"200\"} " + shown[0] + "\nhttp_requests_total{code=\"500\"} " + shown[1] + "\n"));
            }
            return pages;
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public void sleep(Duration time) {
            now = now.plus(time);
            serve();
        }
    }
}
