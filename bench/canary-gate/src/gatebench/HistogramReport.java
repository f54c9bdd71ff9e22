package gatebench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results of latencies and scores, as a page. */
final class HistogramReport {
    private final int count;
    private final long seed;
    private final List<Histograms.Cell> histograms;
    private final StringBuilder page = new StringBuilder();

    HistogramReport(int count, long seed, List<Histograms.Cell> histograms) {
        this.count = count;
        this.seed = seed;
        this.histograms = histograms;
    }

    String markdown(String when) {
        line("# Latency and scores: the tests of `mlVerifyMetrics` against others, on simulated rollouts");
        line("");
        line("`bench/canary-gate/run " + count + " " + seed + " 2 histograms` (" + when + "). " + String.format(Locale.ROOT, "%,d", count) + " rollouts in each cell; the thresholds of \"matched\" were tuned on "
                + String.format(Locale.ROOT, "%,d", 2 * count) + " others. Traffic, splits and the others' rules are those of [canary-gate.md](canary-gate.md).");
        line("");
        line("Histograms of tracks, not of pods, so that nothing is discounted. Latencies: log-normal, median 80 ms, in the default buckets of Prometheus' clients. Scores: a beta density in 20 buckets. Ours: `SlowerTest` and `DistributionTest` at α = 1 %, without a floor of the effect. "
                + "Share rolled back within 60 minutes in %, then mean canary requests. The others at 1 % (matched) with their defaults in brackets; Argo and Flagger as a bound on p99 (500 ms) or on the mean (5 % above), "
                + "k-th failure as there; the PSI alarms at 0.1.");
        String kind = "";
        for (Histograms.Cell c : histograms) {
            if (!kind.equals(c.gates().toString())) {
                kind = c.gates().toString();
                line("");
                List<String> names = new ArrayList<>(List.of("ML Delivery"));
                names.addAll(c.gates());
                names.set(1, "ML Delivery, tuned");
                header("rollouts", names);
            }
            List<String> values = new ArrayList<>(List.of(Report.both(c.usual()[0])));
            values.add(Report.both(c.matched()[0]));
            for (int g = 1; g < c.gates().size(); g++) {
                values.add(Report.both(c.matched()[g]) + " [" + Report.both(c.usual()[g]) + "]");
            }
            row(c.change().name(), values);
        }
        line("");
        return page.toString();
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private void header(String first, List<String> rest) {
        page.append("| ").append(first).append(" | ").append(String.join(" | ", rest)).append(" |\n|---|").append("---|".repeat(rest.size())).append('\n');
    }

    private void row(String first, List<String> rest) {
        page.append("| ").append(first).append(" | ").append(String.join(" | ", rest)).append(" |\n");
    }
}
