package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.Buckets;
import io.jenkins.plugins.mldelivery.verify.source.HistogramPoint;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.Test;

/** The same measurement under other labels counts once; what only looks alike counts. The wait begins at second 100 and lasts until 400. */
public class CopiesTest {
    private static final int END = 400;
    private static final Instant ONSET = Instant.ofEpochSecond(100);

    private final List<Series> series = new ArrayList<>();
    private final Random random = new Random(7);

    @Test
    public void podsThatTwoJobsScrapeCountOnce() {
        double[] ok = requests(5, 1000);
        double[] bad = requests(0.2, 20);
        scrape(ok, 15, 0, Map.of("job", "pods", "instance", "10.0.0.5:8000", "pod", "churn-0", "code", "200"));
        scrape(bad, 15, 0, Map.of("job", "pods", "instance", "10.0.0.5:8000", "pod", "churn-0", "code", "500"));
        scrape(ok, 15, 7, Map.of("job", "services", "instance", "10.0.0.5:8000", "pod", "churn-0", "service", "churn", "code", "200"));
        scrape(bad, 15, 7, Map.of("job", "services", "instance", "10.0.0.5:8000", "pod", "churn-0", "service", "churn", "code", "500"));
        assertCounts(grown(ok) + grown(bad), 90);
        assertEquals("is collected more than once (job=\"pods\", job=\"services\"), and counted once", Copies.ofCounters(series, LookBudget.alone(Deadline.none())).text());
    }

    @Test
    public void aGaugeThatTwoJobsReadFromOneAddressIsOneAndOtherPortsAreOthers() {
        double[] first = new double[END];
        Arrays.setAll(first, t -> 0.9 + 0.1 * random.nextDouble());
        scrape(first, 15, 0, Map.of("job", "pods", "instance", "10.0.0.5:8000", "pod", "churn-0"));
        scrape(first, 15, 7, Map.of("job", "services", "instance", "10.0.0.5:8000", "service", "churn"));
        scrape(first, 15, 3, Map.of("job", "pods", "instance", "10.0.0.5:9000", "pod", "churn-0"));
        Copies copies = Copies.ofGauges(series, LookBudget.alone(Deadline.none()));
        assertEquals(1, copies.keys().size());
        assertEquals("is collected more than once (job=\"pods\", job=\"services\"), and counted once", copies.text());
    }

