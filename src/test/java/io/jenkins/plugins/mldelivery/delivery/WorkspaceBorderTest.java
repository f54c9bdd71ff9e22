package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class WorkspaceBorderTest {
    private static final byte[] TEXT = "new".getBytes(StandardCharsets.UTF_8);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path workspace;
    private Path outside;
    private WorkspaceBorder border;

    @Before
    public void folders() throws Exception {
        workspace = temporary.newFolder("ws").toPath().toRealPath();
        outside = temporary.newFolder("outside").toPath().toRealPath();
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createDirectories(workspace.resolve("a/b"));
        Files.writeString(workspace.resolve("a/file"), "file");
        border = WorkspaceBorder.inside(workspace);
    }

    @Test
    public void whatIsInsideIsFound() throws Exception {
        assertEquals(Optional.of(workspace.resolve("a/file")), border.find("model", "a/file"));
        assertEquals(Optional.of(workspace.resolve("a/file")), border.find("model", "a/b/../file"));
        assertEquals(Optional.of(workspace.resolve("a/file")), border.find("model", workspace.resolve("a/file").toString()));
        assertEquals(Optional.of(workspace), border.find("model", "."));
        assertEquals(Optional.empty(), border.find("model", "a/none/deeper"));
        assertEquals(Optional.empty(), WorkspaceBorder.inside(workspace.resolve("not-yet")).find("model", "m"));
    }

    @Test
    public void linksThatStayInsideWork() throws Exception {
        Files.createSymbolicLink(workspace.resolve("link"), Path.of("a"));
        Files.createSymbolicLink(workspace.resolve("absolute"), workspace.resolve("a"));
        assertEquals(Optional.of(workspace.resolve("a/file")), border.find("model", "link/file"));
        assertEquals(Optional.of(workspace.resolve("a/file")), border.find("model", "absolute/file"));
        border.write("reportJson", "link/report", TEXT);
        assertEquals("new", Files.readString(workspace.resolve("a/report")));
    }

    @Test
    public void aWorkspaceUnderALinkIsTheRealOne() throws Exception {
        Path link = Files.createSymbolicLink(temporary.getRoot().toPath().resolve("home"), workspace);
        WorkspaceBorder under = WorkspaceBorder.inside(link);
        assertEquals(Optional.of(workspace.resolve("a/file")), under.find("model", "a/file"));
        assertEquals(Optional.of(workspace.resolve("a/file")), under.find("model", link.resolve("a/file").toString()));
        assertEquals(Optional.of(workspace.resolve("a/file")), under.find("model", workspace.resolve("a/file").toString()));
        under.write("reportJson", link.resolve("out/report").toString(), TEXT);
        assertEquals("new", Files.readString(workspace.resolve("out/report")));
    }

    @Test
    public void nothingLeadsOutForReadingOrWriting() throws Exception {
        Files.createSymbolicLink(workspace.resolve("out"), outside);
        Files.createSymbolicLink(workspace.resolve("a/deep"), Path.of("../../outside"));
        Files.createSymbolicLink(workspace.resolve("chain"), Path.of("a/deep"));
        Files.createSymbolicLink(workspace.resolve("file"), outside.resolve("secret"));
        for (String path : new String[] {
            "..", "../outside/secret", "a/../../outside/secret", outside.resolve("secret").toString(), "out", "out/secret", "out/none", "a/deep/secret",
            "chain/secret", "chain", "file", "/", workspace + "/../outside/secret", "../ws2", workspace.getParent().toString()
        }) {
            assertOutside(path, assertThrows(path, DeliveryException.class, () -> border.find("model", path)));
            assertOutside(path, assertThrows(path, DeliveryException.class, () -> border.target("layout", path)));
            DeliveryException e = assertThrows(path, DeliveryException.class, () -> border.write("reportJson", path, TEXT));
            assertEquals(e.getMessage(), DeliveryException.Kind.INVALID_INPUT, e.kind());
        }
        assertEquals("secret", Files.readString(outside.resolve("secret")));
        assertFalse(Files.exists(outside.resolve("none")));
    }

    private static void assertOutside(String path, DeliveryException e) {
        assertTrue(e.getMessage(), e.getMessage().endsWith(": '" + path + "' leads out of the workspace. Give a path inside it."));
    }

    @Test
    public void whatIsNotAPathIsRefused() {
        for (String path : new String[] {"", " ", "a\0b", "C:\\model", "C:/model", "x".repeat(5000), null}) {
            DeliveryException e = assertThrows(path, DeliveryException.class, () -> border.find("model", path));
            assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
            assertThrows(path, DeliveryException.class, () -> border.target("model", path));
        }
    }

    @Test
    public void linksToNothingAndLoopsAreNamed() throws Exception {
        Files.createSymbolicLink(workspace.resolve("gone"), workspace.resolve("nothing"));
        Files.createSymbolicLink(workspace.resolve("loop"), workspace.resolve("loop"));
        DeliveryException gone = assertThrows(DeliveryException.class, () -> border.find("model", "gone/x"));
        assertTrue(gone.getMessage(), gone.getMessage().contains("link that points to nothing"));
        assertThrows(DeliveryException.class, () -> border.find("model", "loop"));
        assertThrows(DeliveryException.class, () -> border.target("model", "loop/x"));
        assertThrows(DeliveryException.class, () -> border.write("reportJson", "gone", TEXT));
        assertFalse(Files.exists(workspace.resolve("nothing")));
    }

    @Test
    public void writingReplacesAFileAndNothingElse() throws Exception {
        border.write("reportJson", "a/file", TEXT);
        assertEquals("new", Files.readString(workspace.resolve("a/file")));
        border.write("reportJson", "x/y/z", TEXT);
        assertEquals("new", Files.readString(workspace.resolve("x/y/z")));
        Files.createSymbolicLink(workspace.resolve("inner"), workspace.resolve("a/file"));
        for (String path : new String[] {"a", ".", "inner", "a/file/below"}) {
            assertThrows(path, DeliveryException.class, () -> border.write("reportJson", path, "bad".getBytes(StandardCharsets.UTF_8)));
        }
        assertEquals("new", Files.readString(workspace.resolve("a/file")));
        assertTrue(Files.isSymbolicLink(workspace.resolve("inner")));
        assertEquals("no temporary file is left", 2, Files.list(workspace.resolve("a")).count());
    }

    @Test
    public void aPipeIsNeitherReadNorWritten() throws Exception {
        Path pipe = workspace.resolve("a/pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertThrows(DeliveryException.class, () -> border.write("reportJson", "a/pipe", TEXT));
        assertThrows(java.io.IOException.class, () -> border.holder(pipe).open(workspace.relativize(pipe)));
        assertThrows(java.io.IOException.class, () -> border.holder(pipe).open(Path.of("a/pipe/below")));
        assertTrue(Files.exists(pipe, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    public void withoutABorderAnyPathGoes() throws Exception {
        WorkspaceBorder anywhere = WorkspaceBorder.anywhere(workspace);
        Files.createSymbolicLink(workspace.resolve("out"), outside);
        assertEquals(Optional.of(outside.resolve("secret")), anywhere.find("model", "../outside/secret"));
        assertEquals(Optional.of(outside.resolve("secret")), anywhere.find("model", "out/secret"));
        anywhere.write("reportJson", outside.resolve("r/report").toString(), TEXT);
        assertEquals("new", Files.readString(outside.resolve("r/report")));
        assertEquals(outside.resolve("new"), anywhere.target("layout", "out/new"));
        assertEquals(outside, anywhere.holder(outside.resolve("secret")).path());
        assertEquals(Optional.empty(), anywhere.find("model", "none"));
    }
}
