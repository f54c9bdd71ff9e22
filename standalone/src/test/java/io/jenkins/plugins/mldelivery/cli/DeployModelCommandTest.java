package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class DeployModelCommandTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void cluster() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        Kubeconfigs.write(cli.folder.resolve("kube"), LoopbackServer.closedPort());
        cli.variables.put("KUBECONFIG", "kube");
    }

    @Test
    public void wrongParametersAreNamedBeforeTheClusterIsAsked() {
        cli.failsWithTraceIfVerbose(Kind.INVALID_INPUT, "--name: 'Churn' is not a valid name. Use at most 50 lower-case letters", "deploy-model", "--name", "Churn", "--image", "team/churn:1");
        cli.fails(Kind.INVALID_INPUT, "--image: 'A B' is not a valid image name. ", "deploy-model", "--name", "churn", "--image", "A B");
        cli.fails(Kind.INVALID_INPUT, "--image: 'team/churn:1' has no digest", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--require-digest");
        cli.fails(Kind.INVALID_INPUT, "--steps: [50, 10] are not valid traffic steps. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--steps", "50,10");
        cli.fails(Kind.INVALID_INPUT, "--progress-deadline: 'x' is not a valid duration. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--progress-deadline", "x");
        cli.fails(Kind.INVALID_INPUT, "--ready-path: 'ready' is not a valid path. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--ready-path", "ready");
        cli.fails(Kind.INVALID_INPUT, "--timeout: 'x' is not a valid duration. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--timeout", "x");
    }

    @Test
    public void wrongChecksAreNamedBeforeTheClusterIsAsked() {
        cli.fails(Kind.INVALID_INPUT, "--verify-timeout: 'x' is not a valid duration. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--checks", "errorRate", "--verify-timeout", "x");
        cli.fails(Kind.INVALID_INPUT, "--checks: margin: it must be above 1 and at most 32, not 0.9. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--checks", "errorRate: {margin: 0.9}");
        cli.fails(Kind.INVALID_INPUT, "--checks: 'latencies' is none of distribution, errorRate, expression, gauge, latency, threshold. ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--checks", "latencies");
    }

    @Test
    public void whatDoesNotFitTogetherIsRefused() throws Exception {
        // What stands in a file is not taken for arguments.
        Files.writeString(cli.folder.resolve("arguments"), "ml\n--dry-run\n");
        String[][] wrong = {
            {"--image: no image is given. "},
            {"--undo: it brings back an image and takes none. ", "--image", "team/churn:1", "--undo"},
            {"--undo: it can't be shown beforehand. ", "--undo", "--dry-run"},
            {"--strategy: 'blue' is not known. ", "--image", "team/churn:1", "--strategy", "blue"},
            {"--traffic: 'mesh' is not known. ", "--image", "team/churn:1", "--traffic", "mesh"},
            {"--percent: the strategy canary has no such parameter. ", "--image", "team/churn:1", "--percent", "5"},
            {"--route: the traffic kind replicaRatio has no such parameter. ", "--image", "team/churn:1", "--route", "r"},
            {"--route: no name is given. ", "--image", "team/churn:1", "--traffic", "gateway"},
            {"--autoscale: autoscale has no parameter 'much'. ", "--image", "team/churn:1", "--autoscale", "much"},
            {"--autoscale: autoscale has no parameter 'mini'. Did you mean 'min'? Choose one of: cpu, max, memory, ", "--image", "team/churn:1", "--autoscale", "mini: 2"},
            {"--autoscale: 70 % of the requested cpu needs a request. Give the request of a pod as --cpu of ml-delivery deploy-model, ", "--image", "team/churn:1", "--autoscale", "cpu: 70"},
            {"--autoscale: 80 % of the requested cpu, the default, needs a request. ", "--image", "team/churn:1", "--autoscale", "min: 2"},
            {"--registry-credentials-id: there are no credentials with the id 'other' in the environment. Set OTHER_USERNAME ", "--image", "localhost:1/churn:1", "--registry-credentials-id", "other"},
            {"--manifests: there is no file and no folder 'k8s'. ", "--image", "team/churn:1", "--manifests", "k8s"},
            {"--checks: 'errorRate' compares the canary with the stable version, and a rolling update has no", "--image", "team/churn:1", "--strategy", "rolling", "--checks", "errorRate"},
            {"--namespace: '@arguments' is not a valid name. ", "--image", "team/churn:1", "--namespace", "@arguments"},
            {"--pause: 'maybe' is not known. ", "--image", "team/churn:1", "--pause", "maybe"},
        };
        for (String[] line : wrong) {
            List<String> args = new ArrayList<>(List.of("deploy-model", "--name", "churn"));
            args.addAll(List.of(line).subList(1, line.length));
            cli.fails(Kind.INVALID_INPUT, line[0], args.toArray(String[]::new));
        }
    }

    /** Whoever gives them believes that something is judged. */
    @Test
    public void theOptionsOfTheGateAreRefusedWhereNothingIsJudged() {
        Map<String, String> gate = new TreeMap<>(Map.of(
                "--interval", "2s", "--prometheus", "http://127.0.0.1:9", "--on-inconclusive", "pass", "--verify-timeout", "1m", "--proxy", "127.0.0.1:1",
                "--headers", "A=b", "--canary", "a=\"b\"", "--query-timeout", "nonsense", "--pod-warm-up", "1m"));
        gate.forEach((option, value) -> cli.fails(
                Kind.INVALID_INPUT, option + ": nothing is judged without --checks. ",
                "deploy-model", "--name", "churn", "--image", "team/churn:1", option, value));
        cli.fails(
                Kind.INVALID_INPUT, "--insecure: nothing is judged without --checks. ",
                "deploy-model", "--name", "churn", "--image", "team/churn:1", "--insecure");
    }

    @Test
    public void whatBringingBackTakesNothingOfIsRefused() {
        String[][] idle = {
            {"--checks", "errorRate"}, {"--interval", "2s"}, {"--steps", "25"}, {"--hold", "1m"}, {"--max-surge", "1"}, {"--percent", "5"}, {"--scale-down-delay", "1m"},
            {"--replicas", "2"}, {"--env", "A=b"}, {"--cpu", "1"}, {"--manifests", "k8s"}, {"--pause", "steps"}, {"--require-digest"}, {"--no-resolve-tag"},
            {"--registry-credentials-id", "a"}};
        for (String[] option : idle) {
            List<String> args = new ArrayList<>(List.of("deploy-model", "--name", "churn", "--undo"));
            args.addAll(List.of(option));
            String named = option[0].replace("--no-", "--");
            cli.fails(Kind.INVALID_INPUT, named + ": it has no effect with --undo. ", args.toArray(String[]::new));
        }
        // What says where, how the traffic is divided and how long goes on to the cluster, which is away.
        cli.fails(
                Kind.UNREACHABLE, "--kubeconfig: ", "deploy-model", "--name", "churn", "--undo", "--namespace", "ml", "--strategy", "blueGreen", "--traffic", "gateway", "--route", "r",
                "--on-concurrent", "fail", "--progress-deadline", "1m", "--timeout", "5s", "--state", "state.json", "--report", "report.html", "--kubeconfig", "kube", "--context", "test");
    }

    @Test
    public void whoeverTypesIsAskedAtAPause() throws Exception {
        Gate.Answer yes = Gate.Answer.of(Verdict.PASS, "a person agreed");
        Gate.Answer no = Gate.Answer.of(Verdict.FAIL, "rejected: a person said no");
        Gate.Answer nobody = Gate.Answer.of(Verdict.FAIL, "rejected: there was no input");
        assertEquals(List.of(yes, no, yes, no, nobody), answers("y\nn\nYES\n\ny"));
        assertEquals(List.of(nobody), answers(""));
    }

    private static final int STEPS = 3;

    @Test
    public void whatAPersonHasAgreedToIsNotSomethingElse() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
        Main.World world = new Main.World(out, out, new ByteArrayInputStream("y\nn\n".getBytes(StandardCharsets.UTF_8)), false, Path.of("."), Map.of());
        Person person = new Person(facts -> Gate.Answer.pending("metrics", Duration.ofSeconds(7)), world, new OutputOptions());
        assertEquals(Verdict.PASS, answer(person, facts(0, true, "these pods")).verdict());
        assertEquals(Verdict.PASS, answer(person, facts(0, true, "these pods")).verdict());
        assertEquals(Verdict.FAIL, answer(person, facts(0, true, "other pods")).verdict());
    }

    private static Gate.Answer answer(Person person, RolloutFacts facts) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(60);
        Gate.Answer answer = person.look(facts);
        while (answer.verdict() == null) {
            assertTrue("it hangs", Instant.now().isBefore(end));
            Thread.onSpinWait();
            answer = person.look(facts);
        }
        return answer;
    }

    /** The answers to one pause after the other. */
    private static List<Gate.Answer> answers(String typed) throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
        Main.World world = new Main.World(out, out, new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)), false, Path.of("."), Map.of());
        Gate.Answer metrics = Gate.Answer.pending("metrics", Duration.ofSeconds(7));
        Person person = new Person(facts -> metrics, world, new OutputOptions());
        List<Gate.Answer> answers = new ArrayList<>();
        Instant end = Instant.now().plusSeconds(60);
        while (answers.isEmpty() || !answers.get(answers.size() - 1).reason().endsWith("no input")) {
            int step = answers.size();
            assertEquals("metrics are asked as long as there is no pause", metrics, person.look(facts(step, false)));
            Gate.Answer answer = person.look(facts(step, true));
            while (answer.verdict() == null) {
                assertTrue("it hangs", Instant.now().isBefore(end));
                Thread.onSpinWait();
                answer = person.look(facts(step, true));
            }
            answers.add(answer);
            String asked = shown.toString(StandardCharsets.UTF_8);
            assertEquals("asked once", answers.size(), asked.split("churn has 50 % of the traffic\\. ", -1).length - 1);
            String question = step < STEPS - 1 ? "Go on to the next step? [y/N]" : "Promote? [y/N]";
            assertTrue(asked, asked.stripTrailing().endsWith(question));
        }
        return answers;
    }

    private static RolloutFacts facts(int step, boolean paused) {
        return facts(step, paused, "r");
    }

    private static RolloutFacts facts(int step, boolean paused, String subject) {
        return new RolloutFacts("churn", "ml", "r", subject, step, STEPS, 50, 0, paused, Instant.EPOCH, "a", "b");
    }

    @Test
    public void anUnreachableClusterLeavesNothingBehind() throws Exception {
        List<String> before = cli.files();
        String error = cli.fails(Kind.UNREACHABLE, "--kubeconfig: ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--timeout", "5s");
        assertTrue(error, error.matches(".* \\(no connection to http://127\\.0\\.0\\.1:\\d+\\)\\. Check the kubeconfig's server address, and that the cluster is up\\. .*"));
        assertTrue(error, error.endsWith(" It is the cluster of '" + cli.folder.resolve("kube") + "'."));
        assertEquals("no state of a rollout that never began", before, cli.files());
    }

    @Test
    public void noKubeconfig() {
        cli.variables.remove("KUBECONFIG");
        cli.fails(Kind.INVALID_INPUT, "--kubeconfig: no kubeconfig is given and there is none at '", "deploy-model", "--name", "churn", "--image", "team/churn:1");
    }

    @Test
    public void aDamagedStateFileIsNamed() throws Exception {
        Files.writeString(cli.folder.resolve("state.json"), "{\"version\":");
        cli.fails(Kind.INVALID_INPUT, "--state: ", "deploy-model", "--name", "churn", "--image", "team/churn:1", "--state", "state.json");
    }

    @Test
    public void twoProcessesDoNotWorkWithOneStateFileAtOnce() throws Exception {
        Path file = cli.folder.resolve("new/state.json");
        Process first = StateFileLocker.start(file);
        try (StateFile second = new StateFile(SafePath.of(file), "second", Deployers.key(1))) {
            int[] waits = {0};
            second.lock(Duration.ofMinutes(1), () -> {
                waits[0]++;
                first.destroyForcibly();
            });
            assertEquals("it did not wait for the first, or did not say so once", 1, waits[0]);
        }
    }

    @Test
    public void whoeverGoesOnHoldsTheLeaseOfWhoeverBegan() throws Exception {
        Path file = cli.folder.resolve("new/state.json");
        try (StateFile first = new StateFile(SafePath.of(file), "first", Deployers.key(1))) {
            first.lock(Duration.ofMinutes(1), () -> fail("nobody has it"));
            first.save(RolloutState.initial(Instant.EPOCH, "0123456789"));
        }
        try (StateFile second = new StateFile(SafePath.of(file), "second", Deployers.key(1))) {
            second.lock(Duration.ofMinutes(1), () -> fail("nobody has it"));
            assertEquals(Instant.EPOCH, second.load().started());
            assertEquals("first", second.holder());
        }
    }

    /** A file in a folder that was checked out, or that others may write to, must not have anything promoted. */
    @Test
    public void aStateThatThisUserHasNotWrittenSoIsNotGoneOnWith() throws Exception {
        Path file = cli.folder.resolve("state.json");
        try (StateFile first = new StateFile(SafePath.of(file), "first", Deployers.key(1))) {
            first.save(RolloutState.initial(Instant.EPOCH, "0123456789"));
        }
        String written = Files.readString(file);
        try (StateFile other = new StateFile(SafePath.of(file), "other", Deployers.key(2))) {
            assertEquals(Kind.REFUSED, assertThrows(DeliveryException.class, other::load).kind());
        }
        for (String forged : List.of(
                written.replace("PREPARING", "PROMOTING"), written.replace("\"first\"", "\"second\""),
                written.replaceFirst("\\{", "{\"seal\":\"" + "0".repeat(64) + "\","),
                written.replaceFirst("\\{", "{ "), written + "\n",
                written.replaceFirst(",\"seal\":\"[0-9a-f]{64}\"", ""),
                written.replaceFirst("(\"seal\":)\"[0-9a-f]{64}\"", "$1null"))) {
            assertNotEquals(written, forged);
            Files.writeString(file, forged);
            cli.fails(Kind.REFUSED, "--state: '" + file + "' was not written by you on this machine", "deploy-model",
                    "--name", "churn", "--image", "team/churn:1", "--state", "state.json");
            assertEquals("it stays for whoever wrote it", forged, Files.readString(file));
        }
    }

    /** As a playground that was started again. */
    @Test
    public void aStateOfAClusterThatWasThereBeforeNamesItsFileAndWhatDiffers() throws Exception {
        try (ToyCluster toy = new ToyCluster(temporary.newFolder("cluster").toPath())) {
            Files.writeString(cli.folder.resolve("kube"), toy.cluster().kubeconfig());
            Path file = cli.folder.resolve("state.json");
            try (StateFile before = new StateFile(
                    SafePath.resolve("state", cli.folder, Path.of("state.json")), "before", KeyFile.of(cli.variables, note -> {}))) {
                String origin = "\"origin\":{\"request\":\"r\",\"kind\":\"CANARY\",\"place\":{\"cluster\":\"uid-of-before\",\"server\":\"" + toy.cluster().url()
                        + "/\",\"namespace\":\"n\"},\"traffic\":{\"kind\":\"replicaRatio\"}}";
                String state = RolloutState.initial(Instant.EPOCH, "0123456789").toJson().replaceFirst("\\{", "{" + origin + ",");
                before.save(RolloutState.fromJson(state));
            }
            String error = cli.fails(
                    Kind.REFUSED,
                    "--state: the rollout of revision 0123456789, which was in the phase preparing, is one of another cluster at the same address ("
                            + toy.cluster().url() + "/): the UID of its namespace kube-system was uid-of-before, and now is ",
                    "deploy-model", "--name", "churn", "--namespace", "ml", "--image", "team/churn:1", "--state", "state.json", "--no-resolve-tag");
            assertTrue(error, error.endsWith(" if it is gone, remove '" + file + "', or give another file with --state."));
            assertTrue("it is all that is known of that rollout", Files.exists(file));
        }
    }

    /** A workspace of a CI has another path each time; within it a state has its place. */
    @Test
    public void aStateGoesWithItsWorkspaceButToNoOtherPlaceInIt() throws Exception {
        Path state = Path.of(".ml-delivery/default-churn.json");
        Path workspace = cli.folder.resolve("workspace");
        try (StateFile first = new StateFile(SafePath.resolve("state", workspace, state), "first", Deployers.key(1))) {
            first.save(RolloutState.initial(Instant.EPOCH, "0123456789"));
        }
        Path moved = Files.move(workspace, cli.folder.resolve("workspace@2"));
        try (StateFile second = new StateFile(SafePath.resolve("state", moved, state), "second", Deployers.key(1))) {
            assertEquals(Instant.EPOCH, second.load().started());
        }
        for (String other : List.of(".ml-delivery/default-other.json", "default-churn.json", "copy/.ml-delivery/default-churn.json")) {
            Path copy = moved.resolve(other);
            Files.createDirectories(copy.getParent());
            Files.copy(moved.resolve(state), copy);
            try (StateFile third = new StateFile(SafePath.resolve("state", moved, copy), "third", Deployers.key(1))) {
                DeliveryException e = assertThrows(DeliveryException.class, third::load);
                assertEquals(Kind.REFUSED, e.kind());
                assertTrue(e.getMessage(), e.getMessage().contains("or was changed or moved since"));
            }
        }
    }

    /** Host and path are equal in two containers of a CI system. */
    @Test
    public void twoRolloutsThatBeginHaveDifferentHolders() {
        Main.World world =
                new Main.World(System.out, System.err, System.in, false, cli.folder, Map.of("USER", "alice"));
        String first = new DeployModelCommand(world).holder(Path.of("s.json"));
        String second = new DeployModelCommand(world).holder(Path.of("s.json"));
        assertTrue(first,
                first.matches(
                "ml-delivery command line of alice on \\S+, state file \\S+/s.json, rollout [0-9a-f]{8}"));
        assertNotEquals(first, second);
    }

    @Test
    public void theReportNamesTheWholeImageAndADryRunOfTheSameHasNothingToChange() throws Exception {
        try (ToyCluster toy = new ToyCluster(temporary.newFolder("cluster").toPath())) {
            Files.writeString(cli.folder.resolve("kube"), toy.cluster().kubeconfig());
            String image = "registry.test/ml/v1@sha256:" + "0123456789abcdef".repeat(4);
            List<String> line = new ArrayList<>(List.of(
                    "deploy-model", "--name", "churn", "--namespace", "ml", "--image", image, "--replicas", "1", "--report", "report.html"));
            Cli.Outcome installed = cli.run(line.toArray(String[]::new));
            assertEquals(installed.err(), 0, installed.code());
            String report = Files.readString(cli.folder.resolve("report.html"));
            assertTrue(report, report.contains("<p class=\"intro\">churn in namespace ml: " + image + "</p>"));
            line.add("--dry-run");
            Cli.Outcome same = cli.run(line.toArray(String[]::new));
            assertEquals(same.err(), "nothing to change", same.out().strip());
        }
    }

    @Test
    public void aReportThatCanNotBeWrittenDoesNotHideWhyTheRolloutEnded() {
        cli.fails(Kind.INVALID_INPUT, "--name: ", "deploy-model", "--name", "Churn", "--image", "team/churn:1", "--report", "no/such/folder/report.html");
    }
}
