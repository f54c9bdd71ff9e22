package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The whole of it against a real registry, with skopeo as the independent judge. */
public class BuildImageTest {
    @ClassRule
    public static final TemporaryFolder SERVER = new TemporaryFolder();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private static DebianRegistry registry;

    private final Recorder recorder = new Recorder();

    @BeforeClass
    public static void startRegistry() throws Exception {
        registry = DebianRegistry.start(SERVER.getRoot().toPath());
    }

    @AfterClass
    public static void stopRegistry() throws Exception {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    public void pushesWhatSkopeoCanPull() throws Exception {
        Programs.require("skopeo", "skopeo");
        Path workspace = temporary.getRoot().toPath();
        Models.mlflow(workspace.resolve("model"), 3_000_000);
        BuildImageResult result = build(workspace, request("model", "team/churn:1.0"));

        assertEquals(registry.address() + "/team/churn@" + result.digest(), result.image());
        assertEquals(List.of("1.0"), result.tags());
        assertTrue(result.changed());
        assertEquals(List.of("weights", "model"), result.layers().stream().map(BuildImageResult.Layer::what).toList());
        assertEquals(result.totalBytes(), result.pushedBytes());

        Path copy = workspace.resolve("copy");
        Programs.run("skopeo", "copy", "--src-tls-verify=false", "docker://" + registry.address() + "/team/churn:1.0", "dir:" + copy);
        JsonNode seen = new ObjectMapper().readTree(
                Programs.run("skopeo", "inspect", "--tls-verify=false", "docker://" + result.image()));
        assertEquals(result.digest(), seen.path("Digest").asText());
        assertEquals("amd64", seen.path("Architecture").asText());
        assertEquals("/models", seen.path("Labels").path("io.jenkins.plugins.mldelivery.model-path").asText());
        List<String> entries = Programs.run("tar", "tvzf", copy.resolve(result.layers().get(1).digest().substring(7)).toString())
                .lines()
                .map(line -> line.replaceAll("\\s+", " "))
                .toList();
        assertEquals(
                List.of(
                        "drwxr-xr-x 0/0 0 1970-01-01 00:00 models/",
                        "drwxr-xr-x 0/0 0 1970-01-01 00:00 models/code/",
                        "-rw-r--r-- 0/0 62 1970-01-01 00:00 models/MLmodel",
                        "-rw-r--r-- 0/0 27 1970-01-01 00:00 models/code/score.py",
                        "-rw-r--r-- 0/0 28 1970-01-01 00:00 models/conda.yaml"),
                entries);
    }

    @Test
    public void secondBuildSendsNothing() throws Exception {
        Path workspace = temporary.getRoot().toPath();
        Models.mlflow(workspace.resolve("model"), 100_000);
        BuildImageResult first = build(workspace, request("model", "team/twice"));
        BuildImageResult second = build(workspace, request("model", "team/twice"));
        assertEquals(first.digest(), second.digest());
        assertFalse(second.changed());
        assertEquals(0, second.pushedBytes());
        assertTrue(second.layers().stream().allMatch(BuildImageResult.Layer::reused));
        assertEquals(List.of("latest"), second.tags());
    }

    /** A base image of the same registry is mounted, one of another is copied; the login is for the image's registry alone. */
    @Test
    public void aBaseImageIsMountedOrCopiedAndALoginStaysWithItsRegistry() throws Exception {
        Path workspace = temporary.getRoot().toPath();
        Models.mlflow(workspace.resolve("base"), 200_000);
        Files.writeString(workspace.resolve("base/code/base.py"), "");
        Models.mlflow(workspace.resolve("model"), 50_000);
        BuildImageResult base = build(workspace, request("base", "team/base:1"));
        BuildImageResult mounted = build(workspace, on(base, registry.address() + "/team/mounted:1", null));
        assertEquals(List.of("base", "base", "weights", "model"), mounted.layers().stream().map(BuildImageResult.Layer::what).toList());
        assertTrue(recorder.notes().toString(), recorder.notes().stream().anyMatch(n -> n.startsWith("Mounted base layer ")));

        recorder.login("reg", "robot", "s3cret-of-the-robot");
        try (DebianRegistry other = DebianRegistry.start(temporary.newFolder("other").toPath(), "robot", "s3cret-of-the-robot")) {
            BuildImageResult copied = build(workspace, on(base, other.address() + "/team/copied:1", "reg"));
            assertEquals(mounted.layers().stream().map(BuildImageResult.Layer::digest).toList(), copied.layers().stream().map(BuildImageResult.Layer::digest).toList());
            assertEquals("all was sent", copied.totalBytes(), copied.pushedBytes());
            BuildImageResult again = build(workspace, on(base, other.address() + "/team/copied:1", "reg"));
            assertEquals(0, again.pushedBytes());
            DeliveryException e = assertThrows(DeliveryException.class, () -> build(workspace, on(base, other.address() + "/team/copied:2", null)));
            assertEquals("credentialsId", e.parameter());
            recorder.login("reg", "robot", "wrong-s3cret");
            DeliveryException wrong = assertThrows(DeliveryException.class, () -> build(workspace, on(base, other.address() + "/team/copied:2", "reg")));
            assertTrue(wrong.getMessage(), wrong.getMessage().contains("refuses the login"));
        }
        assertFalse(recorder.events.toString(), recorder.events.toString().contains("s3cret"));
    }

    private static BuildImageRequest on(BuildImageResult base, String image, String credentialsId) {
        BuildImageRequest d = BuildImageRequest.of("model", image);
        return new BuildImageRequest(
                d.model(), d.image(), null, true, base.image(), d.modelPath(), List.of(), d.labels(), d.env(), d.entrypoint(), 0, d.platform(), credentialsId, false, d.timeout());
    }

    private BuildImageResult build(Path workspace, BuildImageRequest request) throws Exception {
        return new BuildImage(WorkspaceBorder.inside(workspace), null, recorder.environment()).run(request);
    }

    private static BuildImageRequest request(String model, String image) {
        return BuildImageRequest.of(model, registry.address() + "/" + image);
    }
}
