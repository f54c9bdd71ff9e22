package gatebench;

import gatebench.Condition.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The results, as a page, as plots and as one file of all figures. */
final class Report {
    private static final int ONE_PERCENT = 1;
    private static final double LOST = 0.05;
    private static final int OURS = Simulation.OURS;
    private static final List<Gate> GATES = Simulation.GATES;

    private final int count;
    private final long seed;
    private final List<Cell> same;
    private final List<Cell> worse;
    private final List<Histograms.Cell> histograms;
    private Runs fineHarm;
    private Runs fineSame;
    private List<Promotion> promotions = List.of();
    private Looks.Agreement agreement;
    private Cost[] costs = {};
    private final StringBuilder page = new StringBuilder();

    Report(int count, long seed, List<Cell> same, List<Cell> worse, List<Histograms.Cell> histograms) {
        this.count = count;
        this.seed = seed;
        this.same = same;
        this.worse = worse;
        this.histograms = histograms;
    }

    void fine(Runs harm, Runs without) {
        fineHarm = harm;
        fineSame = without;
    }

    void promotions(List<Promotion> all) {
        promotions = all;
    }

    void looks(Looks.Agreement with) {
        agreement = with;
    }

    void cost(Cost... measured) {
        costs = measured;
    }

    String markdown(String when) {
        line("# The gate of `mlVerifyMetrics` against others, on simulated rollouts");
        line("");
        line("`bench/canary-gate/run %d %d` (%s). %,d rollouts in each cell; the thresholds of \"matched\" were tuned on %,d others.", count, seed, when, count, 2 * count);
        line("");
        line("**How.** 300 canary requests a minute (Poisson) for 60 minutes, as many stable ones at 50:50, nine times as many at 10:90; two canary pods, two or 18 stable ones. One look a minute. "
                + "A rollout that is not rolled back within 60 minutes counts with all its 18,000 requests. Intervals are 95 %% (Wilson).");
        line("");
        line("**The others** are our own restatements, written from their documentation, of how they decide; they are not their programs. `bench/canary-gate/run check` holds the restatements to the documented semantics.");
        for (Gate gate : GATES) {
            line("- %s: %s", gate.name(), gate.settings());
        }
        line("");
        line("**Matched** means: the gate's free threshold (the bound of the error rate; for Kayenta the level of its interval, which it does not let one change) is the lowest that raises alarms in at most 0.1, 1 or 5 %% of plain A/A "
                + "rollouts with the same split and base rate. A threshold on the canary's own rate so tuned knows the base rate, which nobody knows beforehand; the false alarms below show what that is worth when the base moves. "
                + "**ML Delivery** stands for alpha set to that level and nothing tuned, **ML Delivery, tuned** for its evidence's threshold tuned in the same way (which gives up the guarantee).");
        line("");
        goals();
        falseAlarmTable();
        detectionTables();
        lost();
        ends();
        histogramTable();
        rest();
        return page.toString();
    }

    private void line(String format, Object... values) {
        page.append(values.length == 0 ? format.replace("%%", "%") : String.format(Locale.ROOT, format, values)).append('\n');
    }

    private Cell cell(List<Cell> cells, Shape shape, int split, double base, double factor) {
        return cells.stream()
                .filter(c -> c.condition().equals(Condition.of(shape, split, base, factor)))
                .findFirst()
                .orElseThrow();
    }

