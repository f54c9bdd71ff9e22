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
    private Runs fineHarm;
    private Runs fineSame;
    private List<Promotion> promotions = List.of();
    private Looks.Agreement agreement;
    private Cost[] costs = {};
    private final StringBuilder page = new StringBuilder();

    Report(int count, long seed, List<Cell> same, List<Cell> worse) {
        this.count = count;
        this.seed = seed;
        this.same = same;
        this.worse = worse;
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
        line("`bench/canary-gate/run %d %d 2 errors` (%s). %,d rollouts in each cell; the thresholds of \"matched\" were tuned on %,d others.", count, seed, when, count, 2 * count);
        line("");
        line("**How.** 300 canary requests a minute (Poisson) for 60 minutes, as many stable ones at 50:50, nine times as many at 10:90; two canary pods, two or 18 stable ones, told apart by their pages. One look a minute. "
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
        double tuned = goal.matched()[OURS][ONE_PERCENT].exposed();
        double kayenta = goal.matched()[Simulation.KAYENTA][ONE_PERCENT].exposed();
        double kayentaAll = goal.matched()[Simulation.KAYENTA_ALL][ONE_PERCENT].exposed();
        Cell most = same.stream().max((a, b) -> Double.compare(a.nominal()[ONE_PERCENT].share(), b.nominal()[ONE_PERCENT].share())).orElseThrow();
        long over = same.stream().filter(c -> c.nominal()[ONE_PERCENT].interval()[0] > 0.01).count();
        List<Loss> losses = losses(false);
        long losingThresholds = losses.stream().filter(Loss::movesWithBase).count();
        List<Loss> lossesTuned = losses(true);
        long losingThresholdsTuned = lossesTuned.stream().filter(Loss::movesWithBase).count();
        line("## Goals");
        line("");
        line("| goal | measured | met |");
        line("|---|---|---|");
        line("| false alarms ≤ α (1 %%) in every A/A cell | most: %s %% (%s); %d of %d cells are above it beyond their interval | %s |",
                most.nominal()[ONE_PERCENT].withInterval(), most.condition().name(), over, same.size(), most.nominal()[ONE_PERCENT].share() <= 0.01 ? "yes" : over == 0 ? "within the interval" : "no");
        line("| errors ×2 at 10:90: canary requests exposed ≤ 1.4 × Wald's bound (%,.0f) | α = 1 %%: %,.0f = %.2f × (a look every 15 s, as the product does: %,.0f = %.2f ×); tuned to raise as many false alarms as that: %,.0f = %.2f × | %s |", bound, ours,
                ours / bound, fine().exposed(), fine().exposed() / bound, tuned, tuned / bound, met(ours <= 1.4 * bound, fine().exposed() <= 1.4 * bound, tuned <= 1.4 * bound));
        line("| the same ≤ 1/2 of Kayenta's at the same false-alarm rate, the canary against a baseline of its size as its documentation asks for (%,.0f) | α = 1 %%: %.2f, at 15 s %.2f; tuned likewise: %.2f "
                + "(against Kayenta with all stable pods, %,.0f: %.2f, %.2f, %.2f) | %s |", kayenta, ours / kayenta, fine().exposed() / kayenta, tuned / kayenta, kayentaAll, ours / kayentaAll, fine().exposed() / kayentaAll,
                tuned / kayentaAll, met(ours <= kayenta / 2, fine().exposed() <= kayenta / 2, tuned <= kayenta / 2));
        line("| no cell where another detects more than 5 points better at the same false-alarm rate | α set to the level: %d of %d comparisons lost, %d of them to a threshold that raises more than 10 %% false alarms once the base moves; "
                + "tuned likewise: %d, %d of them | %s |", losses.size(), comparisons(), losingThresholds, lossesTuned.size(), losingThresholdsTuned, losses.isEmpty() ? "yes" : "no");
        for (Cost cost : costs) {
            boolean whole = cost.what().startsWith(WholeLook.NAME);
            line("| " + (whole ? "" : "a tick of 50 checks ≤ 2 ms of CPU, ") + "state ≤ 32 KiB each: %s | %s ms, %s | %s |", cost.what(), Condition.number(cost.millis()),
                    cost.bytes() < 0 ? "no text form yet" : String.format(Locale.ROOT, "%.1f KiB", cost.bytes() / 1024.0), (whole || cost.millis() <= 2) && cost.bytes() <= 32 * 1024 ? "yes" : "no");
        }
        line("");
    }

    private static String met(boolean always, boolean fine, boolean tuned) {
        return always ? "yes" : fine ? "at 15 s, and tuned" : tuned ? "tuned" : "no";
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
        line("Thresholds matched to 1 %% on plain A/A rollouts (0.1 and 5 %%: [canary-gate.csv](canary-gate.csv)):");
        line("");
        header("A/A rollouts", gatesTwice());
        for (Cell c : same) {
            List<String> values = new ArrayList<>(List.of(c.nominal()[ONE_PERCENT].withInterval()));
            Arrays.stream(c.matched()).forEach(m -> values.add(Tally.percent(m[ONE_PERCENT].share())));
            row(title(c.condition()), values);
        }
        line("");
    }

    private static String title(Condition c) {
        return c.shape().word() + ", " + c.split() + ", base " + Condition.number(100 * c.base()) + " %";
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

    static String both(Tally t) {
        return Tally.percent(t.share()) + ", " + String.format(Locale.ROOT, "%,.0f", t.exposed());
    }

    /** @param movesWithBase whether the other gate, so tuned, raises more than 10 % false alarms in A/A rollouts whose base rate moves */
    private record Loss(Condition condition, int level, int gate, Tally other, Tally ours, boolean movesWithBase) {}

    private List<Loss> losses(boolean tuned) {
        List<Loss> losses = new ArrayList<>();
        for (Cell c : worse) {
            for (int l = 0; l < Simulation.LEVELS.length; l++) {
                Tally ours = tuned ? c.matched()[OURS][l] : c.nominal()[l];
                for (int g = 1; g < GATES.size(); g++) {
                    Tally other = c.matched()[g][l];
                    // In rough traffic a threshold that was tuned on plain rollouts may not have the level at all.
                    if (other.share() > ours.share() + LOST && holds(c.condition(), g, l)) {
                        boolean moves = cell(same, Shape.MOVED, c.condition().stablePerCanary(), Cells.BASE, 1).matched()[g][l].share() > 0.1;
                        losses.add(new Loss(c.condition(), l, g, other, ours, moves));
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
        line("A threshold on the canary's own rate that was tuned to the known base rate is told apart when, so tuned, it raises more than 10 %% false alarms as soon as the base moves (at 0.5 %%, same split); only their number is told.");
        for (boolean tuned : new boolean[] {false, true}) {
            line("");
            line(tuned ? "Against our threshold tuned likewise:" : "Against our gate as it is, α set to the level:");
            line("");
            List<Loss> losses = losses(tuned);
            header("who", List.of("comparisons lost", "to a threshold whose false alarms follow the base"));
            for (int g = 1; g < GATES.size(); g++) {
                int gate = g;
                row(GATES.get(g).name(), List.of(String.valueOf(losses.stream().filter(l -> l.gate() == gate).count()), String.valueOf(losses.stream().filter(l -> l.gate() == gate && l.movesWithBase()).count())));
            }
            List<Loss> others = losses.stream().filter(l -> !l.movesWithBase()).toList();
            if (!others.isEmpty()) {
                line("");
                header("rollouts", List.of("level", "who", "its detection, requests", "ours", "points"));
                others.forEach(l -> row(l.condition().name(), List.of(Condition.number(100 * Simulation.LEVELS[l.level()]) + " %", GATES.get(l.gate()).name(), both(l.other()), both(l.ours()),
                        String.format(Locale.ROOT, "%.0f", 100 * (l.other().share() - l.ours().share())))));
            }
        }
        line("");
    }

    private void ends() {
        line("Latency and scores: [canary-gate-histograms.md](canary-gate-histograms.md).");
        line("");
        line("## Verdicts with the rule of production");
        line("");
        line("α = 1 %%, β = 5 %%, `acceptable` 0.1 %%; the first of \"harm shown\" and \"no worse than the margin shown\" ends the wait, which is 60 min here. In %% of the rollouts. A pass is wrong where the ratio is at the margin or above; "
                + "a pass before the onset is none of the gate's doing, but the regression then comes after the step. Each of the others promotes whatever it has not rolled back by the end.");
        line("");
        line("10:90; all cells: [canary-gate-verdicts.csv](canary-gate-verdicts.csv).");
        line("");
        List<String> names = new ArrayList<>();
        for (double margin : OurGate.MARGINS) {
            for (String what : List.of("fail", "pass", "before the onset", "neither", "min")) {
                names.add(what + (what.equals("fail") ? " (margin " + Condition.number(margin) + ")" : ""));
            }
        }
        GATES.subList(1, GATES.size()).forEach(g -> names.add(g.name() + " promotes (defaults)"));
        header("rollouts", names);
        for (Cell c : all()) {
            if (c.condition().stablePerCanary() == 1 || c.condition().base() != Cells.BASE) {
                continue;
            }
            List<String> values = new ArrayList<>();
            for (Runs.Ends e : c.ends()) {
                double n = e.count();
                values.addAll(List.of(Tally.percent(e.failed() / n), Tally.percent(e.passed() / n), Tally.percent(e.passedBeforeOnset() / n), Tally.percent(e.neither() / n),
                        String.format(Locale.ROOT, "%.1f", e.minutes())));
            }
            for (int g = 1; g < GATES.size(); g++) {
                values.add(Tally.percent(promoted(c.usual()[g])));
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

    private List<Cell> all() {
        List<Cell> all = new ArrayList<>(same);
        all.addAll(worse);
        return all;
    }

    private static double promoted(Tally t) {
        return 1 - (double) (t.found() + t.early()) / t.count();
    }

    /** How each cell ends with the rule of production, and what the others promote. */
    String verdicts() {
        StringBuilder csv = new StringBuilder("condition,split,base,factor,onset,gate,margin,rollouts,failed,passed,passed before onset,neither,minutes\n");
        for (Cell c : all()) {
            String of = String.format(Locale.ROOT, "%s,%s,%s,%s,%d", c.condition().shape().word(), c.condition().split(), c.condition().base(), c.condition().factor(), c.condition().onset());
            for (int m = 0; m < OurGate.MARGINS.length; m++) {
                Runs.Ends e = c.ends()[m];
                csv.append(String.format(Locale.ROOT, "%s,\"ML Delivery\",%s,%d,%d,%d,%d,%d,%.2f%n", of, OurGate.MARGINS[m], e.count(), e.failed(), e.passed(), e.passedBeforeOnset(), e.neither(), e.minutes()));
            }
            for (int g = 1; g < GATES.size(); g++) {
                Tally t = c.usual()[g];
                csv.append(String.format(Locale.ROOT, "%s,\"%s\",,%d,%d,%d,0,0,%n", of, GATES.get(g).name(), t.count(), t.found() + t.early(), t.count() - t.found() - t.early()));
            }
        }
        return csv.toString();
    }

    private static String minutes(double minutes) {
        return minutes > 24 * 60 ? "> 24 h" : String.format(Locale.ROOT, "%.0f min", minutes);
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
        for (Cell c : all()) {
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
