package gatebench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Compares the gate of mlVerifyMetrics with the documented behaviour of others on simulated rollouts.
 *
 * <p>Arguments: <code>check</code>, or rollouts in each cell, seed, threads, folder of the results, and <code>errors</code> or <code>histograms</code> for one half alone.
 */
public final class CanaryGateBenchmark {
    private CanaryGateBenchmark() {}

    public static void main(String[] args) throws Exception {
        if ("check".equals(args[0])) {
            Checks.all();
            Looks.Agreement agreement = Looks.compare(10, 1);
            System.out.println("Rollouts that the whole of mlVerifyMetrics decides as the fast path: " + agreement.alike() + " of " + agreement.tried());
            if (agreement.alike() < agreement.tried()) {
                System.err.println("The first other one: " + agreement.other());
                System.exit(1);
            }
            return;
        }
        if ("cost".equals(args[0])) {
            for (Cost cost : Cost.measure()) {
                System.out.printf(Locale.ROOT, "%s: %.2f ms, %.1f KiB%n", cost.what(), cost.millis(), cost.bytes() / 1024.0);
            }
            return;
        }
        if ("needed".equals(args[0])) {
            Files.writeString(Path.of(args[1], "canary-gate-requests.md"), Needed.markdown());
            return;
        }
        if ("bursts".equals(args[0])) {
            Files.writeString(Path.of(args[1], "canary-gate-bursts.md"), Bursts.markdown());
            return;
        }
        if ("hidden".equals(args[0])) {
            Files.writeString(Path.of(args[1], "canary-gate-hidden.md"), Hidden.markdown(args.length > 2 ? Integer.parseInt(args[2]) : 2000));
            return;
        }
        int count = Integer.parseInt(args[0]);
        long seed = Long.parseLong(args[1]);
        ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(args[2]));
        long start = System.nanoTime();
        String what = args.length > 4 ? args[4] : "all";
        Path folder = Path.of(args[3]);
        try {
            Checks.all();
            if (!what.equals("histograms")) {
                errors(count, seed, pool, folder);
            }
            if (!what.equals("errors")) {
                List<Histograms.Cell> cells = new Histograms(count, seed, pool).all();
                Files.writeString(folder.resolve("canary-gate-histograms.md"), new HistogramReport(count, seed, cells).markdown(since(start)));
            }
        } finally {
            pool.shutdown();
        }
    }

    private static void errors(int count, long seed, ExecutorService pool, Path folder) throws Exception {
        long start = System.nanoTime();
        Simulation simulation = new Simulation(count, seed, pool);
        List<Cell> same = run(simulation, Cells.same());
        List<Cell> worse = run(simulation, Cells.worse());
        Condition goal = Condition.of(Condition.Shape.PLAIN, 9, Cells.BASE, 2);
        Report report = new Report(count, seed, same, worse);
        report.fine(simulation.run(goal.every(15)), simulation.run(Condition.of(Condition.Shape.PLAIN, 9, Cells.BASE, 1).every(15)));
        report.promotions(Promotion.all(Math.max(50, count / 10), seed, pool));
        report.looks(Looks.compare(Math.max(10, count / 500), seed));
        report.cost(Cost.measure());
        Files.writeString(folder.resolve("canary-gate.md"), report.markdown(since(start)));
        Files.writeString(folder.resolve("canary-gate-exposed.svg"), report.exposed());
        Files.writeString(folder.resolve("canary-gate-detected.svg"), report.detected());
        Files.writeString(folder.resolve("canary-gate-false-alarms.svg"), report.falseAlarms());
        Files.writeString(folder.resolve("canary-gate.csv"), report.csv());
        Files.writeString(folder.resolve("canary-gate-verdicts.csv"), report.verdicts());
    }

    private static String since(long start) {
        return String.format(Locale.ROOT, "%s, %.0f s", LocalDate.now(ZoneOffset.UTC), (System.nanoTime() - start) / 1e9);
    }

    private static List<Cell> run(Simulation simulation, List<Condition> conditions) throws InterruptedException {
        List<Cell> cells = new ArrayList<>();
        for (Condition condition : conditions) {
            long start = System.nanoTime();
            cells.add(Cell.of(condition, simulation.run(condition), simulation.tuned(condition)));
            System.err.printf(Locale.ROOT, "%s: %.1f s%n", condition.name(), (System.nanoTime() - start) / 1e9);
        }
        return cells;
    }
}
