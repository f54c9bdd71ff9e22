package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the programs of the machine that the tests check the image with. */
public final class Programs {
    private Programs() {}

    /** Skips the test when a program is missing, or fails it when the system property <code>mldelivery.requireServers</code> is true. */
    public static void require(String program, String debianPackage) {
        boolean there = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        String message = program + " is missing: install the Debian package " + debianPackage;
        if (!there && Boolean.getBoolean("mldelivery.requireServers")) {
            fail(message);
        }
        assumeTrue(message, there);
    }

    /** Runs a program that must succeed; its output and errors. */
    public static String run(String... argv) throws IOException, InterruptedException {
        return run(Path.of("."), List.of(argv));
    }

    static String run(Path folder, List<String> argv) throws IOException, InterruptedException {
        Path out = Files.createTempFile("program", ".out");
        try {
            Process process = new ProcessBuilder(argv)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail(argv + " did not end");
            }
            String text = Files.readString(out, StandardCharsets.UTF_8);
            assertEquals(argv + ": " + text, 0, process.exitValue());
            return text;
        } finally {
            Files.delete(out);
        }
    }
}
