package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.Test;
import picocli.CommandLine;

/** What counts as evidence, on the command line. */
public class EvidenceOptionsTest {
    @Test
    public void incompleteAnswersAndPodsThatBegin() throws Exception {
        VerifyMetricsRequest plain = request();
        assertEquals(VerifyMetricsRequest.DEFAULT_ON_PARTIAL, plain.onPartial());
        assertEquals(VerifyMetricsRequest.DEFAULT_POD_WARM_UP, plain.podWarmUp());
        VerifyMetricsRequest given = request("--on-partial", "accept", "--pod-warm-up", "45s");
        assertEquals("accept", given.onPartial());
        assertEquals("45s", given.podWarmUp());
    }

    private static VerifyMetricsRequest request(String... more) throws Exception {
        VerifyOptions options = new VerifyOptions();
        CommandLine line = new CommandLine(options);
        String[] all = new String[more.length + 2];
        List<String> fixed = List.of("--checks", "errorRate");
        for (int i = 0; i < all.length; i++) {
            all[i] = i < 2 ? fixed.get(i) : more[i - 2];
        }
        line.parseArgs(all);
        return options.request("15m", Path.of("."));
    }
}