    private void goals() {
        Cell goal = cell(worse, Shape.PLAIN, 9, Cells.BASE, 2);
        double ours = goal.nominal()[ONE_PERCENT].exposed();
        double bound = goal.bound(ONE_PERCENT);
        double kayenta = Math.min(goal.matched()[1][ONE_PERCENT].exposed(), goal.matched()[2][ONE_PERCENT].exposed());
        Cell most = same.stream().max((a, b) -> Double.compare(a.nominal()[ONE_PERCENT].share(), b.nominal()[ONE_PERCENT].share())).orElseThrow();
        long over = same.stream().filter(c -> c.nominal()[ONE_PERCENT].interval()[0] > 0.01).count();
        int losses = losses(false).size();
        int lossesTuned = losses(true).size();
        line("## Goals");
        line("");
        line("| goal | measured | met |");
        line("|---|---|---|");
        line("| false alarms ≤ α (1 %%) in every A/A cell | most: %s %% (%s); %d of %d cells are above it beyond their interval | %s |",
                most.nominal()[ONE_PERCENT].withInterval(), most.condition().name(), over, same.size(), most.nominal()[ONE_PERCENT].share() <= 0.01 ? "yes" : over == 0 ? "within the interval" : "no");
        line("| errors ×2 at 10:90: canary requests exposed ≤ 1.4 × Wald's bound (%,.0f) | %,.0f = %.2f × (a look every 15 s: %,.0f = %.2f ×) | %s |", bound, ours, ours / bound,
                fine().exposed(), fine().exposed() / bound, ours <= 1.4 * bound ? "yes" : fine().exposed() <= 1.4 * bound ? "at 15 s" : "no");
        line("| the same ≤ 1/2 of Kayenta's at the same false-alarm rate (its better variant: %,.0f) | %.2f | %s |", kayenta, ours / kayenta, ours <= kayenta / 2 ? "yes" : "no");
        line("| no cell where another detects more than 5 points better at the same false-alarm rate | %d of %d comparisons lost untuned, %d tuned | %s |",
                losses, comparisons(), lossesTuned, losses == 0 ? "yes" : "no");
        for (Cost cost : costs) {
            line("| a tick of 50 checks ≤ 2 ms of CPU, state ≤ 32 KiB each: %s | %s ms, %s | %s |", cost.what(), Condition.number(cost.millis()),
                    cost.bytes() < 0 ? "no text form yet" : String.format(Locale.ROOT, "%.1f KiB", cost.bytes() / 1024.0), cost.millis() <= 2 && cost.bytes() <= 32 * 1024 ? "yes" : "no");
        }
        line("");
    }

    private Tally fine() {
        return fineHarm.tally(OURS, Math.log(1 / OurGate.ALPHA));
    }

    private int comparisons() {
        return worse.size() * (GATES.size() - 1) * Simulation.LEVELS.length;
    }

    private void falseAlarmTable() {
        line("## False alarms");
        line("");
        line("Share of A/A rollouts rolled back, in %%, at each gate's defaults (ours: α = 1 %%). ![False alarms](canary-gate-false-alarms.svg)");
        line("");
        header("A/A rollouts", GATES.stream().map(Gate::name).toList());
        for (Cell c : same) {
            row(title(c.condition()), Arrays.stream(c.usual()).map(Tally::withInterval).toList());
        }
        line("");
        for (int l = 0; l < Simulation.LEVELS.length; l++) {
            int level = l;
            line("Thresholds matched to %s %% on plain A/A rollouts:", Condition.number(100 * Simulation.LEVELS[l]));
            line("");
            header("A/A rollouts", gatesTwice());
            for (Cell c : same) {
                List<String> values = new ArrayList<>(List.of(c.nominal()[level].withInterval()));
                Arrays.stream(c.matched()).forEach(m -> values.add(Tally.percent(m[level].share())));
                row(title(c.condition()), values);
            }
            line("");
        }
    }

    private static String title(Condition c) {
        return c.shape().text() + ", " + c.split() + ", base " + Condition.number(100 * c.base()) + " %";
    }

    private static List<String> gatesTwice() {
        List<String> names = new ArrayList<>(List.of("ML Delivery"));
        GATES.forEach(g -> names.add(g.name() + (names.size() == 1 ? ", tuned" : "")));
        return names;
    }

    private void header(String first, List<String> rest) {
        page.append("| ").append(first).append(" | ").append(String.join(" | ", rest)).append(" |\n|---|").append("---|".repeat(rest.size())).append('\n');
    }

    private void row(String first, List<String> rest) {
        page.append("| ").append(first).append(" | ").append(String.join(" | ", rest)).append(" |\n");
    }

