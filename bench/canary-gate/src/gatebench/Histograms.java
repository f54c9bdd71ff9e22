package gatebench;

import io.jenkins.plugins.mldelivery.verify.stats.DistributionTest;
import io.jenkins.plugins.mldelivery.verify.stats.SlowerTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** Rollouts told by histograms: latencies that shift, and scores that drift. 300 canary requests a minute; buckets as Prometheus' clients have them by default, or twenty of a score between 0 and 1. */
final class Histograms {
    static final double[] LATENCY_BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Double.POSITIVE_INFINITY};
    private static final double MEDIAN_SECONDS = 0.08;
    private static final double LOG_SD = 0.6;
    private static final double PSI_ALARM = 0.1;
    private static final long TUNING_SEED = 0x7475_6E65L;

    private final int count;
    private final long seed;
    private final ExecutorService pool;

    Histograms(int count, long seed, ExecutorService pool) {
        this.count = count;
        this.seed = seed;
        this.pool = pool;
    }

    /**
     * What is watched and how it changes.
     *
     * @param latency latencies, else scores
     * @param change what the canary does
     * @param shift factor of all latencies, or of the mean score's distance from 1
     * @param tail share of the canary's requests that take five times as long
     */
    record Change(boolean latency, String change, double shift, double tail, int stablePerCanary) {
        String name() {
            return (latency ? "latency" : "score") + ", " + change + ", " + (stablePerCanary == 1 ? "50:50" : "10:90");
        }

        boolean same() {
            return shift == 1 && tail == 0;
        }
    }

    /** @param gates names; @param usual at defaults by gate, null where there is none; @param matched at the level 1 % by gate */
    record Cell(Change change, List<String> gates, Tally[] usual, Tally[] matched) {}

    static List<Change> changes() {
        List<Change> all = new ArrayList<>();
        for (int split : Cells.SPLITS) {
            all.add(new Change(true, "A/A", 1, 0, split));
            for (double shift : new double[] {1.02, 1.05, 1.1, 1.25}) {
                all.add(new Change(true, "p50 ×" + Condition.number(shift), shift, 0, split));
            }
            for (double tail : new double[] {0.005, 0.01, 0.02, 0.05}) {
                all.add(new Change(true, Condition.number(100 * tail) + " % take ×5 (p99)", 1, tail, split));
            }
            all.add(new Change(false, "A/A", 1, 0, split));
            for (double shift : new double[] {1.02, 1.05, 1.1, 1.25}) {
                all.add(new Change(false, "drift " + Condition.number(shift), shift, 0, split));
            }
        }
        return all;
    }

    List<Cell> all() throws InterruptedException {
        List<Cell> cells = new ArrayList<>();
        double[] thresholds = null;
        for (Change change : changes()) {
            if (change.same()) {
                Runs tuning = run(change, 2 * count, seed ^ TUNING_SEED);
                thresholds = new double[4];
                for (int g = 0; g < thresholds.length; g++) {
                    thresholds[g] = tuning.threshold(g, 0.01);
                }
            }
            Runs runs = run(change, count, seed);
            double[] usual = usual(change);
            Tally[] atDefaults = new Tally[4];
            Tally[] matched = new Tally[4];
            for (int g = 0; g < 4; g++) {
                atDefaults[g] = runs.tally(g, usual[g]);
                matched[g] = runs.tally(g, thresholds[g]);
            }
            cells.add(new Cell(change, names(change), atDefaults, matched));
            System.err.println(change.name());
        }
        return cells;
    }

    private static List<String> names(Change change) {
        return change.latency()
                ? List.of("ML Delivery", "Kayenta on p99", "Kayenta on p50", "Argo/Flagger on p99")
                : List.of("ML Delivery", "Kayenta on the mean", "PSI so far, every 5 min", "Argo/Flagger on the mean");
    }

    /** Flagger's built-in bound is 500 ms at p99; for a mean score there is none, so the bound is at 5 % above. */
    private static double[] usual(Change change) {
        return change.latency()
                ? new double[] {Math.log(1 / OurGate.ALPHA), KayentaJudge.Z, KayentaJudge.Z, Math.nextUp(0.5f)}
                : new double[] {Math.log(1 / OurGate.ALPHA), KayentaJudge.Z, PSI_ALARM, 1.05f * (float) meanScore(1)};
    }

    private Runs run(Change change, int rollouts, long withSeed) throws InterruptedException {
        double[] bounds = change.latency() ? LATENCY_BOUNDS : scoreBounds();
        double[] healthy = change.latency() ? latency(1, 0) : score(1);
        double[] harmed = change.latency() ? latency(change.shift(), change.tail()) : score(change.shift());
        return Runs.empty(rollouts, 4, Condition.MINUTES, 60, 0, false).filled((i, into) -> {
            Randomness random = new Randomness(withSeed, change.name().hashCode(), i);
            double[][] canary = draw(random, harmed, 1);
            double[][] baseline = draw(random, healthy, 1);
            double[][] stable = change.stablePerCanary() == 1 ? baseline : sum(baseline, draw(random, healthy, change.stablePerCanary() - 1));
            into.exposed(i, Arrays.stream(canary).mapToInt(tick -> (int) Arrays.stream(tick).sum()).toArray());
            float[][] rows = {into.highest()[0][i], into.highest()[1][i], into.highest()[2][i], into.highest()[3][i]};
            if (change.latency()) {
                slower(bounds, canary, stable, rows[0]);
                KayentaGate.watch(each(canary, h -> quantile(bounds, h, 0.99)), each(baseline, h -> quantile(bounds, h, 0.99)), rows[1]);
                KayentaGate.watch(each(canary, h -> quantile(bounds, h, 0.5)), each(baseline, h -> quantile(bounds, h, 0.5)), rows[2]);
                FlaggerGate.watch(each(canary, h -> quantile(bounds, h, 0.99)), rows[3]);
            } else {
                drift(bounds, canary, stable, rows[0]);
                KayentaGate.watch(each(canary, Histograms::mean), each(baseline, Histograms::mean), rows[1]);
                psi(canary, stable, rows[2]);
                FlaggerGate.watch(each(canary, Histograms::mean), rows[3]);
            }
        }, pool);
    }

    private static void slower(double[] bounds, double[][] canary, double[][] stable, float[] highest) {
        SlowerTest test = SlowerTest.none(bounds, 1.25);
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < canary.length; t++) {
            if (so < 18) {
                test = test.plus(bounds, canary[t], stable[t], OurGate.ALPHA);
                so = Math.max(so, (float) test.logEvidence());
            }
            highest[t] = so;
        }
    }

    private static void drift(double[] bounds, double[][] canary, double[][] stable, float[] highest) {
        DistributionTest test = DistributionTest.none(bounds);
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < canary.length; t++) {
            if (so < 18) {
                test = test.plus(bounds, canary[t], stable[t]);
                so = Math.max(so, (float) test.logEvidence());
            }
            highest[t] = so;
        }
    }

    /** Population stability index of all so far, as drift tools compute it over a batch (empty buckets at 0.0001), looked at every five minutes. */
    private static void psi(double[][] canary, double[][] stable, float[] highest) {
        double[] c = new double[canary[0].length];
        double[] s = new double[c.length];
        float so = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < canary.length; t++) {
            for (int b = 0; b < c.length; b++) {
                c[b] += canary[t][b];
                s[b] += stable[t][b];
            }
            if ((t + 1) % 5 == 0) {
                so = Math.max(so, (float) psi(c, s));
            }
            highest[t] = so;
        }
    }

    static double psi(double[] c, double[] s) {
        double n = Arrays.stream(c).sum();
        double m = Arrays.stream(s).sum();
        double psi = 0;
        for (int b = 0; b < c.length; b++) {
            double p = Math.max(1e-4, c[b] / n);
            double q = Math.max(1e-4, s[b] / m);
            psi += (p - q) * Math.log(p / q);
        }
        return psi;
    }

    private static double[][] draw(Randomness random, double[] shares, int perCanary) {
        double[][] ticks = new double[Condition.MINUTES][shares.length];
        for (double[] tick : ticks) {
            for (int b = 0; b < shares.length; b++) {
                tick[b] = random.poisson(Condition.CANARY_REQUESTS * perCanary * shares[b]);
            }
        }
        return ticks;
    }

    private static double[][] sum(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            Arrays.setAll(sum[t], i -> 0);
            for (int i = 0; i < sum[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }

    private static double[] each(double[][] ticks, java.util.function.ToDoubleFunction<double[]> value) {
        return Arrays.stream(ticks).mapToDouble(value).toArray();
    }

    /** As Prometheus estimates it: linear within the bucket; the last finite bound when it is in the last bucket. */
    static double quantile(double[] bounds, double[] counts, double quantile) {
        double rank = quantile * Arrays.stream(counts).sum();
        double before = 0;
        for (int b = 0; b < counts.length; b++) {
            if (before + counts[b] >= rank && counts[b] > 0) {
                double low = b == 0 ? 0 : bounds[b - 1];
                return Double.isInfinite(bounds[b]) ? low : low + (bounds[b] - low) * (rank - before) / counts[b];
            }
            before += counts[b];
        }
        return Double.NaN;
    }

    private static double mean(double[] counts) {
        double sum = 0;
        for (int b = 0; b < counts.length; b++) {
            sum += counts[b] * (b + 0.5) / counts.length;
        }
        return sum / Arrays.stream(counts).sum();
    }

    /** Shares of a log-normal latency in each bucket. */
    private static double[] latency(double shift, double tail) {
        double[] shares = new double[LATENCY_BOUNDS.length];
        double before = 0;
        for (int b = 0; b < shares.length; b++) {
            double below = (1 - tail) * below(LATENCY_BOUNDS[b], shift) + tail * below(LATENCY_BOUNDS[b], 5 * shift);
            shares[b] = below - before;
            before = below;
        }
        return shares;
    }

    private static double below(double bound, double shift) {
        return Double.isInfinite(bound) ? 1 : normal(Math.log(bound / (MEDIAN_SECONDS * shift)) / LOG_SD);
    }

    /** The standard normal's distribution function, by Simpson's rule. */
    static double normal(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        int steps = 400;
        double h = x / steps;
        double sum = density(0) + density(x);
        for (int i = 1; i < steps; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * density(i * h);
        }
        return 0.5 + sum * h / 3;
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double[] scoreBounds() {
        double[] bounds = new double[20];
        Arrays.setAll(bounds, b -> (b + 1) / 20.0);
        return bounds;
    }

    /** Shares of a score whose density is proportional to u^(2·shift−1)·(1−u)³: a beta distribution, whose mean grows with the shift. */
    private static double[] score(double shift) {
        double[] shares = new double[20];
        double sum = 0;
        for (int b = 0; b < shares.length; b++) {
            for (int i = 0; i < 200; i++) {
                double u = (b + (i + 0.5) / 200) / shares.length;
                shares[b] += Math.pow(u, 2 * shift - 1) * Math.pow(1 - u, 3);
            }
            sum += shares[b];
        }
        for (int b = 0; b < shares.length; b++) {
            shares[b] /= sum;
        }
        return shares;
    }

    private static double meanScore(double shift) {
        return mean(score(shift));
    }
}
