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

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private List<String> looks(int heap, int looks, String interval, String... metrics) throws Exception {
        try (LoopbackServer server = DenseSamplesServer.start()) {
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
    public void aLargeLookTakesWhatItIsChargedFor() throws Exception {
        for (String metric : List.of("n_250000", "classic_110000", "infinite_75000", "native_60000", "changing_60000")) {
            assertEquals(metric + ": looked", looks(56, 1, "15s", metric).get(0));
        }
    }

    /** The author of a job chooses how long a window is. */
    @Test
    public void aWindowForEachSample() throws Exception {
        for (String metric : List.of("n_200000", "infinite_75000", "changing_60000")) {
            assertTrue(looks(64, 1, "1ms", metric).get(0).contains("sent more than one look keeps, 32 MiB"));
        }
    }

    @Test
    public void samplesOfTimesThatNobodyAskedForTakeNothing() throws Exception {
        assertEquals("spaced_200000: looked", looks(24, 1, "15s", "spaced_200000").get(0));
    }

    @Test
    public void asManyLooksAsAControllerMakes() throws Exception {
        for (String look : looks(256, LOOKS, "15s", "n_200000", "spaced_200000", "many_20000", "classic_200000", "infinite_200000", "native_200000", "changing_200000")) {
            assertTrue(look, look.matches("ALL|spaced_200000: looked|.*(?:: looked|more than one look keeps, 32 MiB|sent more than 4 MiB while other|ended, since others|more than 2000).*"));
        }
    }

    /** Each keeps less than what would make it a large one, which waits for others. */
    @Test
    public void asManySmallLooks() throws Exception {
        for (String look : looks(256, LOOKS, "15s", "n_30000", "many_2000", "classic_14000", "infinite_9500", "native_7500", "changing_7500")) {
            assertTrue(look, look.equals("ALL") || look.endsWith(": looked"));
        }
    }
}