    private void detectionTables() {
        line("## Detection and exposure");
        line("");
        line("Share rolled back within 60 minutes in %%, then mean canary requests from the onset to the rollback. No gate may promote early here (a gate in the background): what our early passes change is below. "
                + "The bound is Wald's for plain rollouts; our share of it is bound : requests.");
        line("");
        line("![Exposed](canary-gate-exposed.svg) ![Detected](canary-gate-detected.svg)");
        line("");
        line("At 1 %%:");
        line("");
        List<String> names = new ArrayList<>(List.of("bound", "share reached"));
        names.addAll(gatesTwice());
        header("rollouts", names);
        for (Cell c : worse) {
            boolean plain = c.condition().shape() == Shape.PLAIN && c.condition().onset() == 0;
            Tally ours = c.nominal()[ONE_PERCENT];
            List<String> values = new ArrayList<>();
            values.add(plain ? String.format(Locale.ROOT, "%,.0f", c.bound(ONE_PERCENT)) : "");
            values.add(plain && ours.share() > 0.9 ? Tally.percent(c.bound(ONE_PERCENT) / ours.exposed()) + " %" : "");
            values.add(both(ours));
            Arrays.stream(c.matched()).forEach(m -> values.add(both(m[ONE_PERCENT])));
            row(c.condition().name(), values);
        }
        line("");
        line("At defaults (ours: α = 1 %%), with minutes:");
        line("");
        header("rollouts", GATES.stream().map(Gate::name).toList());
        for (Cell c : worse) {
            row(c.condition().name(), Arrays.stream(c.usual()).map(t -> both(t) + String.format(Locale.ROOT, ", %.1f min", t.minutes())).toList());
        }
        line("");
        line("All levels with intervals: [canary-gate.csv](canary-gate.csv).");
        line("");
    }

    private static String both(Tally t) {
        return Tally.percent(t.share()) + ", " + String.format(Locale.ROOT, "%,.0f", t.exposed());
    }

    private List<String> losses(boolean tuned) {
        List<String> losses = new ArrayList<>();
        for (Cell c : worse) {
            for (int l = 0; l < Simulation.LEVELS.length; l++) {
                Tally ours = tuned ? c.matched()[OURS][l] : c.nominal()[l];
                for (int g = 1; g < GATES.size(); g++) {
                    Tally other = c.matched()[g][l];
                    // In rough traffic a threshold that was tuned on plain rollouts may not have the level at all.
                    if (other.share() > ours.share() + LOST && holds(c.condition(), g, l)) {
                        losses.add(String.format(Locale.ROOT, "| %s | %s %% | %s | %s | %s | %.0f |", c.condition().name(), Condition.number(100 * Simulation.LEVELS[l]), GATES.get(g).name(),
                                both(other), both(ours), 100 * (other.share() - ours.share())));
                    }
                }
            }
        }
        return losses;
    }

    /** Whether a gate's false alarms under the same traffic are at the level, within their interval. */
    private boolean holds(Condition c, int gate, int level) {
        Tally alarms = cell(same, c.shape(), c.stablePerCanary(), c.base(), 1).matched()[gate][level];
        return alarms.interval()[0] <= Simulation.LEVELS[level];
    }

    private void lost() {
        line("## Where another detects more than 5 points better");
        line("");
        line("At the same false-alarm rate: left out is a gate that, so tuned, raises more false alarms than the level (beyond the interval) in A/A rollouts with the same traffic.");
        for (boolean tuned : new boolean[] {false, true}) {
            line("");
            line(tuned ? "Against our threshold tuned likewise:" : "Against our gate as it is, α set to the level:");
            line("");
            List<String> losses = losses(tuned);
            if (losses.isEmpty()) {
                line("None.");
            } else {
                header("rollouts", List.of("level", "who", "its detection, requests", "ours", "points"));
                losses.forEach(l -> page.append(l).append('\n'));
            }
        }
        line("");
    }

