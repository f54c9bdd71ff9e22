package io.jenkins.plugins.mldelivery.image;

import static io.jenkins.plugins.mldelivery.testing.RawServer.http;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.testing.RawServer;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Whole builds of what should not be built: each ends in time, with one sentence, and leaves nothing. */
public class HostileBuildTest {
    private static final String CONFIG = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final Recorder recorder = new Recorder();
    private Path workspace;
    private Path scratch;

    @Before
    public void folders() throws Exception {
        workspace = temporary.newFolder("ws").toPath().toRealPath();
        scratch = workspace.resolveSibling("ws@tmp");
        Models.mlflow(workspace.resolve("model"), 1000);
    }

    private BuildImageResult build(String base, String timeout, List<String> include) throws Exception {
        BuildImageRequest d = BuildImageRequest.of("model", "churn:1");
        return new BuildImage(WorkspaceBorder.inside(workspace), scratch, recorder.environment(Clock.system()), Duration.ofSeconds(2), 2).run(new BuildImageRequest(
                d.model(), d.image(), "out", false, base, d.modelPath(), include, Map.of(), Map.of(), List.of(), 0, d.platform(), null, false, timeout));
    }

    private void assertNothingLeft() throws Exception {
        if (Files.exists(scratch)) {
            try (Stream<Path> left = Files.list(scratch)) {
                assertEquals(List.of(), left.toList());
            }
        }
        if (Files.exists(workspace.resolve("out"))) {
            try (Stream<Path> left = Files.walk(workspace.resolve("out"))) {
                assertEquals(List.of(), left.filter(Files::isRegularFile).toList());
            }
        }
    }

    private DeliveryException fails(String base, String timeout) throws Exception {
        DeliveryException e = assertThrows(DeliveryException.class, () -> build(base, timeout, List.of()));
        assertTrue(e.getMessage(), e.getMessage().length() < 1000);
        assertFalse(recorder.finished().ok());
        assertNothingLeft();
        return e;
    }

    /** A registry with one image of one layer, whose blob is sent as the script says. */
    private static RawServer registry(String size, RawServer.Script blob) throws Exception {
        String config = CONFIG.replace("\"diff_ids\":[]", "\"diff_ids\":[\"" + Digests.of("tar") + "\"]");
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"config\":{\"mediaType\":\"" + MediaTypes.OCI_CONFIG + "\",\"digest\":\""
                + Digests.of(config) + "\",\"size\":" + config.length() + "},\"layers\":[{\"mediaType\":\"" + MediaTypes.OCI_LAYER_GZIP + "\",\"digest\":\"" + Digests.of("layer")
                + "\",\"size\":" + size + "}]}";
        return RawServer.start((request, out) -> {
            if (request.path().equals("/v2/")) {
                out.write(http(200, Map.of(), ""));
            } else if (request.path().contains("/manifests/")) {
                out.write(http(200, Map.of("Content-Type", MediaTypes.OCI_MANIFEST), manifest));
            } else if (request.path().endsWith(Digests.of(config))) {
                out.write(http(200, Map.of(), config));
            } else {
                blob.answer(request, out);
            }
        });
    }

    @Test(timeout = 60_000)
    public void aBaseLayerWhoseSizeCanNotBeIsNeverAskedFor() throws Exception {
        try (RawServer registry = registry("4611686018427387904", (request, out) -> {})) {
            DeliveryException e = fails(registry.address() + "/base:1", "20s");
            assertEquals(Kind.INVALID_INPUT, e.kind());
            assertTrue(e.getMessage(), e.getMessage().startsWith("base: the image base:1 can't be used: the blob ")
                    && e.getMessage().contains(" has a size of 4611686018427387904 bytes, and 0 to 1099511627776 (1 TiB) are possible."));
        }
        long much = Files.getFileStore(workspace).getUsableSpace() * 2;
        try (RawServer registry = registry(Long.toString(Math.min(much, 1L << 40)), (request, out) -> {})) {
            DeliveryException e = fails(registry.address() + "/base:1", "20s");
            assertTrue(e.getMessage(), e.getMessage().contains(" needs ") && e.getMessage().contains(" free. Free some disk space"));
            assertTrue("the layer was not asked for", registry.requests().stream().noneMatch(r -> r.path().endsWith(Digests.of("layer"))));
        }
    }

