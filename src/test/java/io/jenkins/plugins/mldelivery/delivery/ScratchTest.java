package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ScratchTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path parent;

    @Before
    public void place() {
        parent = temporary.getRoot().toPath().resolve("ws@tmp");
    }

    private List<Path> left() throws Exception {
        try (Stream<Path> all = Files.list(parent)) {
            return all.toList();
        }
    }

    @Test
    public void itIsForItsOwnerAloneAndGoesWithAllInIt() throws Exception {
        try (Scratch scratch = Scratch.create("image", parent)) {
            assertEquals(parent, scratch.folder().getParent());
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.folder())));
            Files.writeString(scratch.file("weights"), "x");
            Path outside = Files.writeString(temporary.getRoot().toPath().resolve("outside"), "x");
            Files.createSymbolicLink(scratch.file("link"), outside.getParent());
        }
        assertEquals(List.of(), left());
        assertTrue("no link was followed", Files.exists(temporary.getRoot().toPath().resolve("outside")));
    }

    @Test
    public void aFolderOfTheSameProgramIsLeftAlone() throws Exception {
        try (Scratch first = Scratch.create("image", parent)) {
            Files.writeString(first.file("weights"), "x");
            try (Scratch second = Scratch.create("image", parent)) {
                assertEquals(2, left().size());
                assertFalse(second.folder().equals(first.folder()));
            }
            assertTrue(Files.exists(first.file("weights")));
        }
    }

    /** A program that is killed leaves its folder, and its lock is free from then on. */
    @Test(timeout = 60_000)
    public void whatAKilledProgramLeftIsRemovedByTheNextOne() throws Exception {
        Process other = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"), Holder.class.getName(), parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = other.getInputStream()) {
            assertEquals("the other program holds its folder", 'r', out.read());
            Scratch.create("image", parent).close();
            assertEquals("it runs, so its folder stays", 1, left().size());
            assertTrue(Files.exists(left().get(0).resolve("weights")));
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertEquals(1, left().size());
        Scratch.create("image", parent).close();
        assertEquals(List.of(), left());
    }

    @Test
    public void whatIsOfAnotherKindStays() throws Exception {
        try (Scratch provision = Scratch.create("provision", parent)) {
            Scratch.create("image", parent).close();
            assertTrue(Files.exists(provision.folder()));
        }
    }

    @Test
    public void whatIsNotOursStays() throws Exception {
        Path foreign = Files.createDirectories(parent.resolve("ml-delivery-image-0-foreign"));
        Files.createSymbolicLink(parent.resolve("ml-delivery-image-1-link"), temporary.getRoot().toPath());
        assertEquals(0, new ProcessBuilder("mkfifo", Files.createDirectories(parent.resolve("ml-delivery-image-2-pipe")).resolve("lock").toString()).start().waitFor());
        Scratch.create("image", parent).close();
        assertTrue(Files.exists(foreign));
        assertEquals(3, left().size());
        assertTrue(Files.exists(temporary.getRoot().toPath()));
    }

    /** Another program with a build under way. */
    public static final class Holder {
        private Holder() {}

        /** Holds a folder until it is killed. */
        public static void main(String[] args) throws Exception {
            Scratch scratch = Scratch.create("image", Path.of(args[0]));
            Files.writeString(scratch.file("weights"), "x");
            System.out.write('r');
            System.out.flush();
            Thread.sleep(60_000);
        }
    }
}
