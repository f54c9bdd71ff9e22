package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;
import picocli.CommandLine;

/**
 * Whatever a text from outside holds, the terminal, the log and the files get nothing that acts on them, and no line
 * that the program did not write.
 */
public class HostileTextsTest {
    /**
     * Hidden text and Jenkins' console notes, a forged line, C1, bidirectional overrides, markup, the end of a CDATA
     * section, half a character, and what XML can't hold.
     */
    private static final String HOSTILE = "a\u001b[8mha:AAAA\n"
            + "PROMOTED: x\r"
            + "\u0085PROMOTED:"
            + " y\u009b2J\u202eevil\u2066\u200b<script>alert(1)</script>]]>&\"'\u0000\u0007\ud800\u2028PROMOTED:"
            + " z\ufffe\tb";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private Cli cli;

    @Before
    public void folder() throws Exception {
        cli = new Cli(temporary.newFolder("work").toPath().toRealPath());
    }

    private static void assertHarmless(String where, String text) {
        text.codePoints()
                .filter(c -> c != '\n')
                .forEach(c -> assertTrue(
                        where + " has U+" + Integer.toHexString(c) + ":\n" + text,
                        !Character.isISOControl(c)
                                && Character.getType(c) != Character.FORMAT
                                && Character.getType(c) != Character.SURROGATE
                                && Character.getType(c) != Character.LINE_SEPARATOR
                                && c != 0xfffe));
        assertTrue(where + " has a forged line:\n" + text, text.lines().noneMatch(line -> line.strip()
                .startsWith("PROMOTED")));
    }

    private static List<Event> events() {
        Instant at = Instant.EPOCH;
        Event.Stage stage = Event.Stage.DEPLOY;
        return List.of(
                new Event.Started(at, stage, HOSTILE),
                new Event.Note(at, stage, Event.Level.INFO, HOSTILE),
                new Event.Note(at, stage, Event.Level.ERROR, HOSTILE),
                new Event.Progress(at.plusSeconds(20), stage, HOSTILE, 1, 2, "pods"),
                new Event.Progress(at.plusSeconds(40), stage, HOSTILE, 1, -1, "bytes"),
                new Event.TrafficShifted(at, HOSTILE, 25, 25),
                new Event.CheckSampled(
                        at.plusSeconds(60), HOSTILE, 0, 0, 1, 0, 2, 3, null, HOSTILE, Event.Measure.RATE, Event.Band.NONE),
                new Event.Decided(at, HOSTILE, false, HOSTILE, HOSTILE),
                new Event.Finished(at, stage, false, HOSTILE),
                new Event.Finished(at, Event.Stage.BUILD_IMAGE, true, HOSTILE));
    }

    @Test
    public void noEventActsOnTheConsole() {
        for (boolean terminal : new boolean[] {false, true}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ConsoleEvents console = new ConsoleEvents(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, true);
            events().forEach(console::accept);
            console.finish();
            String shown = bytes.toString(StandardCharsets.UTF_8);
            // Its own colours, and the live line without wrapping and its removal.
            String text = shown.replaceAll("\u001b\\[(0|1|2|3[123]|1;3[12])m|\r\u001b\\[2K|\u001b\\[[?]7[lh]", "");
            assertHarmless("terminal " + terminal, text);
            assertTrue(
                    "shown, not swallowed: " + text,
                    text.contains("\\u001b[8mha:AAAA\\nPROMOTED: x") && text.contains("\\u202eevil"));
            if (!terminal) {
                assertEquals(
                        "its lines are its own",
                        events().size() - 1,
                        text.lines().count());
            }
        }
    }

