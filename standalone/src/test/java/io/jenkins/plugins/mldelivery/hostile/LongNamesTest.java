package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.time.Duration;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Names of series, which servers choose, take no more memory than a look may keep, and between looks next to none. */
public class LongNamesTest {
    private static final Duration LIMIT = Duration.ofSeconds(240);

    /** 24 steps, and the looks of 12 rollouts. */
    private static final int LOOKS = 36;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private List<String> said(int heap, Class<?> trial, String... arguments) throws Exception {
        try (LoopbackServer server = DenseSamplesServer.start()) {
            String[] all = new String[arguments.length + 1];
            all[0] = server.url();
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            List<String> said = SmallHeap.run(heap, temporary.getRoot().toPath(), LIMIT, trial, all).lines().toList();
            assertEquals(said.toString(), "ALL", said.get(said.size() - 1));
            return said.subList(0, said.size() - 1);
        }
    }

    private void looks(String metric) throws Exception {
        List<String> all = said(256, DenseSamplesTrial.class, String.valueOf(LOOKS), "15s", metric);
        assertEquals(all.toString(), LOOKS, all.size());
        for (String look : all) {
            assertTrue(look, look.matches(".*(?:: looked|more than one look keeps, 32 MiB|more than 4 MiB while other|in time|not read within).*"));
        }
    }

    @Test
    public void longLabelsThatCountersShare() throws Exception {
        looks("long_10");
    }

    @Test
    public void longLabelsThatHistogramsShare() throws Exception {
        looks("longclassic_10");
    }

    @Test
    public void targetsWithLongNames() throws Exception {
        looks("target_100");
    }

    @Test
    public void pagesWithManyShortLabels() throws Exception {
        looks("page_700");
    }

    /** A wait of days, over a server that makes up all names at each look. */
    @Test
    public void betweenLooksNoNamesAreKept() throws Exception {
        for (String metric : List.of("fresh_8", "brief_1500")) {
            List<String> looks = said(48, FreshNamesTrial.class, "40", metric);
            assertEquals(looks.toString(), 40, looks.size());
            looks.forEach(look -> assertEquals("looked", look));
        }
    }
}
