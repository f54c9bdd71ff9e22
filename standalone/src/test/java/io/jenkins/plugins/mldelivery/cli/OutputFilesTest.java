package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

/**
 * Every file that a command writes: whole or not at all, private where it must be, and never through a link or over
 * something that is no file.
 */
public class OutputFilesTest {
    private static final String MINE = "mine";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private Cli cli;
    private Path outside;
    private Path precious;

    @Before
    public void folders() throws Exception {
        cli = new Cli(temporary.newFolder("work").toPath().toRealPath());
        outside = temporary.newFolder("outside").toPath().toRealPath();
        precious = Files.writeString(outside.resolve("precious"), MINE);
        Kubeconfigs.write(cli.folder.resolve("kube"), LoopbackServer.closedPort());
        cli.variables.put("KUBECONFIG", "kube");
    }

    private String deploy(Kind kind, String beginning, String... more) {
        return cli.fails(kind, beginning, with(more, "deploy-model", "--name", "churn", "--image", "team/churn:1"));
    }

    private void verify(String beginning, String... more) {
        String nowhere = "http://127.0.0.1:1/";
        cli.fails(
                Kind.INVALID_INPUT,
                beginning,
                with(more, "verify-metrics", "--checks", "errorRate", "--scrape-canary", nowhere, "--scrape-stable", nowhere));
    }

    private static String[] with(String[] more, String... command) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    private void assertOutsideIsUntouched() throws Exception {
        assertEquals(MINE, Files.readString(precious));
        try (Stream<Path> all = Files.list(outside)) {
            assertEquals(List.of(precious), all.toList());
        }
    }

    @Test
    public void aReportIsRefusedBeforeTheWorkWhenItsPlaceIsALink() throws Exception {
        Files.createSymbolicLink(cli.folder.resolve("file-link"), precious);
        Files.createSymbolicLink(cli.folder.resolve("dangling"), outside.resolve("new"));
        Files.createSymbolicLink(cli.folder.resolve("folder-link"), outside);
        for (String place : List.of(
                "file-link",
                "dangling",
                "folder-link/new",
                "./a/../folder-link/b/new",
                cli.folder.resolve("file-link").toString())) {
            deploy(Kind.INVALID_INPUT, "--report: '", "--report", place);
            cli.fails(Kind.INVALID_INPUT, "--report: '", "demo", "--report", place);
            verify("--report-json: '", "--report-json", place);
            verify("--report-junit: '", "--report-junit", place);
            deploy(Kind.INVALID_INPUT, "--state: '", "--state", place);
        }
        cli.fails(Kind.INVALID_INPUT, "Invalid value for option '--candidate': expected good, bad or both but was 'nix'. ", "demo", "--candidate", "nix");
        cli.fails(Kind.INVALID_INPUT, "--report: '.' is there and is not a file", "demo", "--report", ".");
        assertOutsideIsUntouched();
    }

    @Test
    public void aCheckedOutRepositoryCanNotLeadTheStateElsewhere() throws Exception {
        Files.createSymbolicLink(cli.folder.resolve(".ml-delivery"), outside);
        String error = deploy(Kind.INVALID_INPUT, "--state: '");
        assertTrue(error, error.contains(".ml-delivery' is a link, which is not followed. "));
        assertOutsideIsUntouched();
        Files.delete(cli.folder.resolve(".ml-delivery"));

        Files.createDirectory(cli.folder.resolve(".ml-delivery"));
        Files.createSymbolicLink(cli.folder.resolve(".ml-delivery/default-churn.json.lock"), precious);
        deploy(Kind.FAILED, "--state: could not lock '");
        assertOutsideIsUntouched();
    }

    @Test
    public void folderIsTheUsersOwnChoiceWhereItIsNotBelowTheWorkingFolder() throws Exception {
        Path link = Files.createSymbolicLink(
                temporary.getRoot().toPath().toRealPath().resolve("reports"), outside);
        Path written = OutputFile.write("report", cli.folder, link.resolve("sub/report.html"), "report", "");
        assertEquals("report", Files.readString(outside.resolve("sub/report.html")));
        assertEquals(link.resolve("sub/report.html"), written);
    }

    @Test
    public void aReportReplacesTheEarlierOneAsAWhole() throws Exception {
        Path report = OutputFile.write("report", cli.folder, Path.of("a/report.html"), "first", "");
        Files.setPosixFilePermissions(report, PosixFilePermissions.fromString("rw-r-----"));
        Path second = Files.createLink(cli.folder.resolve("a/kept"), report);
        assertEquals(report, OutputFile.write("report", cli.folder, Path.of("a/report.html"), "second", ""));
        assertEquals("second", Files.readString(report));
        assertEquals("it was not written into", "first", Files.readString(second));
        assertEquals(
                "its readers stay the same",
                "rw-r-----",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(report)));