    private void ends() {
        line("## Verdicts with the rule of production");
        line("");
        line("α = 1 %%, β = 5 %%, `acceptable` 0.1 %%; the first of \"harm shown\" and \"no worse than the margin shown\" ends the wait, which is 60 min here. In %% of the rollouts. A pass is wrong where the ratio is at the margin or above; "
                + "a pass before the onset is none of the gate's doing, but the regression then comes after the step. Each of the others promotes whatever it has not rolled back by the end.");
        line("");
        List<String> names = new ArrayList<>();
        for (double margin : OurGate.MARGINS) {
            for (String what : List.of("fail", "pass", "before the onset", "neither", "min")) {
                names.add(what + (what.equals("fail") ? " (margin " + Condition.number(margin) + ")" : ""));
            }
        }
        GATES.subList(1, GATES.size()).forEach(g -> names.add(g.name() + " promotes (defaults)"));
        header("rollouts", names);
        List<Cell> all = new ArrayList<>(same);
        all.addAll(worse);
        for (Cell c : all) {
            List<String> values = new ArrayList<>();
            for (Runs.Ends e : c.ends()) {
                double n = e.count();
                values.addAll(List.of(Tally.percent(e.failed() / n), Tally.percent(e.passed() / n), Tally.percent(e.passedBeforeOnset() / n), Tally.percent(e.neither() / n),
                        String.format(Locale.ROOT, "%.1f", e.minutes())));
            }
            for (int g = 1; g < GATES.size(); g++) {
                Tally t = c.usual()[g];
                values.add(Tally.percent(1 - (double) (t.found() + t.early()) / t.count()));
            }
            row(c.condition().name(), values);
        }
        line("");
        line("### Time to promote a canary that is no worse");
        line("");
        line("Plain A/A at 0.5 %%, watched until it passes, by the comparison alone.");
        line("");
        header("split", List.of("margin", "rollouts", "within 60 min", "within 24 h", "median", "90 % of them"));
        for (Promotion p : promotions) {
            row(p.split(), List.of(Condition.number(p.margin()), String.valueOf(p.count()), Tally.percent(p.withinHour()) + " %", Tally.percent(p.withinDay()) + " %", minutes(p.median()), minutes(p.p90())));
        }
        line("");
    }

    private static String minutes(double minutes) {
        return minutes > 24 * 60 ? "> 24 h" : String.format(Locale.ROOT, "%.0f min", minutes);
    }