    @Test
    public void noFailureActsOnTheConsole() throws Exception {
        IOException cause = new IOException(HOSTILE, new IllegalStateException(HOSTILE));
        cause.addSuppressed(new IOException(HOSTILE));
        List<Exception> failures = List.of(
                cause,
                new IllegalArgumentException(HOSTILE),
                DeliveryException.failed("image", HOSTILE, HOSTILE, cause),
                new DeliveryException(DeliveryException.Kind.FAILED, null, HOSTILE, null, new Error(HOSTILE)));
        for (Exception failure : failures) {
            for (String[] args : new String[][] {{}, {"--verbose"}}) {
                ByteArrayOutputStream err = new ByteArrayOutputStream();
                Main.World world = new Main.World(
                        System.out,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        InputStream.nullInputStream(),
                        false,
                        cli.folder,
                        Map.of());
                CommandLine command = new CommandLine(new BuildImageCommand(world));
                List<String> line = new ArrayList<>(List.of("--model", "m", "--image", "i"));
                line.addAll(List.of(args));
                new Failures(world)
                        .handleExecutionException(failure, command, command.parseArgs(line.toArray(String[]::new)));
                String text = err.toString(StandardCharsets.UTF_8);
                assertHarmless("failure", text.replace("\tat ", "at ").replaceAll("(?m)^\t+", ""));
                assertTrue(text, text.contains("\\u001b[8mha:"));
            }
        }
    }

    @Test
    public void noArgumentActsOnTheConsole() {
        for (String[] args : new String[][] {
            {"build-image", "--" + HOSTILE},
            {HOSTILE},
            {"build-image", "--model", "m", "--image", HOSTILE},
            {"build-image", "--model", "m", "--image", "i", "--port", HOSTILE},
            {"deploy-model", "--name", HOSTILE, "--image", "a:1"},
            {"deploy-model", "--name", "a", "--image", "a:1", "--checks", HOSTILE},
            {"deploy-model", "--name", "a", "--image", "a:1", "--autoscale", HOSTILE},
            {"demo", "--candidate", HOSTILE},
            {"verify-metrics", "--replay", HOSTILE, "--checks", "errorRate", "--prometheus", "http://127.0.0.1:1"},
            {"provision", "--dir", "a\u001b[8mb\nPROMOTED: x"},
            {"provision", "--dir", ".", "--tool", HOSTILE},
            {"verify-metrics", "--checks", "errorRate", "--prometheus", HOSTILE},
            {"help", HOSTILE},
        }) {
            Cli.Outcome outcome = cli.run(args);
            assertTrue(String.join(" ", args), outcome.code() != 0);
            assertHarmless(String.join(" ", args), outcome.err() + outcome.out());
        }
    }

    @Test
    public void namesOfFilesActOnNothing() throws Exception {
        String name = "report\u001b[8m\u202e\nPROMOTED: x.html";
        cli.variables.put("KUBECONFIG", "kube");
        Kubeconfigs.write(cli.folder.resolve("kube"), LoopbackServer.closedPort());
        Cli.Outcome outcome = cli.run(
                "deploy-model", "--name", "churn", "--image", "team/churn:1", "--timeout", "1s", "--report", name);
        assertHarmless("report", outcome.err());
        assertTrue(outcome.err(), outcome.err().contains("report\\u001b[8m\\u202e\\nPROMOTED: x.html"));
    }

