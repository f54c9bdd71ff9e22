package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.HistogramReading;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.Reading;
import io.jenkins.plugins.mldelivery.verify.source.Sample;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Pods of several workers, each of which counts for itself; whoever reads a pod's page sees one of them. A look sees a page, or, as from a Prometheus server, what was read before as well. */
final class Workers implements MetricSource {
    static final String CODE = "code";
    /** Stands behind a pod's name, as where the pages are those of a cluster. */
    private static final String UID = "9f807c62-186b-4c6e-9d0b-3f1d6c2a7b54";

    private final Random random;
    private final boolean remembers;
    private final Map<Track, List<Pod>> pods = Map.of(Track.CANARY, new ArrayList<>(), Track.STABLE, new ArrayList<>());
    private final LookBudget budget = LookBudget.alone(Deadline.none());

    /** @param remembers whether a look sees what was read before it */
    Workers(Random random, boolean remembers) {
        this.random = random;
        this.remembers = remembers;
    }

    private static final class Pod {
        final String name;
        final double[][] counts;
        final NavigableSet<Long> read = new TreeSet<>();
        final List<List<Point>> points = List.of(new ArrayList<>(), new ArrayList<>());

        Pod(String name, double[][] counts) {
            this.name = name;
            this.counts = counts;
        }
    }

    /** A pod each of whose workers has answered so many requests, of which this share has failed. */
    void add(Track track, double errors, double... requests) {
        double[][] counts = new double[requests.length][];
        for (int i = 0; i < requests.length; i++) {
            double bad = Math.rint(errors * requests[i]);
            counts[i] = new double[] {requests[i] - bad, bad};
        }
        pods.get(track).add(new Pod(track.word() + "-" + pods.get(track).size() + "/" + UID, counts));
    }

    /** So many requests to each pod of a track. */
    void serve(Track track, int requests, double errors) {
        for (Pod pod : pods.get(track)) {
            for (int i = 0; i < requests; i++) {
                pod.counts[random.nextInt(pod.counts.length)][random.nextDouble() < errors ? 1 : 0]++;
            }
        }
    }

    /** Each page is read once. */
    void read(Instant at) {
        pods.values().forEach(track -> track.forEach(pod -> {
            double[] shown = pod.counts[random.nextInt(pod.counts.length)];
            pod.read.add(at.toEpochMilli());
            for (int i = 0; i < 2; i++) {
                if (!remembers) {
                    pod.points.get(i).clear();
                }
                pod.points.get(i).add(new Point(at.toEpochMilli(), shown[i]));
            }
        }));
    }

    @Override
    public Reading counters(Selector selector, Track track, Instant since) {
        List<Series> series = new ArrayList<>();
        Map<String, NavigableSet<Long>> scraped = new HashMap<>();
        for (Pod pod : pods.get(track)) {
            scraped.put(pod.name, pod.read);
            for (int i = 0; i < 2; i++) {
                series.add(new Series(pod.name, Map.of(CODE, i == 0 ? "200" : "500", "pod", pod.name), pod.points.get(i), null));
            }
        }
        return new Reading(series, scraped, Map.of());
    }

    @Override
    public void beginLook(Duration retries, Deadline deadline) {}

    @Override
    public LookBudget budget() {
        return budget;
    }

    @Override
    public void endLook() {}

    @Override
    public HistogramReading histograms(Selector selector, Track track, Instant since) {
        throw new AssertionError("they have none");
    }

    @Override
    public Set<String> mayHave(Collection<String> metrics, Track track) {
        return Set.copyOf(metrics);
    }

    @Override
    public List<Sample> query(String query) {
        throw new AssertionError("nobody asks");
    }

    @Override
    public List<Series> queryRange(String query, Instant start, Instant end, Duration step) {
        throw new AssertionError("nobody asks");
    }

    @Override
    public String parameter() {
        return "prometheus";
    }
}
