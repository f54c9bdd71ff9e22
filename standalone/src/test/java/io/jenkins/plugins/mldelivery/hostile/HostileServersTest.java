package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * What servers from outside send, many at once, must not fill the heap. To add a trial, write a {@link Callable} with a
 * constructor for the server's URL, start its server here and call {@link #run}.
 */
public class HostileServersTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /**
     * Runs a trial in a heap of its own.
     *
     * @return what it returned
     */
    private String run(Class<? extends Callable<?>> trial, String url) throws Exception {
        return SmallHeap.run(
                temporary.getRoot().toPath(), Duration.ofSeconds(150), HostileTrial.class, trial.getName(), url);
    }

    @Test
    public void clusters() throws Exception {
        try (ByteServer server = HostileCluster.start()) {
            String printed = run(HostileClusterTrial.class, server.url());
            assertFalse(printed, printed.contains("secret-token"));
            List<String> refused = printed.lines()
                    .filter(line -> line.startsWith("cluster: could not read it: "))
                    .toList();
            long taken = printed.lines().filter("no failure"::equals).count();
            assertEquals(printed, HostileClusterTrial.CALLS, refused.size() + taken);
            assertTrue(
                    taken + " answers were taken, which has to be those that are within the limits",
                    taken > 0 && taken < HostileClusterTrial.CALLS / 6);
            assertTrue(refused.stream().anyMatch(line -> line.contains("its answer has more than 4 MiB")));
            assertEquals("connections are left", 0, server.open());
        }
    }
}