    private void histogramTable() {
        line("## Latency and scores");
        line("");
        line("Latencies: log-normal, median 80 ms, in the default buckets of Prometheus' clients. Scores: a beta density in 20 buckets. Ours: `SlowerTest` and `DistributionTest`, without a floor of the effect. "
                + "The others at 1 %% (matched) with their defaults in brackets; Argo and Flagger as a bound on p99 (500 ms) or on the mean (5 %% above), k-th failure as above; the PSI alarms at 0.1.");
        line("");
        if (histograms.isEmpty()) {
            line("Not measured: these tests are not there yet.");
        }
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
            List<String> values = new ArrayList<>(List.of(both(c.usual()[0])));
            values.add(both(c.matched()[0]));
            for (int g = 1; g < c.gates().size(); g++) {
                values.add(both(c.matched()[g]) + " [" + both(c.usual()[g]) + "]");
            }
            row(c.change().name(), values);
        }
        line("");
    }

    private void rest() {
        line("## The rest");
        line("");
        line("- A look every 15 s, as is the default in production: plain A/A at 10:90 %s %% false alarms at α = 1 %%; ×2 from the start %s %% found after %,.0f canary requests.",
                fineSame.tally(OURS, Math.log(1 / OurGate.ALPHA)).withInterval(), Tally.percent(fine().share()), fine().exposed());
        line("- The whole of `mlVerifyMetrics` (metrics pages, parser, looks) decided as the fast path in %d of %d rollouts%s.", agreement.alike(), agreement.tried(), agreement.other().isEmpty() ? "" : "; first other: " + agreement.other());
        line("- Cost is CPU time of one thread on this machine, best of 20 rounds of 1,000 checks.");
    }

    String csv() {
        StringBuilder csv = new StringBuilder("condition,split,base,factor,onset,gate,threshold,rollouts,early,found,share,low,high,exposed,minutes\n");
        List<Cell> all = new ArrayList<>(same);
        all.addAll(worse);
        for (Cell c : all) {
            for (int l = 0; l < Simulation.LEVELS.length; l++) {
                csv(csv, c.condition(), "ML Delivery", "alpha " + Simulation.LEVELS[l], c.nominal()[l]);
            }
            for (int g = 0; g < GATES.size(); g++) {
                csv(csv, c.condition(), GATES.get(g).name(), "defaults", c.usual()[g]);
                for (int l = 0; l < Simulation.LEVELS.length; l++) {
                    csv(csv, c.condition(), GATES.get(g).name(), "matched " + Simulation.LEVELS[l], c.matched()[g][l]);
                }
            }
        }
        return csv.toString();
    }

    private static void csv(StringBuilder csv, Condition c, String gate, String threshold, Tally t) {
        double[] interval = t.interval();
        csv.append(String.format(Locale.ROOT, "%s,%s,%s,%s,%d,\"%s\",%s,%d,%d,%d,%.5f,%.5f,%.5f,%.0f,%.2f%n", c.shape().word(), c.split(), c.base(), c.factor(), c.onset(), gate, threshold,
                t.count(), t.early(), t.found(), t.share(), interval[0], interval[1], t.exposed(), t.minutes()));
    }

    String exposed() {
        Chart chart = factorChart("Canary requests until rollback, 10:90, 1 % false alarms", "mean canary requests until rollback (18,000: none within the hour)", new double[] {100, 300, 1000, 3000, 18000}, true);
        series(chart, t -> t.exposed());
        double[] bounds = Arrays.stream(Cells.FACTORS).map(f -> cell(worse, Shape.PLAIN, 9, Cells.BASE, f).bound(ONE_PERCENT)).toArray();
        return chart.line("Wald's bound", bounds, true).svg();
    }

    String detected() {
        Chart chart = factorChart("Detected within 60 min, 10:90, 1 % false alarms", "share of the rollouts rolled back, in %", new double[] {0, 20, 40, 60, 80, 100}, false);
        series(chart, t -> 100 * t.share());
        return chart.svg();
    }

    private Chart factorChart(String title, String yTitle, double[] ticks, boolean log) {
        return new Chart(title, yTitle, Arrays.stream(Cells.FACTORS).mapToObj(f -> "×" + Condition.number(f)).toList(), ticks, log);
    }

    private void series(Chart chart, java.util.function.ToDoubleFunction<Tally> value) {
        for (int g = 0; g < GATES.size(); g++) {
            int gate = g;
            chart.line(GATES.get(g).name(), Arrays.stream(Cells.FACTORS).map(f -> {
                Cell c = cell(worse, Shape.PLAIN, 9, Cells.BASE, f);
                return value.applyAsDouble(gate == OURS ? c.nominal()[ONE_PERCENT] : c.matched()[gate][ONE_PERCENT]);
            }).toArray(), false);
        }
    }

    String falseAlarms() {
        Chart chart = new Chart("False alarms, matched to 1 % on plain rollouts, 10:90", "share of A/A rollouts rolled back, in % (0.01 or less at the bottom)",
                Arrays.stream(Shape.values()).map(s -> s.word().replace("overdispersed", "bursty").replace("shared ", "").replace("moved base", "moved")).toList(), new double[] {0.01, 0.1, 1, 10, 100}, true);
        for (int g = 0; g < GATES.size(); g++) {
            int gate = g;
            chart.dots(GATES.get(g).name(), Arrays.stream(Shape.values()).mapToDouble(s -> {
                Cell c = cell(same, s, 9, Cells.BASE, 1);
                return Math.max(0.01, 100 * (gate == OURS ? c.nominal()[ONE_PERCENT] : c.matched()[gate][ONE_PERCENT]).share());
            }).toArray(), 6 * (g - 2.5));
        }
        return chart.level("1 %", 1).svg();
    }
}
