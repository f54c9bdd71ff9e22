package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

public class PlaygroundCommandTest {
    private static final List<String> FREE_PORTS =
            List.of("playground", "--port", "0", "--registry-port", "0", "--load", "0");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Rule
    public final Timeout limit = Timeout.seconds(120);

    private Cli cli;

    @Before
    public void folder() throws Exception {
        cli = new Cli(temporary.newFolder("it's here").toPath().toRealPath());
    }

    /** A playground that runs until it is interrupted. */
    private final class Running implements AutoCloseable {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final Thread thread;
        private int code = -1;

        Running(String... more) throws Exception {
            List<String> args =
                    Stream.concat(FREE_PORTS.stream(), Stream.of(more)).toList();
            thread = new Thread(() -> code = Main.execute(
                    new Main.World(
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            new PrintStream(err, true, StandardCharsets.UTF_8),
                            InputStream.nullInputStream(),
                            false,
                            cli.folder,
                            Map.of()),
                    args.toArray(String[]::new)));
            thread.start();
            Instant end = Instant.now().plus(Duration.ofSeconds(60));
            while (!printed().contains("Stop it with Ctrl+C.")) {
                assertTrue("it ended: " + err, thread.isAlive() && Instant.now().isBefore(end));
                Thread.sleep(20);
            }
        }

        String printed() {
            return out.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
            assertEquals(err.toString(StandardCharsets.UTF_8), Kind.ABORTED.exitCode(), code);
        }
    }

    @Test
    public void theFilesHoldWhatIsNeededAndEndWithIt() throws Exception {
        Path env = cli.folder.resolve("playground.env");
        Path config = cli.folder.resolve("playground.kubeconfig");
        try (Running playground = new Running()) {
            for (Path file : List.of(env, config)) {
                assertEquals(
                        file.toString(),
                        PosixFilePermissions.fromString("rw-------"),
                        Files.getPosixFilePermissions(file));
            }
            Map<String, String> variables = sourced(env);
            assertEquals(config.toString(), variables.get("KUBECONFIG"));
            assertTrue(
                    variables.toString(),
                    variables.get("PLAYGROUND_TOKEN").length() >= 43
                            && variables.get("PLAYGROUND_REGISTRY_PASSWORD").length() >= 43);
            assertTrue(Files.readString(config).contains("token: " + variables.get("PLAYGROUND_TOKEN")));
            String printed = playground.printed();
            assertTrue(printed, printed.contains("playground.env") && printed.contains("playground.kubeconfig"));
            for (String secret : List.of("PLAYGROUND_TOKEN", "PLAYGROUND_REGISTRY_PASSWORD")) {
                assertFalse("a terminal keeps what it shows", printed.contains(variables.get(secret)));
            }

            // What the tutorial does with them.
            cli.variables.putAll(variables);
            Files.createDirectory(cli.folder.resolve("model"));
            Files.writeString(cli.folder.resolve("model/weights.bin"), "weights");
            Files.writeString(cli.folder.resolve("ns.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n");
            String registry = printed.lines()
                    .filter(line -> line.startsWith("registry "))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll(".* ", "");
            Cli.Outcome pushed = cli.run(
                    "build-image",
                    "--model",
                    "model",
                    "--image",
                    registry + "/ml/a:1",
                    "--credentials-id",
                    "playground-registry");
            assertEquals(pushed.err(), 0, pushed.code());
            cli.fails(
                    Kind.REFUSED,
                    "--credentials-id: ",
                    "build-image",
                    "--model",
                    "model",
                    "--image",
                    registry + "/ml/a:1");
            Cli.Outcome provisioned = cli.run("provision", "--dir", ".", "--tool", "kubernetes");
            assertEquals(provisioned.err(), 0, provisioned.code());
        }
        assertFalse("removed", Files.exists(env) || Files.exists(config));
    }

    @Test
    public void aFileThatIsThereIsNeitherOverwrittenNorRemoved() throws Exception {
        for (String option : List.of("kubeconfig", "env-file")) {
            Path mine = cli.folder.resolve("mine");
            Files.writeString(mine, "my clusters");
            Set<String> before = temporaryFolders();
            String error = cli.fails(
                    Kind.INVALID_INPUT,
                    "--" + option + ": '" + mine + "' is there already",
                    args("--" + option, "mine"));
            assertTrue(error, error.contains("not overwritten"));
            assertEquals("my clusters", Files.readString(mine));
            assertEquals("nothing else is left", List.of("mine"), cli.files());
            assertEquals(before, temporaryFolders());
        }
    }

    @Test
    public void aSecondPlaygroundLeavesTheFirstOnesFiles() throws Exception {
        try (Running first = new Running()) {
            String config = Files.readString(cli.folder.resolve("playground.kubeconfig"));
            String variables = Files.readString(cli.folder.resolve("playground.env"));
            cli.fails(Kind.INVALID_INPUT, "--kubeconfig: ", args());
            cli.fails(Kind.INVALID_INPUT, "--env-file: ", args("--kubeconfig", "other"));
            assertEquals(config, Files.readString(cli.folder.resolve("playground.kubeconfig")));
            assertEquals(variables, Files.readString(cli.folder.resolve("playground.env")));
            assertEquals(List.of("playground.env", "playground.kubeconfig"), cli.files());
            try (Running second = new Running("--kubeconfig", "second", "--env-file", "second.env")) {
                assertEquals(4, cli.files().size());
            }
            assertEquals(List.of("playground.env", "playground.kubeconfig"), cli.files());
        }
        assertEquals(List.of(), cli.files());
    }

    @Test
    public void whatIsNoPortAndNoLoadIsNamed() throws Exception {
        for (String wrong : List.of("-1", "65536", "99999")) {
            cli.fails(Kind.INVALID_INPUT, "--port: it must be from 0 to 65535, not " + wrong + ". ", "playground", "--port", wrong, "--registry-port", "0");
            cli.fails(Kind.INVALID_INPUT, "--registry-port: it must be from 0 to 65535, not " + wrong + ". ", "playground", "--registry-port", wrong, "--port", "0");
        }
        for (String wrong : List.of("-5", "2001", "2147483647")) {
            cli.fails(Kind.INVALID_INPUT, "--load: it must be from 0 to 2000, not " + wrong + ". ", "playground", "--port", "0", "--registry-port", "0", "--load", wrong);
        }
        cli.fails(Kind.INVALID_INPUT, "--registry-port: 5001 is the port of the API server already. ", "playground", "--port", "5001");
        assertEquals(List.of(), cli.files());
    }

    @Test
    public void aStartThatFailsRemovesNothingAndLeavesNothing() throws Exception {
        Path mine = cli.folder.resolve("mine");
        Files.writeString(mine, "my clusters");
        Set<String> before = temporaryFolders();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            cli.fails(
                    Kind.FAILED,
                    "--port: the playground can't listen at port " + port + " (Address already in use). ",
                    "playground",
                    "--port",
                    port,
                    "--registry-port",
                    "0",
                    "--kubeconfig",
                    "mine");
            cli.fails(
                    Kind.FAILED,
                    "--registry-port: the playground can't listen at port " + port + " (Address already in use). ",
                    "playground",
                    "--port",
                    "0",
                    "--registry-port",
                    port,
                    "--kubeconfig",
                    "mine");
        }
        assertEquals("my clusters", Files.readString(mine));
        assertEquals(List.of("mine"), cli.files());
        assertEquals("temporary folders are left", before, temporaryFolders());
    }