        Files.createDirectory(cli.folder.resolve("b"));
        Files.setPosixFilePermissions(cli.folder.resolve("b"), PosixFilePermissions.fromString("r-xr-xr-x"));
        if (!Files.isWritable(cli.folder.resolve("b"))) {
            DeliveryException e = assertThrows(
                    DeliveryException.class,
                    () -> OutputFile.write("report", cli.folder, Path.of("b/report.html"), "x", "Give another file."));
            assertTrue(e.getMessage(), e.getMessage().endsWith("Give another file."));
        }
        assertEquals(List.of("a", "a/kept", "a/report.html", "b", "kube"), cli.files());
    }

    @Test
    public void theStateIsPrivateAndNothingElseIsLeft() throws Exception {
        Path state = cli.folder.resolve("s/state.json");
        // What an earlier version wrote first; a link there was followed.
        Files.createDirectory(cli.folder.resolve("s"));
        Files.createSymbolicLink(cli.folder.resolve("s/state.json.new"), precious);
        try (StateFile file = new StateFile(SafePath.of(state), "me", Deployers.key(1))) {
            file.lock(Duration.ofMinutes(1), () -> fail("nobody has it"));
            assertNull(file.load());
            file.save(RolloutState.initial(Instant.EPOCH, "0123456789"));
            assertNotNull(file.load());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(cli.folder.resolve("s/state.json.lock"))));
        }
        assertEquals(List.of("kube", "s", "s/state.json", "s/state.json.lock", "s/state.json.new"), cli.files());
        assertOutsideIsUntouched();
    }

    /** What a checkout that goes on beside, or whoever else may write there, can do between a look and a write. */
    private void exchange(String folder) throws Exception {
        Files.move(cli.folder.resolve(folder), cli.folder.resolve(folder + "-before"));
        Files.createSymbolicLink(cli.folder.resolve(folder), outside);
    }

    @Test
    public void aFolderThatIsExchangedForALinkMeanwhileLeadsNothingOut() throws Exception {
        SafePath report = SafePath.resolve("report", cli.folder, Path.of("reports/precious"));
        report.makeFolders();
        exchange("reports");
        assertThrows(IOException.class, () -> OutputFile.replacePrivate(report, new byte[1]));
        assertThrows(IOException.class, report::makeFolders);

        StateFile state = new StateFile(SafePath.resolve("state", cli.folder, Path.of("s/state.json")), "me", Deployers.key(1));
        state.lock(Duration.ofMinutes(1), () -> fail("nobody has it"));
        exchange("s");
        DeliveryException e = assertThrows(
                DeliveryException.class, () -> state.save(RolloutState.initial(Instant.EPOCH, "0123456789")));
        assertTrue(e.getMessage(), e.getMessage().startsWith("state: could not write '" + cli.folder.resolve("s/state.json")));
        assertThrows(DeliveryException.class, state::load);
        state.close();
        assertOutsideIsUntouched();

        OwnFile kubeconfig = OwnFile.create("kubeconfig", cli.folder, Path.of("precious"), MINE);
        kubeconfig.close();
        Files.createDirectory(cli.folder.resolve("k"));
        OwnFile below = OwnFile.create("kubeconfig", cli.folder, Path.of("k/precious"), MINE);
        exchange("k");
        assertThrows(IOException.class, below::close);
        assertOutsideIsUntouched();
    }

    @Test
    public void aLockThatHoldsSomethingElseIsNotRemoved() throws Exception {
        Files.writeString(cli.folder.resolve("notes.lock"), MINE);
        try (StateFile file = new StateFile(SafePath.of(cli.folder.resolve("notes")), "me", Deployers.key(1))) {
            file.lock(Duration.ofMinutes(1), () -> fail("nobody has it"));
        }
        assertEquals(MINE, Files.readString(cli.folder.resolve("notes.lock")));
    }

    @Test
    public void aStateThatIsAPipeOrEndlessDoesNotHoldUp() throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", cli.folder.resolve("pipe").toString())
                        .start()
                        .waitFor());
        deploy(Kind.INVALID_INPUT, "--state: 'pipe' is there and is not a file", "--state", "pipe");
        deploy(Kind.INVALID_INPUT, "--state: '/dev/zero' is there and is not a file", "--state", "/dev/zero");
        Path large = cli.folder.resolve("large");
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        deploy(Kind.FAILED, "--state: could not read '", "--state", "large");
        assertTrue(Files.exists(large));
        // Of a few bytes each, such values take twenty times as much memory.
        Files.writeString(large, "[" + "{},".repeat(200 * 1024) + "{}]");
        deploy(Kind.FAILED, "--state: could not read '", "--state", "large");
    }

    @Test
    public void aProcessThatWaitedForARemovedLockDoesNotWorkBesideAnother() throws Exception {
        Path state = cli.folder.resolve("state.json");
        for (int round = 0; round < 2; round++) {
            Process first = StateFileLocker.start(state);
            boolean[] waited = {false};
            try (StateFile second = new StateFile(SafePath.of(state), "second", Deployers.key(1))) {
                second.lock(Duration.ofMinutes(1), () -> {
                    waited[0] = true;
                    try {
                        first.getOutputStream().close();
                        // It removes the lock file now, and a third makes a new one at once.
                        assertEquals(0, first.waitFor());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
                assertTrue(waited[0]);
                Process third = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                StateFileLocker.class.getName(),
                                state.toString())
                        .start();
                try {
                    assertFalse(
                            "two work with the same state",
                            third.waitFor(1500, java.util.concurrent.TimeUnit.MILLISECONDS)
                                    || third.inputReader().ready());
                } finally {
                    third.destroyForcibly().waitFor();
                }
            }
        }
    }
}