    @Test
    public void aPodThatIsNamedByItsInstanceInOneJobCountsOnce() {
        double[] ok = requests(5, 1000);
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "churn-0"));
        scrape(ok, 30, 11, Map.of("job", "b", "instance", "10.0.0.5:8000", "pod", "churn-0", "app", "churn"));
        assertCounts(grown(ok), 160);
    }

    @Test
    public void twoServersWhoseLabelNobodyKnowsCountOnce() {
        double[] ok = requests(5, 1000);
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000", "zone", "east"));
        scrape(ok, 15, 8, Map.of("job", "a", "instance", "10.0.0.5:8000", "zone", "west"));
        assertCounts(grown(ok), 90);
    }

    @Test
    public void federatedSeriesCountOnceThoughNoNameIsLeft() {
        double[] ok = requests(5, 1000);
        double[] other = requests(5, 1000);
        scrape(ok, 15, 3, Map.of("job", "a", "instance", "10.0.0.5:8000"));
        scrape(other, 15, 5, Map.of("job", "a", "instance", "10.0.0.6:8000"));
        scrape(ok, 15, 3, Map.of("job", "federate", "instance", "prom:9090", "exported_job", "a", "exported_instance", "10.0.0.5:8000"));
        scrape(other, 15, 5, Map.of("job", "federate", "instance", "prom:9090", "exported_job", "a", "exported_instance", "10.0.0.6:8000"));
        scrape(ok, 15, 3, Map.of("job", "global", "instance", "thanos:9090"));
        assertCounts(grown(ok) + grown(other), 160);
    }

    @Test
    public void aSumThatARuleRecordsUnderTheSameNameCountsNothing() {
        double[] one = requests(5, 1000);
        double[] two = requests(8, 300);
        double[] sum = new double[END];
        Arrays.setAll(sum, t -> one[Math.max(0, t - t % 15)] + two[Math.max(0, t - (t + 11) % 15)]);
        scrape(one, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000", "code", "200"));
        scrape(two, 15, 4, Map.of("job", "a", "instance", "10.0.0.6:8000", "code", "200"));
        scrape(sum, 30, 2, Map.of("job", "a", "code", "200"));
        assertCounts(grown(one) + grown(two), 200);
        assertTrue(Copies.ofCounters(series, LookBudget.alone(Deadline.none())).text(), Copies.ofCounters(series, LookBudget.alone(Deadline.none())).text().contains("the sum is left out"));
    }

    @Test
    public void aJobThatDropsTheErrorsIsNotTheOneThatCounts() {
        double[] ok = requests(5, 1000);
        double[] bad = requests(0.5, 20);
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000", "code", "200"));
        scrape(ok, 15, 7, Map.of("job", "b", "instance", "10.0.0.5:8000", "code", "200"));
        scrape(bad, 15, 7, Map.of("job", "b", "instance", "10.0.0.5:8000", "code", "500"));
        assertCounts(grown(ok) + grown(bad), 90);
    }

    @Test
    public void whatIsCollectedByTheOtherJobAloneFromSomeMomentOnGoesOn() {
        double[] ok = requests(5, 1000);
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000"));
        Reading before = new Reading(List.copyOf(series), Map.of(), Map.of());
        series.clear();
        scrape(ok, 15, 7, Map.of("job", "b", "instance", "10.0.0.5:8000"));
        double counted = 0;
        Counters counters = Counters.none();
        for (int end = 115; end <= END; end += 15) {
            List<Series> now = new ArrayList<>(until(series, end));
            now.addAll(until(before.series(), Math.min(end, 220)));
            Counters.Moved moved = counters.after(new Reading(now, Map.of(), Map.of()), ONSET);
            counters = moved.next();
            counted += moved.increments().stream().mapToDouble(Increment::amount).sum();
        }
        assertTrue("counted " + counted + " of " + grown(ok), counted > 0.4 * grown(ok) && counted < 1.02 * grown(ok));
    }

    @Test
    public void podsOfTheirOwnCountEach() {
        double all = 0;
        for (int pod = 0; pod < 30; pod++) {
            double[] ok = requests(5, 0);
            all += grown(ok);
            scrape(ok, 15, pod % 15, Map.of("job", "a", "instance", "10.0.0." + pod + ":8000", "pod", "churn-" + pod, "code", "200"));
        }
        assertCounts(all, 30 * 90);
        assertNull(Copies.ofCounters(series, LookBudget.alone(Deadline.none())).text());
    }

    @Test
    public void processesOfTheirOwnBehindOneNameCountEach() {
        double[] one = requests(5, 1000);
        double[] two = requests(5, 2000);
        scrape(one, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000", "pod", "churn-0", "code", "200"));
        scrape(two, 15, 5, Map.of("job", "a", "instance", "10.0.0.5:8001", "pod", "churn-0", "code", "200"));
        assertCounts(grown(one) + grown(two), 180);
    }

    @Test
    public void countersThatMoveTogetherOnOnePageCountEach() {
        double[] ok = requests(5, 1000);
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "gateway:9090", "service", "one", "code", "200"));
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "gateway:9090", "service", "two", "code", "200"));
        assertCounts(2 * grown(ok), 180);
    }

    @Test
    public void otherContainersAndOtherClustersCountEach() {
        double[] ok = requests(5, 1000);
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000", "pod", "churn-0", "container", "one"));
        scrape(ok, 15, 5, Map.of("job", "b", "instance", "10.0.0.5:8000", "pod", "churn-0", "container", "two"));
        scrape(ok, 15, 9, Map.of("job", "b", "instance", "10.0.0.5:8000", "pod", "churn-0", "cluster", "west", "container", "one"));
        scrape(ok, 15, 12, Map.of("job", "b", "instance", "10.0.0.5:8000", "pod", "churn-0", "cluster", "east", "container", "one"));
        assertTrue(counted() > 2.5 * grown(ok));
    }

    @Test
    public void resetsThatBothJobsSeeAreNoContradiction() {
        double[] ok = requests(5, 1000);
        for (int t = 250; t < END; t++) {
            ok[t] -= ok[249];
        }
        double[] copy = ok.clone();
        copy[249] = ok[249];
        scrape(ok, 15, 0, Map.of("job", "a", "instance", "10.0.0.5:8000"));
        scrape(copy, 15, 7, Map.of("job", "b", "instance", "10.0.0.5:8000"));
        assertCounts(ok[249] - ok[100] + ok[END - 1], 160);
    }

    @Test
    public void histogramsOfTwoJobsCountOnce() {
        double[] ok = requests(5, 1000);
        List<HistogramSeries> all = new ArrayList<>();
        for (int job = 0; job < 2; job++) {
            List<HistogramPoint> points = new ArrayList<>();
            for (int t = 7 * job; t < END; t += 15) {
                points.add(new HistogramPoint(t * 1000L, Buckets.of(new double[] {1, Double.POSITIVE_INFINITY}, new double[] {Math.floor(ok[t] / 2), ok[t] - Math.floor(ok[t] / 2)})));
            }
            all.add(new HistogramSeries("j" + job + " 10.0.0.5:8000", Map.of("job", "j" + job, "instance", "10.0.0.5:8000"), points, null));
        }
        HistogramCounters.Moved moved = HistogramCounters.none().after(new HistogramReading(all, Map.of(), Map.of()), ONSET);
        assertEquals(grown(ok), moved.increments().stream().mapToDouble(i -> i.amount().total()).sum(), 90);
        assertTrue(Copies.ofHistograms(all, LookBudget.alone(Deadline.none())).text(), Copies.ofHistograms(all, LookBudget.alone(Deadline.none())).text().startsWith("is collected more than once"));
    }

    @Test
    public void manySeriesTakeATimeThatGrowsWithTheirNumber() {
        for (int pod = 0; pod < 1000; pod++) {
            double[] ok = requests(5, 100 * pod);
            for (int job = 0; job < 2; job++) {
                scrape(ok, 15, job, Map.of("job", "j" + job, "instance", "10.0.0.5:" + pod, "namespace", "same", "app", "same"));
            }
        }
        Copies.ofCounters(series.subList(0, 500), LookBudget.alone(Deadline.none()));
        long few = cpu(series.subList(0, 500));
        long all = cpu(series);
        assertTrue(all + " for four times the series, " + few, all < 16 * few);
    }

    /** So many samples fit the budget of a look, whatever their times are. */
    @Test
    public void aTimeFullOfSamplesIsWalkedOnce() {
        List<Point> points = IntStream.range(0, 250_000).mapToObj(i -> new Point(i, i)).toList();
        series.add(new Series("a", Map.of("job", "a", "instance", "10.0.0.5:8000"), points, null));
        series.add(new Series("b", Map.of("job", "b", "instance", "10.0.0.5:8000"), points, null));
        series.add(new Series("prometheus", Map.of("code", "200"), points, null));
        long took = cpu(series.subList(0, 2));
        assertTrue(took + " ns", took < 2_000_000_000L);
        Copies.ofCounters(series, LookBudget.alone(Deadline.in(Duration.ofSeconds(20))));
        Thread.currentThread().interrupt();
        assertThrows(Deadline.Over.class, () -> Copies.ofCounters(series, LookBudget.alone(Deadline.none())));
        assertTrue("who asked must know", Thread.interrupted());
    }

    private static long cpu(List<Series> some) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertEquals(some.size() / 2, Copies.ofCounters(some, LookBudget.alone(Deadline.none())).keys().size());
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    }

    /** What a model has counted by each second. */
    private double[] requests(double rate, double before) {
        double[] all = new double[END];
        double sum = before;
        for (int t = 0; t < END; t++) {
            for (int i = 0; i < 10; i++) {
                sum += random.nextDouble() < rate / 10 ? 1 : 0;
            }
            all[t] = sum;
        }
        return all;
    }

    private static double grown(double[] all) {
        return all[END - 1] - all[100];
    }

    private void scrape(double[] counter, int every, int phase, Map<String, String> labels) {
        List<Point> points = new ArrayList<>();
        IntStream.range(0, END).filter(t -> t % every == phase).forEach(t -> points.add(new Point(t * 1000L, counter[t])));
        String source = String.join(" ", new TreeMap<>(Map.of("instance", labels.getOrDefault("instance", ""), "job", labels.getOrDefault("job", ""))).values());
        series.add(new Series(labels.containsKey("instance") ? source : "prometheus", new HashMap<>(labels), points, null));
    }

    private static List<Series> until(List<Series> all, int end) {
        return all.stream().map(one -> new Series(one.source(), one.labels(), one.points().stream().filter(p -> p.millis() <= end * 1000L).toList(), null)).filter(one -> !one.points().isEmpty()).toList();
    }

    private double counted() {
        return Counters.none().after(new Reading(series, Map.of(), Map.of()), ONSET).increments().stream().mapToDouble(Increment::amount).sum();
    }

    /** @param within what may be missing, since nobody knows what came between the last sample before the onset, or behind the last one, and the next */
    private void assertCounts(double expected, double within) {
        assertEquals(expected, counted(), within);
    }

    /** Each is better than the one before: a chain of all. */
    @Test(timeout = 30_000)
    public void aGaugeThatManyJobsReadFromOneAddressTakesLittleTime() {
        List<Series> all = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            Map<String, String> labels = Map.of("instance", "x", "job", String.format("j%06d", 50_000 - i));
            all.add(new Series("p", labels, List.of(new Point(1000L, i)), null));
        }
        assertEquals(49_999, Copies.ofGauges(all, LookBudget.alone(Deadline.in(Duration.ofSeconds(30)))).keys().size());
    }
}
