package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A layout in a workspace that somebody else has prepared: nothing is written, or read, outside of it. */
public class HostileLayoutTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final Recorder recorder = new Recorder();
    private Path workspace;
    private Path outside;

    @Before
    public void folders() throws Exception {
        workspace = temporary.newFolder("ws").toPath().toRealPath();
        outside = temporary.newFolder("outside").toPath().toRealPath();
        Models.mlflow(workspace.resolve("model"), 10);
    }

    private BuildImageResult build(String layout) throws Exception {
        BuildImageRequest d = BuildImageRequest.of("model", "churn:1");
        return new BuildImage(WorkspaceBorder.inside(workspace), workspace.resolveSibling("ws@tmp"), recorder.environment()).run(new BuildImageRequest(
                d.model(), d.image(), layout, false, d.base(), d.modelPath(), List.of(), Map.of(), Map.of(), List.of(), 0, d.platform(), null, false, d.timeout()));
    }

    private DeliveryException refused(String layout) {
        DeliveryException e = assertThrows(layout, DeliveryException.class, () -> build(layout));
        assertEquals(e.getMessage(), "layout", e.parameter());
        return e;
    }

    private void assertNothingOutside() throws Exception {
        try (Stream<Path> all = Files.list(outside)) {
            assertEquals(List.of(), all.toList());
        }
    }

    @Test
    public void aLayoutWithinTheWorkspaceIsWritten() throws Exception {
        Files.createDirectories(workspace.resolve("real"));
        Files.createSymbolicLink(workspace.resolve("linked"), Path.of("real"));
        BuildImageResult result = build("linked/deep/out");
        assertTrue(Files.exists(workspace.resolve("real/deep/out/blobs/sha256").resolve(result.digest().substring(7))));
        assertTrue(Files.exists(workspace.resolve("real/deep/out/index.json")));
        assertFalse("the second time nothing changed", build("linked/deep/out").changed());
        try (Stream<Path> files = Files.walk(workspace.resolve("real"))) {
            assertEquals("no temporary file is left", 0, files.filter(f -> f.getFileName().toString().startsWith(".")).count());
        }
        try (Stream<Path> left = Files.list(workspace.resolveSibling("ws@tmp"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    public void aLayoutOutsideIsRefused() throws Exception {
        Files.createSymbolicLink(workspace.resolve("link"), outside);
        for (String layout : List.of("../outside", "../outside/new", outside.toString(), "link", "link/new", "model/../../outside")) {
            assertTrue(refused(layout).getMessage(), refused(layout).getMessage().contains("leads out of the workspace"));
        }
        assertNothingOutside();
    }

    @Test
    public void linksWithinALayoutAreNotFollowed() throws Exception {
        BuildImageResult result = build("out");
        Path blob = workspace.resolve("out/blobs/sha256").resolve(result.digest().substring(7));
        for (String part : List.of("blobs", "blobs/sha256", "index.json", "oci-layout", workspace.resolve("out").relativize(blob).toString())) {
            build("out-" + part.hashCode());
            Path link = workspace.resolve("out-" + part.hashCode()).resolve(part);
            Path kept = workspace.resolve("kept" + part.hashCode());
            Files.move(link, kept);
            Path target = outside.resolve(link.getFileName());
            Files.createSymbolicLink(link, target);
            refused("out-" + part.hashCode());
            assertNothingOutside();
            // Also when there is something at its end.
            if (Files.isDirectory(kept)) {
                Files.createDirectories(target);
            } else {
                Files.copy(kept, target);
            }
            byte[] before = Files.isDirectory(target) ? null : Files.readAllBytes(target);
            refused("out-" + part.hashCode());
            if (before != null) {
                assertEquals(new String(before, java.nio.charset.StandardCharsets.UTF_8), Files.readString(target));
            } else {
                try (Stream<Path> all = Files.list(target)) {
                    assertEquals(0, all.count());
                }
            }
            Files.delete(target);
        }
    }

    @Test(timeout = 60_000)
    public void pipesAndLongFilesInALayoutAreRefused() throws Exception {
        for (String name : List.of("oci-layout", "index.json")) {
            String layout = "piped-" + name;
            build(layout);
            Files.delete(workspace.resolve(layout).resolve(name));
            assertEquals(0, new ProcessBuilder("mkfifo", workspace.resolve(layout).resolve(name).toString()).start().waitFor());
            refused(layout);
        }
        build("long");
        Files.writeString(workspace.resolve("long/index.json"), " ".repeat(5_000_000));
        assertTrue(refused("long").getMessage().contains("longer than 4194304 bytes"));
    }

    @Test
    public void aLayoutWithinTheModelIsRefusedAlsoThroughALink() throws Exception {
        Files.createSymbolicLink(workspace.resolve("again"), Path.of("model"));
        for (String layout : List.of("model", "model/out", "again/out", "again")) {
            assertTrue(refused(layout).getMessage().contains("lies inside the model"));
        }
    }

    @Test
    public void whatIsNotALayoutIsRefused() throws Exception {
        Files.writeString(workspace.resolve("file"), "x");
        assertTrue(refused("file").getMessage().contains("it is not a folder"));
        assertTrue(refused(".").getMessage().contains("lies inside the model") || refused(".").getMessage().contains("is not an OCI image layout"));
    }
}
