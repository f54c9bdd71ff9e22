package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs command lines in a folder and keeps what they print. */
final class Cli {
    final Path folder;
    final Map<String, String> variables = new HashMap<>();
    /** What is typed. */
    String input = "";

    Cli(Path folder) {
        this.folder = folder;
        variables.put("HOME", folder.toString());
    }

    /** What a command line gave. */
    record Outcome(int code, String out, String err) {
        /** The one error line. */
        String error() {
            List<String> lines = err.lines().filter(line -> line.startsWith("error: ")).toList();
            assertEquals("exactly one error line in:\n" + err, 1, lines.size());
            return lines.get(0);
        }
    }

    Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.execute(
                new Main.World(
                        new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), false, folder, Map.copyOf(variables)),
                args);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command line that must fail: the exit code of the kind, one sentence that begins so and ends with a full stop, its text nowhere else, no stack trace, and one with <code>--verbose</code>. */
    String fails(DeliveryException.Kind kind, String beginning, String... args) {
        Outcome outcome = run(args);
        assertEquals(outcome.err(), kind.exitCode(), outcome.code());
        String error = outcome.error();
        assertTrue("'" + error + "' begins otherwise than '" + beginning + "'", error.startsWith("error: " + beginning));
        assertTrue(error, error.endsWith(".") && !error.endsWith(".."));
        String problem = error.substring(("error: " + beginning).length());
        assertEquals("told once:\n" + outcome.err(), 1, outcome.err().split(java.util.regex.Pattern.quote(problem), -1).length - 1);
        assertFalse(outcome.err(), outcome.err().contains("\tat "));
        assertEquals("the result's stream stays empty", "", outcome.out());
        return error;
    }

    /** Likewise, and once more with <code>--verbose</code>. */
    String failsWithTraceIfVerbose(DeliveryException.Kind kind, String beginning, String... args) {
        String error = fails(kind, beginning, args);
        List<String> verbose = new ArrayList<>(List.of(args));
        verbose.add("--verbose");
        Outcome outcome = run(verbose.toArray(String[]::new));
        assertTrue(outcome.err(), outcome.err().contains("\tat io.jenkins.plugins.mldelivery."));
        assertEquals(kind.exitCode(), outcome.code());
        return error;
    }

    /** The names of what is in the folder. */
    List<String> files() throws java.io.IOException {
        try (Stream<Path> all = java.nio.file.Files.walk(folder)) {
            return all.filter(f -> !f.equals(folder)).map(f -> folder.relativize(f).toString()).sorted().toList();
        }
    }
}
