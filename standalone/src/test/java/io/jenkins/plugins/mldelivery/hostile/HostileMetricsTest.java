package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Prometheus servers and metrics pages that send what fills a heap or never ends, many at once, against looks in a heap of 256 MiB. */
public class HostileMetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(240);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void prometheusServers() throws Exception {
        String said = SmallHeap.run(temporary.getRoot().toPath(), LIMIT, HostileMetricsTrial.class, "prometheus");
        System.out.println(said);
        assertTrue(said, said.contains("3,500,000 samples: "));
        assertTrue(said, said.strip().endsWith("ALL"));
    }

    @Test
    public void pages() throws Exception {
        String said = SmallHeap.run(temporary.getRoot().toPath(), LIMIT, HostileMetricsTrial.class, "pages");
        System.out.println(said);
        assertTrue(said, said.strip().endsWith("ALL"));
    }
}
