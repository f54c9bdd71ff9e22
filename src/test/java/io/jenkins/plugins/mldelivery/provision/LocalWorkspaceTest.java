package io.jenkins.plugins.mldelivery.provision;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class LocalWorkspaceTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path base;
    private LocalWorkspace workspace;

    @Before
    public void open() {
        base = temporary.getRoot().toPath();
        workspace = LocalWorkspace.anywhere(base);
    }

    @Test
    public void listsPlainFilesSortedAndReadsThemInTheOrderAskedFor() throws Exception {
        Files.createDirectories(base.resolve("infra/modules"));
        Files.writeString(base.resolve("infra/b.yaml"), "b: ü\n");
        Files.writeString(base.resolve("infra/a.yaml"), "a: 1\n");
        assertTrue(workspace.isDirectory("infra"));
        assertFalse(workspace.isDirectory("infra/a.yaml"));
        assertFalse(workspace.isDirectory("nowhere"));
        assertEquals(List.of("a.yaml", "b.yaml"), workspace.list("infra"));
        assertEquals(
                List.of(Map.entry("b.yaml", "b: ü\n"), Map.entry("a.yaml", "a: 1\n")),
                List.copyOf(workspace
                        .read("infra", List.of("b.yaml", "a.yaml"), 100)
                        .entrySet()));
        assertThrows(IOException.class, () -> workspace.read("infra", List.of("a.yaml", "b.yaml"), 8));
        assertEquals(base.resolve("infra").toString(), workspace.absolute("infra"));
        assertEquals(
                base.resolve("infra").toString(),
                workspace.absolute(base.resolve("infra").toString()));
    }

    @Test
    public void aPipeIsNotReadAndWhatIsNoTextIsNamed() throws Exception {
        assumeTrue("there is no mkfifo", workspace.canRun("mkfifo"));
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", base.resolve("a.yaml").toString())
                        .start()
                        .waitFor());
        assertEquals(List.of(), workspace.list("."));
        assertThrows(IOException.class, () -> workspace.read(".", List.of("a.yaml"), 100));
        Files.write(base.resolve("b.yaml"), new byte[] {'a', -1});
        DeliveryException e =
                assertThrows(DeliveryException.class, () -> workspace.read(".", List.of("b.yaml"), 100));
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        assertEquals("dir: 'b.yaml' is not text in UTF-8. Save it in UTF-8.", e.getMessage());
    }

    /**
     * On an agent the user's paths stay in the workspace: those of the code, of its files, and of the files of
     * variables.
     */
    @Test(timeout = 30_000)
    public void nothingOutsideIsListedOrRead() throws Exception {
        Path outside = temporary.newFolder("outside").toPath();
        Files.writeString(outside.resolve("secret.yaml"), "s: 1");
        Path inside = Files.createDirectories(base.resolve("ws/infra"));
        Files.writeString(inside.resolve("a.yaml"), "a: 1");
        Files.createSymbolicLink(inside.resolve("b.yaml"), Path.of("a.yaml"));
        Files.createSymbolicLink(base.resolve("ws/linked"), inside);
        LocalWorkspace bounded = LocalWorkspace.inside(base.resolve("ws"));
        assertEquals(List.of("a.yaml", "b.yaml"), bounded.list("linked"));
        assertEquals(Map.of("b.yaml", "a: 1"), bounded.read("linked", List.of("b.yaml"), 100));
        assertEquals(inside.toRealPath().toString(), bounded.absolute("linked"));
        bounded.check("dir", null, "linked");
        bounded.check("dir", null, "not-yet");
        bounded.check("varFiles", "infra", "../prod.tfvars");

        Files.createSymbolicLink(inside.resolve("link.yaml"), outside.resolve("secret.yaml"));
        Files.createSymbolicLink(base.resolve("ws/out"), outside);
        for (String path : new String[] {"out", "../outside", outside.toString(), "infra/../../outside"}) {
            DeliveryException e = assertThrows(path, DeliveryException.class, () -> bounded.check("dir", null, path));
            assertEquals("dir: '" + path + "' leads out of the workspace. Give a path inside it.", e.getMessage());
            assertThrows(path, DeliveryException.class, () -> bounded.isDirectory(path));
            assertThrows(path, DeliveryException.class, () -> bounded.list(path));
            assertThrows(path, DeliveryException.class, () -> bounded.absolute(path));
            assertThrows(path, DeliveryException.class, () -> bounded.read(path, List.of("secret.yaml"), 100));
        }
        assertThrows(DeliveryException.class, () -> bounded.read("infra", List.of("link.yaml"), 100));
        assertThrows(DeliveryException.class, () -> bounded.read("infra", List.of("../../outside/secret.yaml"), 100));
        for (String file : new String[] {
            "../../outside/secret.yaml", outside.resolve("secret.yaml").toString(), "link.yaml"
        }) {
            assertEquals(
                    "varFiles",
                    assertThrows(file, DeliveryException.class, () -> bounded.check("varFiles", "infra", file))
                            .parameter());
        }
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", inside.resolve("pipe.yaml").toString())
                        .start()
                        .waitFor());
        assertThrows(IOException.class, () -> bounded.read("infra", List.of("pipe.yaml"), 100));
        assertEquals(
                "the user of a command line may name any path",
                List.of("secret.yaml"),
                LocalWorkspace.anywhere(base.resolve("ws")).list("out"));
    }

    @Test
    public void digestsAFile() throws Exception {
        Files.writeString(base.resolve("plan"), "abc");
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", workspace.sha256("plan"));
    }

    @Test
    public void whatIsPrivateIsForTheOwnerAloneAndGoesWithAllInIt() throws Exception {
        assumeTrue(
                "no POSIX permissions here",
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        Path folder = Path.of(workspace.createPrivateDirectory());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        assertFalse(folder.startsWith(base));
        Path file = folder.resolve("variables.json");
        workspace.writePrivate(file.toString(), "one");
        workspace.writePrivate(file.toString(), "two");
        assertEquals("two", Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Files.createDirectories(folder.resolve("deep/er"));
        Path outside = Files.writeString(base.resolve("outside"), "stays");
        Files.createSymbolicLink(folder.resolve("deep/link"), base);
        workspace.deleteDirectory(folder.toString());
        assertFalse(Files.exists(folder));
        assertTrue("a link was followed", Files.exists(outside));
        workspace.deleteDirectory(folder.toString());
    }

    /** The plan of a command that was killed holds secrets, and nobody else would remove it. */
    @Test(timeout = 60_000)
    public void whatAKilledCommandLeftIsRemovedByTheNextOneAndALiveOnesStays() throws Exception {
        Process first = holder();
        String killed = line(first);
        try {
            Process second = holder();
            String live = line(second);
            try {
                assertTrue("the first one still ran", Files.exists(Path.of(killed, "plan")));
                first.destroyForcibly().waitFor();
                Process third = holder();
                line(third);
                third.destroyForcibly().waitFor();
                assertFalse(Files.exists(Path.of(killed)));
                assertTrue(Files.exists(Path.of(live, "plan")));
            } finally {
                second.destroyForcibly().waitFor();
            }
        } finally {
            first.destroyForcibly().waitFor();
        }
    }

    private Process holder() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + base,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String line(Process process) throws Exception {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** Another command with a plan. */
    public static final class Holder {
        private Holder() {}

        /** Makes a private folder, tells its path, and waits to be killed. */
        public static void main(String[] args) throws Exception {
            LocalWorkspace workspace = LocalWorkspace.anywhere(Path.of(""));
            String folder = workspace.createPrivateDirectory();
            workspace.writePrivate(folder + "/plan", "secret");
            System.out.println(folder);
            Thread.sleep(60_000);
        }
    }

    @Test
    public void knowsWhichProgramsCanBeRun() throws Exception {
        assumeTrue("there is no sh", Files.isExecutable(Path.of("/bin/sh")));
        assertTrue(workspace.canRun("sh"));
        assertTrue(workspace.canRun("/bin/sh"));
        assertFalse(workspace.canRun("no-such-program"));
        assertFalse(workspace.canRun("/no/such/program"));
        Files.writeString(base.resolve("tool"), "#!/bin/sh\n");
        assertFalse(workspace.canRun("./tool"));
        assertTrue(base.resolve("tool").toFile().setExecutable(true));
        assertTrue(workspace.canRun("./tool"));
        assertFalse("a folder is no program", workspace.canRun(base.toString()));
    }
}
