package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
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
        assertEquals("churn", seen.path("Labels").path("org.opencontainers.image.title").asText());
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

    private BuildImageResult build(Path workspace, BuildImageRequest request) throws Exception {
        return new BuildImage(WorkspaceBorder.inside(workspace), null, recorder.environment()).run(request);
    }

    private static BuildImageRequest request(String model, String image) {
        return BuildImageRequest.of(model, registry.address() + "/" + image);
    }
}
