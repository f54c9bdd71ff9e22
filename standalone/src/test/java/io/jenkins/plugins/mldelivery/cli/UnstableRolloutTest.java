package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What becomes of a rollout whose metrics show nothing, by <code>--on-inconclusive</code>. */
public class UnstableRolloutTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void anInconclusiveGateFollowsItsParameter() throws Exception {
        Cli cli = new Cli(temporary.newFolder("work").toPath());
        try (ToyCluster toy = new ToyCluster(temporary.newFolder("cluster").toPath());
                LoopbackServer prometheus = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"))) {
            Files.writeString(cli.folder.resolve("kube"), toy.cluster().kubeconfig());
            cli.variables.put("KUBECONFIG", "kube");
            assertEquals(0, deploy(cli, prometheus, "v1", "fail").code());
            Cli.Outcome unstable = deploy(cli, prometheus, "v2", "unstable");
            assertEquals(unstable.err(), Kind.INCONCLUSIVE.exitCode(), unstable.code());
            assertTrue(unstable.err(), unstable.err().contains("PROMOTED") && unstable.err().contains("inconclusive, which this rollout accepts"));
            assertEquals(0, deploy(cli, prometheus, "v3", "pass").code());
            Cli.Outcome failed = deploy(cli, prometheus, "v4", "fail");
            assertEquals(failed.err(), Kind.ROLLED_BACK.exitCode(), failed.code());
            assertTrue(failed.err(), failed.err().matches("(?s).*ROLLED BACK revision [0-9a-f]+, back to [0-9a-f]+: inconclusive: .*"));
        }
    }

    private static Cli.Outcome deploy(Cli cli, LoopbackServer prometheus, String version, String onInconclusive) {
        List<String> args = new ArrayList<>(List.of(
                "deploy-model", "--name", "churn", "--namespace", "ml", "--image", "registry.test/ml/" + version, "--replicas", "1", "--steps", "50", "--hold", "0s", "--checks", "errorRate", "--prometheus",
                prometheus.url(), "--interval", "100ms", "--verify-timeout", "300ms", "--on-inconclusive", onInconclusive));
        return cli.run(args.toArray(String[]::new));
    }
}
