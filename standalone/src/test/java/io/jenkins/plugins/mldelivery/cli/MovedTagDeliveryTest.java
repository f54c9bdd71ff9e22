package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ImagePin;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.image.TagDigests;
import io.jenkins.plugins.mldelivery.playground.Playground;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Images pushed under one tag again and again, with the playground's registry and its pods, which pull by themselves. */
public class MovedTagDeliveryTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;
    private Playground playground;
    private KubernetesClient client;
    private String image;

    @Before
    public void start() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        playground = Playground.start();
        client = TestEnvironment.open(ClusterAccess.kubeconfig(SecretText.of(playground.kubeconfig()), null));
        client.resource(new NamespaceBuilder().withNewMetadata().withName("ml").endMetadata().build()).create();
        Files.writeString(cli.folder.resolve("kube"), playground.kubeconfig());
        cli.variables.put("KUBECONFIG", "kube");
        cli.variables.put("REG_USERNAME", playground.logins().registry().username());
        cli.variables.put("REG_PASSWORD", playground.logins().registry().secret().reveal());
        image = playground.registry() + "/ml/penguins:1";
    }

    @After
    public void stop() {
        client.close();
        playground.close();
    }

    /** Pushes a model under the tag; the digest that the tag names then. */
    private String push(String model) {
        Cli.Outcome pushed = cli.run("build-image", "--model", Repository.root().resolve("docs/examples/model").resolve(model).toAbsolutePath().toString(),
                "--image", image, "--credentials-id", "reg", "--json");
        assertEquals(pushed.err(), 0, pushed.code());
        return pushed.out().replaceAll("(?s).*?\"digest\" : \"(sha256:[0-9a-f]{64})\".*", "$1");
    }

    private Cli.Outcome deploy(String... more) {
        Cli.Outcome outcome = run(more);
        assertEquals(outcome.err(), 0, outcome.code());
        return outcome;
    }

    private Cli.Outcome run(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "deploy-model", "--name", "penguins", "--namespace", "ml", "--image", image, "--replicas", "1", "--steps", "50"));
        args.addAll(List.of(more));
        return cli.run(args.toArray(String[]::new));
    }

    /** The digests that the pods of the stable version have pulled. */
    private Set<String> running() {
        Set<String> digests = new TreeSet<>();
        client.pods().inNamespace("ml").withLabel("ml-delivery.io/track", "stable").list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .forEach(pod -> digests.add(pod.getStatus().getContainerStatuses().get(0).getImageID().replaceAll(".*@", "")));
        return digests;
    }

    @Test
    public void aTagPushedAnewRollsOut() {
        String first = push("penguins-v1");
        deploy("--registry-credentials-id", "reg");
        assertEquals(Set.of(first), running());
        String second = push("penguins-v2");
        Cli.Outcome moved = deploy("--registry-credentials-id", "reg");
        assertTrue(moved.err(), moved.err().contains("image " + image + " is " + second.substring(0, 19) + "\u2026 now"));
        assertTrue(moved.err(), moved.err().contains("PROMOTED"));
        assertEquals(Set.of(second), running());
        Cli.Outcome same = deploy("--registry-credentials-id", "reg");
        assertTrue(same.err(), same.err().contains("unchanged") && !same.err().contains("same tag as before"));
        for (String[] unknown : new String[][] {{}, {"--no-resolve-tag"}}) {
            Cli.Outcome byTag = deploy(unknown);
            assertTrue(byTag.err(), byTag.err().contains("unchanged") && byTag.err().contains("same tag as before"));
            assertEquals(byTag.err(), unknown.length == 0, byTag.err().contains("asks for a login"));
        }
        Cli.Outcome idle = run("--no-resolve-tag", "--registry-credentials-id", "reg");
        assertTrue(idle.err(), idle.err().contains("error: --registry-credentials-id: it has no effect, since tags are not looked up. Leave it out, or leave --resolve-tag on."));
        assertFalse(moved.err() + same.err(), (moved.err() + same.err()).contains(playground.logins().registry().secret().reveal()));
    }

    @Test
    public void whatWasJudgedIsPromotedThoughTheTagMoves() throws Exception {
        push("penguins-v1");
        deploy("--registry-credentials-id", "reg");
        String judged = push("penguins-v2");
        DeployModelRequest request = DeployModelRequest.of("penguins", image)
                .withNamespace("ml")
                .withModel(ModelSettings.defaults().withReplicas(1))
                .withStrategy(new Strategy.Canary(List.of(50), "0s", null), new TrafficKind.ReplicaRatio());
        Environment environment = new Environment(
                new LocalCommands(), Clock.system(), new VariableSecrets(cli.variables, cli.folder), event -> {});
        DeployModelRequest pinned = ImagePin.now(request, null, new TagDigests("reg", environment), environment);
        ClusterAccess access = ClusterAccess.kubeconfig(SecretText.of(playground.kubeconfig()), null);
        try (ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = new DeployModel(
                        pinned, connections, () -> access, null, Deployers.of("test"), StateStore.none(), environment)) {
            Gate moving = facts -> {
                push("penguins-bad");
                return Gate.Answer.of(Verdict.PASS, "looks good");
            };
            assertEquals("promoted", deploy.run(moving).result());
        }
        assertEquals(Set.of(judged), running());
    }
}
