package io.jenkins.plugins.mldelivery.provision;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;
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
    public void ofABuildNothingLeadsOutOfTheWorkspace() throws Exception {
        Path root = Files.createDirectory(base.resolve("ws"));
        Path elsewhere = Files.createDirectory(base.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("secret.yaml"), "a: 1\n");
        Path infra = Files.createDirectory(root.resolve("infra"));
        Files.writeString(infra.resolve("a.yaml"), "a: 1\n");
        Files.createSymbolicLink(infra.resolve("out.yaml"), elsewhere.resolve("secret.yaml"));
        Files.createSymbolicLink(infra.resolve("in.yaml"), infra.resolve("a.yaml"));
        Files.createSymbolicLink(root.resolve("link"), elsewhere);
        LocalWorkspace build = LocalWorkspace.inside(root);
        for (String path : List.of("../elsewhere", "infra/../../elsewhere", elsewhere.toString(), "link", "/")) {
            for (ThrowingRunnable use : List.<ThrowingRunnable>of(
                    () -> build.isDirectory(path),
                    () -> build.list(path),
                    () -> build.read(path, List.of("secret.yaml"), 100),
                    () -> build.absolute(path))) {
                DeliveryException e = assertThrows(path, DeliveryException.class, use);
                assertTrue(e.getMessage(), e.getMessage().startsWith("dir: '" + path));
                assertTrue(e.getMessage(), e.getMessage().endsWith("leads out of the workspace. Give a path inside it."));
            }
        }
        assertEquals(Map.of("in.yaml", "a: 1\n"), build.read("infra", List.of("in.yaml"), 100));
        assertThrows(DeliveryException.class, () -> build.read("infra", List.of("out.yaml"), 100));
        assertEquals("a person may name it", 1, workspace.list("elsewhere").size());
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
        IOException e = assertThrows(IOException.class, () -> workspace.read(".", List.of("b.yaml"), 100));
        assertEquals("'b.yaml' is not UTF-8 text", e.getMessage());
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
