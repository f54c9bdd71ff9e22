package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.testing.RawServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/**
 * What servers from outside send, many at once, must not fill the heap: each trial runs in a JVM of its own with 256 MiB. To add one, write a {@link Callable} with a constructor for the server's URL, start its
 * server here and call {@link #run}.
 */
public class HostileServersTest {
    private static final int SECONDS = 150;

    /**
     * Runs a trial.
     *
     * @return what it returned, line by line
     */
    static String run(Class<? extends Callable<?>> trial, String url) throws Exception {
        Path output = Files.createTempFile("trial", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path"),
                        HostileTrial.class.getName(), trial.getName(), url)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue("it did not end", process.waitFor(SECONDS, TimeUnit.SECONDS));
            String printed = Files.readString(output);
            assertEquals(printed, 0, process.exitValue());
            return printed;
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(output);
        }
    }

    @Test
    public void clusters() throws Exception {
        try (RawServer server = HostileCluster.start()) {
            String printed = run(HostileClusterTrial.class, server.url());
            assertFalse(printed, printed.contains("secret-token"));
            assertFalse(printed, printed.contains("OutOfMemory"));
            String[] sentences = printed.lines().filter(line -> line.startsWith("cluster: could not ")).toArray(String[]::new);
            long taken = printed.lines().filter("no failure"::equals).count();
            assertEquals(printed, HostileClusterTrial.CALLS, sentences.length + taken);
            assertTrue(taken + " answers were taken, which has to be those that are within the limits", taken > 0 && taken < HostileClusterTrial.CALLS / 6);
            assertTrue(Arrays.stream(sentences).anyMatch(line -> line.contains("its answer has more than 8 MiB")));
            assertEquals("connections are left", 0, server.open());
        }
    }
}