    @Test
    public void anAbortWhileItStartsLeavesNothing() throws Exception {
        Set<String> before = temporaryFolders();
        List<Integer> codes = new CopyOnWriteArrayList<>();
        Thread thread = new Thread(() -> {
            // As of a signal that came while Java started.
            Thread.currentThread().interrupt();
            codes.add(cli.run(args()).code());
        });
        thread.start();
        thread.join();
        assertEquals(List.of(Kind.ABORTED.exitCode()), codes);
        assertEquals(List.of(), cli.files());
        assertEquals(before, temporaryFolders());
    }

    @Test
    public void aSignalLeavesNothingOfAPlaygroundThatHasJustWrittenAFile() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args("--kubeconfig", cli.folder + "/config", "--env-file", cli.folder + "/env")));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            while (cli.files().isEmpty()) {
                assertTrue("it ended", process.isAlive());
                Thread.sleep(1);
            }
            process.destroy();
            assertEquals("SIGTERM, as shells report it", 143, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
        assertEquals(List.of(), cli.files());
    }

    @Test
    public void anEmptyFileThatAKilledPlaygroundHasLeftIsTaken() throws Exception {
        Path config = cli.folder.resolve("playground.kubeconfig");
        Files.createFile(config, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        try (Running playground = new Running()) {
            assertTrue(Files.readString(config).contains("token: "));
            assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(config));
        }
        assertEquals(List.of(), cli.files());
    }

    @Test
    public void aFileOfItsOwnIsRemovedByAnInterruptedThread() throws Exception {
        OwnFile file = OwnFile.create("kubeconfig", cli.folder, Path.of("mine"), "secrets");
        Thread.currentThread().interrupt();
        file.close();
        assertTrue("the abort goes on", Thread.interrupted());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> OwnFile.create("kubeconfig", cli.folder, Path.of("mine"), "secrets"));
        assertEquals(List.of(), cli.files());
    }

    @Test
    public void aFileThatWasChangedMeanwhileStays() throws Exception {
        Path config = cli.folder.resolve("playground.kubeconfig");
        try (Running playground = new Running()) {
            Files.writeString(config, "clusters that were added");
        }
        assertEquals("clusters that were added", Files.readString(config));
        assertEquals(List.of("playground.kubeconfig"), cli.files());
    }

    @Test
    public void linksAreNotFollowed() throws Exception {
        Path outside = temporary.newFolder("outside").toPath();
        Files.createSymbolicLink(cli.folder.resolve("dangling"), outside.resolve("config"));
        Files.createSymbolicLink(cli.folder.resolve("elsewhere"), outside);
        cli.fails(
                Kind.INVALID_INPUT,
                "--kubeconfig: '" + cli.folder.resolve("dangling") + "' is a link",
                args("--kubeconfig", "dangling"));
        cli.fails(
                Kind.INVALID_INPUT,
                "--kubeconfig: '" + cli.folder.resolve("elsewhere") + "' is a link",
                args("--kubeconfig", "elsewhere/config"));
        cli.fails(
                Kind.INVALID_INPUT,
                "--env-file: '" + cli.folder.resolve("dangling") + "' is a link",
                args("--env-file", cli.folder.resolve("dangling").toString()));
        try (Stream<Path> made = Files.list(outside)) {
            assertEquals(List.of(), made.toList());
        }
    }

    private static String[] args(String... more) {
        return Stream.concat(FREE_PORTS.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private static Set<String> temporaryFolders() throws Exception {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return new TreeSet<>(all.map(f -> f.getFileName().toString())
                    .filter(n -> n.startsWith("ml-delivery-playground-"))
                    .toList());
        }
    }

    /** The variables that a shell has after it read the file. */
    private static Map<String, String> sourced(Path file) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", ". \"$1\" && env", "sh", file.toString()).start();
        Map<String, String> variables = new HashMap<>();
        new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("PLAYGROUND_") || line.startsWith("KUBECONFIG="))
                .forEach(line ->
                        variables.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        assertEquals(0, shell.waitFor());
        return variables;
    }
}
