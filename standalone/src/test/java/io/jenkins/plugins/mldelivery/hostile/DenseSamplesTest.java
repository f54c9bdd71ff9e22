package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.time.Duration;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What is made of many samples, each in a window of its own, takes no more memory than a look may keep. */
public class DenseSamplesTest {
    private static final Duration LIMIT = Duration.ofSeconds(240);

    /** 24 steps, and the looks of 12 rollouts. */
    private static final int LOOKS = 36;

    private static final String[] METRICS = {"n", "spaced", "many", "classic", "infinite", "native", "changing"};

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private List<String> looks(int heap, int samples, int looks, String interval, String... metrics) throws Exception {
        try (LoopbackServer server = DenseSamplesServer.start(samples)) {
            String[] arguments = new String[metrics.length + 3];
            arguments[0] = server.url();
            arguments[1] = String.valueOf(looks);
            arguments[2] = interval;
            System.arraycopy(metrics, 0, arguments, 3, metrics.length);
            List<String> said = SmallHeap.run(heap, temporary.getRoot().toPath(), LIMIT, DenseSamplesTrial.class, arguments)
                    .lines()
                    .toList();
            assertEquals(said.toString(), "ALL", said.get(said.size() - 1));
            assertEquals(said.toString(), looks + 1, said.size());
            return said;
        }
    }

    /** One that keeps almost all that a look may, in a heap that has little besides. */
    @Test
    public void aLargeLook() throws Exception {
        for (String metric : METRICS) {
            System.out.println(looks(64, 200_000, 1, "15s", metric));
        }
    }

    /** The author of a job chooses how long a window is. */
    @Test
    public void aWindowForEachSample() throws Exception {
        for (String metric : METRICS) {
            System.out.println(looks(64, 200_000, 1, "1ms", metric));
        }
    }

    @Test
    public void asManyLooksAsAControllerMakes() throws Exception {
        List<String> said = looks(256, 200_000, LOOKS, "15s", METRICS);
        assertTrue(said.toString(), said.contains("spaced: looked"));
    }

    /** Each keeps less than makes it a large one that would wait for others. */
    @Test
    public void asManySmallLooks() throws Exception {
        List<String> said = looks(256, 15_000, LOOKS, "15s", METRICS);
        System.out.println(said);
    }
}
