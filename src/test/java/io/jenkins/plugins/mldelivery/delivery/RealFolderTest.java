package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameter;
import org.junit.runners.Parameterized.Parameters;

@RunWith(Parameterized.class)
public class RealFolderTest {
    /** As on Linux, and as on the other systems. */
    @Parameters(name = "openAt {0}")
    public static List<Boolean> ways() {
        return List.of(true, false);
    }

    @Parameter
    public boolean openAt;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path root;
    private Path outside;
    private RealFolder folder;

    @Before
    public void folders() throws Exception {
        root = temporary.newFolder("root").toPath().toRealPath();
        outside = temporary.newFolder("outside").toPath().toRealPath();
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/b/file"), "inside");
        Files.createDirectories(outside.resolve("b"));
        Files.writeString(outside.resolve("b/file"), "outside");
        folder = RealFolder.of(root, openAt);
    }

    @Test
    public void readsAndWritesFiles() throws Exception {
        assertArrayEquals("inside".getBytes(StandardCharsets.UTF_8), folder.read(Path.of("a/b/file"), 6));
        assertThrows(IOException.class, () -> folder.read(Path.of("a/b/file"), 5));
        folder.createFolders(Path.of("c/d/e"));
        try (SeekableByteChannel out = folder.create(Path.of("c/d/e/new"))) {
            out.write(ByteBuffer.wrap(new byte[3]));
        }
        assertThrows(IOException.class, () -> folder.create(Path.of("c/d/e/new")));
        folder.rename(Path.of("c/d/e/new"), Path.of("old"));
        assertEquals(3, folder.attributes(Path.of("c/d/e/old")).size());
        assertNull(folder.attributes(Path.of("c/d/e/new")));
        assertNull(folder.attributes(Path.of("c/x/y")));
        folder.deleteFile(Path.of("c/d/e/old"));
        folder.deleteFile(Path.of("c/d/e/old"));
        assertNull(folder.attributes(Path.of("c/d/e/old")));
    }

    @Test
    public void rightsAndFoldersAreThoseOfTheFolderItself() throws Exception {
        assumeTrue(folder.isPosix());
        try (SeekableByteChannel out = folder.create(
                Path.of("a/secret"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            out.write(ByteBuffer.wrap(new byte[2]));
        }
        assertEquals("rw-------", PosixFilePermissions.toString(folder.permissions(Path.of("a/secret"))));
        assertNull(folder.permissions(Path.of("a/none")));
        try (SeekableByteChannel out = folder.openForWriting(Path.of("a/secret"))) {
            out.write(ByteBuffer.wrap(new byte[] {7}));
        }
        assertArrayEquals("what is there stays", new byte[] {7, 0}, folder.read(Path.of("a/secret"), 2));
        assertThrows(IOException.class, () -> folder.openForWriting(Path.of("a/none")));
        assertThrows("not empty", IOException.class, () -> folder.deleteFolder(Path.of("a")));
        assertThrows("a file", IOException.class, () -> folder.deleteFolder(Path.of("a/secret")));
        folder.createFolders(Path.of("a/empty"));
        folder.deleteFolder(Path.of("a/empty"));
        assertNull(folder.attributes(Path.of("a/empty")));
    }

    @Test
    public void noPartOfAPathIsALink() throws Exception {
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("in"), root.resolve("a"));
        Files.createSymbolicLink(root.resolve("a/link"), outside.resolve("b/file"));
        for (String path : new String[] {"out/b/file", "in/b/file", "a/link", "../outside/b/file", "a/../../outside/b/file", outside.resolve("b/file").toString()}) {
            assertThrows(path, IOException.class, () -> folder.open(Path.of(path)));
            assertThrows(path, IOException.class, () -> folder.create(Path.of(path)));
            assertThrows(path, IOException.class, () -> folder.openForWriting(Path.of(path)));
        }
        Files.createDirectory(outside.resolve("empty"));
        for (String path : new String[] {"out/empty", "out", "in"}) {
            assertThrows(path, IOException.class, () -> folder.deleteFolder(Path.of(path)));
        }
        assertThrows(IOException.class, () -> folder.permissions(Path.of("out/b/file")));
        assertTrue(Files.exists(outside.resolve("empty")));
        assertThrows(IOException.class, () -> folder.create(Path.of("out/new")));
        assertThrows(IOException.class, () -> folder.createFolders(Path.of("out/new")));
        assertThrows(IOException.class, () -> folder.rename(Path.of("a/b/file"), Path.of("../link")));
        assertFalse(Files.exists(outside.resolve("new")));
        Files.createSymbolicLink(root.resolve("a/b/link"), outside.resolve("b/file"));
        assertThrows("a link is not replaced", IOException.class, () -> folder.rename(Path.of("a/b/file"), Path.of("link")));
        folder.deleteFile(Path.of("a/link"));
        assertEquals("only the link is removed", "outside", Files.readString(outside.resolve("b/file")));
        assertThrows(NotDirectoryException.class, () -> RealFolder.of(root.resolve("a/b/file")));
    }

    /** A folder is exchanged for a link that leads out, again and again, while it is read: what is read is never from outside. */
    @Test
    public void aFolderThatIsExchangedForALinkMeanwhileIsNotFollowed() throws Exception {
        assumeTrue("only open directories are safe here", openAt);
        Path moved = root.resolve("moved");
        AtomicBoolean over = new AtomicBoolean();
        Thread attacker = new Thread(() -> {
            try {
                while (!over.get()) {
                    Files.move(root.resolve("a"), moved);
                    Files.createSymbolicLink(root.resolve("a"), outside);
                    Files.delete(root.resolve("a"));
                    Files.move(moved, root.resolve("a"));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        attacker.start();
        int read = 0;
        int refused = 0;
        long end = System.nanoTime() + 5_000_000_000L;
        try {
            while ((read < 200 || refused < 200) && System.nanoTime() < end) {
                try {
                    assertEquals("inside", new String(folder.read(Path.of("a/b/file"), 100), StandardCharsets.UTF_8));
                    read++;
                } catch (IOException e) {
                    refused++;
                }
            }
        } finally {
            over.set(true);
            attacker.join();
        }
        assertTrue(read + " read, " + refused + " refused", read > 0 && refused > 0);
    }
}