    @Test(timeout = 60_000)
    public void aBaseLayerThatDripsEndsAtTheDeadlineAndLeavesNothing() throws Exception {
        try (RawServer registry = registry("1000000", (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(new byte[100]);
                out.flush();
                Thread.sleep(20);
            }
        })) {
            assertEquals(Kind.TIMEOUT, fails(registry.address() + "/base:1", "2s").kind());
        }
    }

    @Test(timeout = 60_000)
    public void aBaseImageWithAnotherContentIsRefused() throws Exception {
        try (RawServer registry = registry("5", (request, out) -> out.write(http(200, Map.of(), "other")))) {
            DeliveryException e = fails(registry.address() + "/base:1", "20s");
            assertTrue(e.getMessage(), e.getMessage().contains("gave wrong content for a blob"));
        }
    }

    /** A sparse file needs no space, but its layer does. */
    @Test(timeout = 60_000)
    public void aModelThatTheDiskCanNotHoldIsRefusedBeforeItIsPacked() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(workspace.resolve("model/huge.bin").toFile(), "rw")) {
            file.setLength(4L << 40);
        }
        DeliveryException e = fails("scratch", "60s");
        assertEquals(e.getMessage(), Kind.FAILED, e.kind());
        assertTrue(e.getMessage(), e.getMessage().startsWith("model: packing the model needs 4.0 TiB, and the disk of '"));
    }

    @Test(timeout = 60_000)
    public void packingEndsAtTheDeadlineAndByAnAbort() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(workspace.resolve("model/large.bin").toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        assertEquals(Kind.TIMEOUT, fails("scratch", "500ms").kind());
        Thread me = Thread.currentThread();
        Thread abort = new Thread(() -> {
            try {
                Thread.sleep(500);
                me.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        abort.start();
        assertThrows(InterruptedException.class, () -> build("scratch", "60s", List.of()));
        abort.join();
        assertNothingLeft();
    }

    /** An abort closes the file that is being written, which is no fault of the file. */
    @Test
    public void anAbortInTheMiddleOfAFileIsToldAsOne() throws Exception {
        Environment quiet = recorder.environment(Clock.system());
        Environment aborting = new Environment(quiet.commands(), quiet.clock(), quiet.secrets(), event -> {
            recorder.events.add(event);
            if (event instanceof Event.Progress) {
                Thread.currentThread().interrupt();
            }
        });
        BuildImageRequest d = BuildImageRequest.of("model", "churn:1");
        BuildImageRequest request = new BuildImageRequest(
                d.model(), d.image(), "out", false, "scratch", d.modelPath(), List.of(), Map.of(), Map.of(), List.of(), 0, d.platform(), null, false, "60s");
        assertThrows(InterruptedException.class, () -> new BuildImage(WorkspaceBorder.inside(workspace), scratch, aborting).run(request));
        assertEquals("Aborted.", recorder.finished().summary());
        assertFalse(Thread.interrupted());
        assertNothingLeft();
    }

    @Test
    public void whatIsLeftOutIsLogged() throws Exception {
        BuildImageResult clean = build("scratch", "60s", List.of());
        assertTrue(recorder.notes().stream().noneMatch(n -> n.startsWith("Left out")));
        Files.writeString(workspace.resolve("model/.env"), "PASSWORD=x");
        assertEquals("the digest is that of the model without it", clean.digest(), build("scratch", "60s", List.of()).digest());
        assertTrue(recorder.notes().toString(), recorder.notes().contains("Left out 1 file or folder that do not belong in an image (include keeps them): .env"));
        for (int i = 0; i < 7; i++) {
            Files.writeString(workspace.resolve("model/" + i + ".key"), "x");
        }
        build("scratch", "60s", List.of());
        assertTrue(recorder.notes().toString(), recorder.notes().contains(
                "Left out 8 files and folders that do not belong in an image (include keeps them): .env, 0.key, 1.key, 2.key, 3.key and 3 more"));
        assertFalse(clean.digest().equals(build("scratch", "60s", List.of(".env")).digest()));
    }

    @Test
    public void namesOfFilesCanNotForgeLinesOfALog() throws Exception {
        Files.writeString(workspace.resolve("model/\nPROMOTED: x\u001b[8m.key"), "x");
        build("scratch", "60s", List.of());
        assertTrue(recorder.events.stream().filter(Event.Note.class::isInstance).map(e -> ((Event.Note) e).text()).noneMatch(t -> t.chars().anyMatch(c -> c < ' ')));
    }

    @Test
    public void patternsOfNoSenseAreRefused() {
        for (String pattern : new String[] {"", " ", "/etc/passwd", "a/", "../x", "a/../b", "x".repeat(5000)}) {
            DeliveryException e = assertThrows(pattern, DeliveryException.class, () -> build("scratch", "60s", List.of(pattern)));
            assertEquals("include", e.parameter());
        }
        assertEquals("include", assertThrows(DeliveryException.class, () -> build("scratch", "60s", java.util.Collections.nCopies(101, "a"))).parameter());
    }
}