    @Test
    public void jsonIsValidAndActsOnNothing() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Main.World world = new Main.World(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                System.err,
                InputStream.nullInputStream(),
                false,
                cli.folder,
                Map.of());
        OutputOptions options = new OutputOptions();
        options.json = true;
        String kept = HOSTILE.replace("\ud800", "");
        options.result(world, Map.of(kept, List.of(kept, 1.5, "größe 分類 😀"), "number", Double.NaN));
        String text = out.toString(StandardCharsets.UTF_8);
        assertHarmless("json", text);
        JsonNode read = new ObjectMapper().readTree(text);
        assertEquals("the values are the same", kept, read.path(kept).path(0).asText());
        assertEquals("größe 分類 😀", read.path(kept).path(2).asText());
        assertTrue("letters stay readable", text.contains("größe 分類 😀"));
    }

    @Test
    public void whatAClusterHoldsActsOnNothingInADryRun() throws Exception {
        String planted = "x\u001b[8mha:\u202e\u009b2J\nPROMOTED: x\u0085\u2028<script>";
        try (ToyCluster toy = new ToyCluster(temporary.newFolder("cluster").toPath())) {
            Files.writeString(cli.folder.resolve("kube"), toy.cluster().kubeconfig());
            cli.variables.put("KUBECONFIG", "kube");
            String[] deploy = {
                "deploy-model",
                "--name",
                "churn",
                "--namespace",
                "ml",
                "--image",
                "registry.test/ml/v1",
                "--replicas",
                "1",
                "--hold",
                "0s"
            };
            Cli.Outcome installed = cli.run(deploy);
            assertEquals(installed.err(), 0, installed.code());
            toy.client()
                    .apps()
                    .deployments()
                    .inNamespace("ml")
                    .withName("churn")
                    .edit(d -> new DeploymentBuilder(d)
                            .editMetadata()
                            .addToAnnotations("planted", planted)
                            .addToLabels("app.kubernetes.io/name", "other")
                            .endMetadata()
                            .editSpec()
                            .editTemplate()
                            .editSpec()
                            .editContainer(0)
                            .addNewEnv()
                            .withName("PLANTED")
                            .withValue(planted)
                            .endEnv()
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());
            toy.client()
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("c")
                            .withNamespace("ml")
                            .endMetadata()
                            .addToData("a", planted)
                            .build())
                    .create();
            deploy[6] = "registry.test/ml/v2";
            List<String> dry = new ArrayList<>(List.of(deploy));
            dry.add("--dry-run");
            Cli.Outcome shown = cli.run(dry.toArray(String[]::new));
            assertEquals(shown.err(), 0, shown.code());
            assertTrue(shown.out(), shown.out().contains("registry.test/ml/v2"));
            assertHarmless("dry run", shown.out() + shown.err());
        }
    }

    @Test
    public void whatAServerAnswersActsOnNothing() throws Exception {
        String body = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":"
                + new ObjectMapper().writeValueAsString(HOSTILE.replace("\ud800", "")) + "}";
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(400, body))) {
            Cli.Outcome outcome = cli.run(
                    "verify-metrics",
                    "--checks",
                    "threshold: {name: t, query: q, max: 1}",
                    "--prometheus",
                    server.url(),
                    "--interval",
                    "100ms",
                    "--timeout",
                    "1s",
                    "--verbose");
            assertTrue(outcome.err(), outcome.code() != 0 && outcome.err().contains("\\u001b[8mha:"));
            assertHarmless(
                    "prometheus", outcome.err().replace("\tat ", "at ").replaceAll("(?m)^\t+", "") + outcome.out());
        }
    }

    @Test
    public void reportsOfAHostileServerAreWhole() throws Exception {
        String label = "x\u001b[8mha:\u202e\u009b2J]]><script>";
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(
                200,
                "http_requests_total{code=\"200\",pod=\"" + r.path() + label + "\"} 5\n# HELP x " + label + "\n"))) {
            Cli.Outcome outcome = cli.run(
                    "verify-metrics",
                    "--checks",
                    "errorRate",
                    "--scrape-canary",
                    server.url() + "/a",
                    "--scrape-stable",
                    server.url() + "/b",
                    "--interval",
                    "100ms",
                    "--timeout",
                    "1s",
                    "--report-json",
                    "r.json",
                    "--report-junit",
                    "r.xml",
                    "--json");
            assertEquals(outcome.err(), DeliveryException.Kind.INCONCLUSIVE.exitCode(), outcome.code());
            assertHarmless("json", Files.readString(cli.folder.resolve("r.json")) + outcome.out() + outcome.err());
            assertEquals(
                    Verdict.INCONCLUSIVE.word(),
                    new ObjectMapper()
                            .readTree(cli.folder.resolve("r.json").toFile())
                            .path("verdict")
                            .asText());
            assertHarmless("junit", Files.readString(cli.folder.resolve("r.xml")));
        }
    }
}
