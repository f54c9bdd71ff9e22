package io.jenkins.plugins.mldelivery.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/** All hostile inputs, and the table of how they ended. */
final class HostileInputs {
    /** {@code all} takes those as well that the tests of every build leave out; anything else is a regular expression for kinds and names. */
    private static final String CHOICE = "mldelivery.hostile";

    private HostileInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>();
        all.addAll(KubeconfigInputs.all());
        all.addAll(ClusterInputs.all());
        all.addAll(MetricsInputs.all());
        all.addAll(RegistryInputs.all());
        all.addAll(ToolInputs.all());
        all.addAll(FileInputs.all());
        all.addAll(PlaygroundInputs.all());
        all.addAll(LargeJobs.all());
        return all;
    }

    /** Those to run. */
    static List<HostileInput> chosen() {
        String choice = System.getProperty(CHOICE, "");
        return all().stream()
                .filter(input -> choice.isEmpty()
                        ? !input.rare()
                        : choice.equals("all")
                                || Pattern.compile(choice)
                                        .matcher(input.toString())
                                        .find())
                .toList();
    }

    /** Writes a table of how they ended, the worst first. */
    static void report(Map<HostileInput, Future<HostileInput.Result>> runs) throws IOException, InterruptedException {
        List<String> rows = new ArrayList<>();
        for (Map.Entry<HostileInput, Future<HostileInput.Result>> run : runs.entrySet().stream()
                .sorted(Comparator.comparing(
                                (Map.Entry<HostileInput, ?> e) -> e.getKey().kind())
                        .thenComparing(e -> e.getKey().name()))
                .toList()) {
            if (!run.getValue().isDone() || run.getValue().isCancelled()) {
                continue;
            }
            try {
                Ending ending = run.getValue().get().ending();
                rows.add(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %.1f | %.1f | %d | %s |",
                        run.getKey().kind().words(),
                        run.getKey().name(),
                        ending.exitCode(),
                        ending.took().toMillis() / 1000.0,
                        ending.worked().toMillis() / 1000.0,
                        ending.peak() / 1024,
                        ending.sentence().replace("|", "\\|")));
            } catch (ExecutionException e) {
                rows.add("| " + run.getKey().kind().words() + " | "
                        + run.getKey().name() + " | " + e.getCause() + " |");
            }
        }
        rows.add(0, "| kind | input | exit code | s | CPU s | MiB | last words |\n|---|---|---|---|---|---|---|");
        Files.writeString(Path.of("target", "hostile-inputs.md"), String.join("\n", rows) + "\n");
    }
}
