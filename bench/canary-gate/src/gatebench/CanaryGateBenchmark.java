package gatebench;

import java.io.IOException;
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
 * <p>Arguments: <code>check</code>, or rollouts in each cell, seed, threads, folder of the results.
 */
public final class CanaryGateBenchmark {
    private CanaryGateBenchmark() {}

    public static void main(String[] args) throws Exception {
        if ("check".equals(args[0])) {
            Checks.all();
            System.out.println("Looks of production that decide as the fast path: " + Looks.compare(20, 1));
            return;
        }
        int count = Integer.parseInt(args[0]);
        long seed = Long.parseLong(args[1]);
        ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(args[2]));
        long start = System.nanoTime();
        try {
            Checks.all();
            Simulation simulation = new Simulation(count, seed, pool);
            List<Cell> same = run(simulation, Cells.same());
            List<Cell> worse = run(simulation, Cells.worse());
            Condition goal = Condition.of(Condition.Shape.PLAIN, 9, Cells.BASE, 2);
            List<Histograms.Cell> histograms = histograms(count, seed, pool);
            Report report = new Report(count, seed, same, worse, histograms);
            report.fine(simulation.run(goal.every(15)), simulation.run(Condition.of(Condition.Shape.PLAIN, 9, Cells.BASE, 1).every(15)));
            report.promotions(Promotion.all(Math.max(50, count / 10), seed, pool));
            report.looks(Looks.compare(Math.max(10, count / 100), seed));
            report.cost(Cost.measure());
            write(Path.of(args[3]), report, String.format(Locale.ROOT, "%s, %.0f s", LocalDate.now(ZoneOffset.UTC), (System.nanoTime() - start) / 1e9));
        } finally {
            pool.shutdown();
        }
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

    private static List<Histograms.Cell> histograms(int count, long seed, ExecutorService pool) throws InterruptedException {
        try {
            return new Histograms(count, seed, pool).all();
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof UnsupportedOperationException) {
                return List.of();
            }
            throw e;
        }
    }

    private static void write(Path folder, Report report, String when) throws IOException {
        Files.writeString(folder.resolve("canary-gate.md"), report.markdown(when));
        Files.writeString(folder.resolve("canary-gate-exposed.svg"), report.exposed());
        Files.writeString(folder.resolve("canary-gate-detected.svg"), report.detected());
        Files.writeString(folder.resolve("canary-gate-false-alarms.svg"), report.falseAlarms());
        Files.writeString(folder.resolve("canary-gate.csv"), report.csv());
    }
}
