package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java machine of its own with a heap of 256 MiB, for what must not take memory however much comes in. */
final class SmallHeap {
    private SmallHeap() {}

    /**
     * Runs a class' <code>main</code> to its end.
     *
     * @param limit after which it is killed and the test fails
     * @return what it printed; the test fails when it did not end with 0
     */
    static String run(Path folder, Duration limit, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(256, folder, limit, main, arguments);
    }

    /**
     * The same in another heap.
     *
     * @param heap in MiB
     */
    static String run(int heap, Path folder, Duration limit, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "output", "");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            String said = Files.readString(output, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                fail((ended ? "exit code " + process.exitValue() : "not done within " + limit.toSeconds() + " s") + ": "
                        + said.substring(0, Math.min(4000, said.length())));
            }
            return said;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
