package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class BuildImageCommandTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void model() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        Files.createDirectories(cli.folder.resolve("model"));
        Files.writeString(cli.folder.resolve("model/model.onnx"), "weights");
    }

    @Test
    public void aMissingFolder() {
        String error = cli.failsWithTraceIfVerbose(Kind.INVALID_INPUT, "--model: there is no folder or file '", "build-image", "--model", "nope", "--image", "churn", "--layout", "out");
        assertTrue(error, error.endsWith("Give the path of the model in the working folder."));
    }

    @Test
    public void anEmptyFolder() throws Exception {
        Files.createDirectories(cli.folder.resolve("empty"));
        cli.fails(Kind.INVALID_INPUT, "--model: ", "build-image", "--model", "empty", "--image", "churn");
    }

    @Test
    public void anUnreadableModel() throws Exception {
        Files.createSymbolicLink(cli.folder.resolve("model/gone.bin"), Path.of("/nowhere/at/all"));
        List<String> before = cli.files();
        String error = cli.fails(Kind.INVALID_INPUT, "--model: ", "build-image", "--model", "model", "--image", "churn", "--layout", "out", "--no-push");
        assertTrue("names the file: " + error, error.contains("gone.bin"));
        assertEquals("nothing half-done is left", before, cli.files());
    }

    @Test
    public void anImageNameThatIsNone() {
        String error = cli.failsWithTraceIfVerbose(Kind.INVALID_INPUT, "--image: 'Not A Name' is not a valid image name. ", "build-image", "--model", "model", "--image", "Not A Name");
        assertTrue(error, error.contains("Write it like registry.example.com/team/churn:1.4"));
    }

    @Test
    public void anUnreachableRegistry() throws Exception {
        List<String> before = cli.files();
        String error = cli.failsWithTraceIfVerbose(
                Kind.UNREACHABLE, "--image: the registry '127.0.0.1:", "build-image", "--model", "model", "--image", "127.0.0.1:" + LoopbackServer.closedPort() + "/churn", "--timeout", "20s");
        assertTrue(error, error.contains("can't be reached (connection refused). Correct the image name, or check the network"));
        assertEquals("nothing half-done is left", before, cli.files());
    }

    @Test
    public void parametersOfSeveralWordsAreNamedAsTheOptionIs() {
        cli.fails(Kind.INVALID_INPUT, "--model-path: 'models' is not an absolute folder", "build-image", "--model", "model", "--image", "churn", "--model-path", "models");
        cli.fails(Kind.INVALID_INPUT, "--credentials-id: there are no credentials with the id 'reg'", "build-image", "--model", "model", "--image", "churn", "--credentials-id", "reg");
    }

    @Test
    public void wrongCommandLines() {
        cli.fails(Kind.INVALID_INPUT, "Missing required option: '--model=<model>'. 'ml-delivery build-image --help'", "build-image", "--image", "churn");
        cli.fails(Kind.INVALID_INPUT, "Unknown option: '--modle'", "build-image", "--model", "model", "--image", "churn", "--modle");
        cli.fails(Kind.INVALID_INPUT, "Invalid value for option '--port': 'x' is not an int. ", "build-image", "--model", "model", "--image", "churn", "--port", "x");
        cli.fails(Kind.INVALID_INPUT, "Name a command: ");
    }

    @Test
    public void jsonPrintsTheResult() throws Exception {
        Cli.Outcome outcome = cli.run("build-image", "--model", "model", "--image", "team/churn:1", "--layout", "out", "--no-push", "--json");
        assertEquals(outcome.err(), 0, outcome.code());
        JsonNode result = new ObjectMapper().readTree(outcome.out());
        assertTrue(result.path("image").asText(), result.path("image").asText().matches("docker.io/team/churn@sha256:[0-9a-f]{64}"));
        assertEquals("1", result.path("tags").path(0).asText());
        assertTrue(result.path("changed").isBoolean() && result.path("layers").size() == 1);
        assertTrue(Files.exists(cli.folder.resolve("out/index.json")));
    }

    @Test
    public void withoutJsonOnlyProgressIsPrinted() {
        Cli.Outcome outcome = cli.run("build-image", "--model", "model", "--image", "team/churn:1", "--layout", "out", "--no-push");
        assertEquals(outcome.err(), 0, outcome.code());
        assertEquals("", outcome.out());
        assertTrue(outcome.err(), outcome.err().contains("✔ docker.io/team/churn@sha256:"));
    }
}
