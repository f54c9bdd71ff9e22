package io.jenkins.plugins.mldelivery.playground.registry;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.image.BuildImageResult;
import io.jenkins.plugins.mldelivery.image.Programs;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import io.jenkins.plugins.mldelivery.image.registry.RegistrySettings;
import io.jenkins.plugins.mldelivery.playground.Logins;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The embedded registry, judged by our own client, by skopeo, and by the letter of the specification. */
public class EmbeddedRegistryTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private static final Logins LOGINS = Logins.random();
    private static final String CREDENTIALS = LOGINS.registry().username() + ":" + LOGINS.registry().secret().reveal();
    private static final String JSON = "application/vnd.oci.image.manifest.v1+json";

    private final HttpClient http = HttpClient.newHttpClient();
    private EmbeddedRegistry registry;

    @Before
    public void start() throws Exception {
        registry = EmbeddedRegistry.start(temporary.getRoot().toPath().resolve("registry"), 0, LOGINS.registry());
    }

    @After
    public void stop() {
        registry.close();
    }

    @Test
    public void keepsWhatBuildImagePushesOverARestart() throws Exception {
        BuildImageResult built = build("churn:1");
        int port = Integer.parseInt(registry.address().split(":")[1]);
        registry.close();
        registry = EmbeddedRegistry.start(temporary.getRoot().toPath().resolve("registry"), port, LOGINS.registry());

        Deadline deadline = new Deadline(Clock.system(), Duration.ofSeconds(20), "20s");
        RegistryClient client = new RegistryClient(registry.address(), RegistrySettings.of("image", Clock.system(), deadline).withLogin(LOGINS.registry()));
        RegistryClient.PulledImage image = client.pull("churn", built.digest(), Platform.LINUX_AMD64);
        assertEquals(built.digest(), image.manifestDigest());
        Path file = temporary.getRoot().toPath().resolve("layer");
        client.download("churn", image.manifest().layers().get(0), file, done -> {});
        assertEquals(built.layers().get(0).digest(), Digests.of(Files.readAllBytes(file)));
    }

    @Test
    public void skopeoCopiesThereAndBack() throws Exception {
        Programs.require("skopeo", "skopeo");
        build("churn:1");
        // Each call costs ten seconds: skopeo tries TLS first, and the JDK's server never answers that.
        String folder = "dir:" + temporary.getRoot().toPath().resolve("dir");
        Programs.run("skopeo", "copy", "--src-creds", CREDENTIALS, "--src-tls-verify=false", "docker://" + registry.address() + "/churn:1", folder);
        Programs.run("skopeo", "copy", "--dest-creds", CREDENTIALS, "--dest-tls-verify=false", folder, "docker://" + registry.address() + "/third:latest");
        assertArrayEquals(
                send("GET", "/v2/churn/manifests/1", null, 200).body(), send("GET", "/v2/third/manifests/latest", null, 200).body());
    }

    @Test
    public void uploadsInPiecesAndMounts() throws Exception {
        byte[] blob = new byte[1000];
        new Random(1).nextBytes(blob);
        String digest = Digests.of(blob);
        String location = send("POST", "/v2/a/b/blobs/uploads/", new byte[0], 202).headers().firstValue("Location").orElseThrow();
        byte[] first = java.util.Arrays.copyOf(blob, 400);
        byte[] rest = java.util.Arrays.copyOfRange(blob, 400, 1000);
        assertEquals("0-399", send("PATCH", location, first, 202, "Content-Range", "0-399").headers().firstValue("Range").orElse(""));
        HttpResponse<byte[]> wrong = send("PATCH", location, rest, 416, "Content-Range", "300-899");
        assertEquals("0-399", wrong.headers().firstValue("Range").orElse(""));
        assertEquals("0-399", send("GET", location, null, 204).headers().firstValue("Range").orElse(""));
        send("PUT", location + "?digest=" + digest, rest, 201);
        assertArrayEquals(blob, send("GET", "/v2/a/b/blobs/" + digest, null, 200).body());
        assertArrayEquals(
                java.util.Arrays.copyOfRange(blob, 10, 20),
                send("GET", "/v2/a/b/blobs/" + digest, null, 206, "Range", "bytes=10-19").body());
        send("GET", "/v2/a/b/blobs/" + digest, null, 416, "Range", "bytes=1000-");
        assertEquals("1000", send("HEAD", "/v2/a/b/blobs/" + digest, null, 200).headers().firstValue("Content-Length").orElse(""));

        // Another repository does not see it before it is mounted there.
        send("HEAD", "/v2/c/blobs/" + digest, null, 404);
        send("POST", "/v2/c/blobs/uploads/?mount=" + digest + "&from=nowhere", new byte[0], 202);
        send("POST", "/v2/c/blobs/uploads/?mount=" + digest + "&from=a/b", new byte[0], 201);
        send("HEAD", "/v2/c/blobs/" + digest, null, 200);
    }

    @Test
    public void refusesWhatTheSpecificationRefuses() throws Exception {
        byte[] blob = "blob".getBytes(StandardCharsets.UTF_8);
        String other = Digests.of("another");
        assertError("DIGEST_INVALID", send("POST", "/v2/a/blobs/uploads/?digest=" + other, blob, 400));
        assertError("BLOB_UNKNOWN", send("GET", "/v2/a/blobs/" + other, null, 404));
        assertError("BLOB_UPLOAD_UNKNOWN", send("PATCH", "/v2/a/blobs/uploads/8a9f1d6e-0000-0000-0000-000000000000", blob, 404));
        assertError("UNSUPPORTED", send("PATCH", "/v2/a/blobs/uploads/..%2F..%2Fetc", blob, 404));
        assertError("NAME_INVALID", send("GET", "/v2/../A/manifests/latest", null, 400));
        assertError("MANIFEST_UNKNOWN", send("GET", "/v2/a/manifests/latest", null, 404));
        assertError("MANIFEST_INVALID", send("PUT", "/v2/a/manifests/latest", "no json".getBytes(StandardCharsets.UTF_8), 400));
        assertError("NAME_UNKNOWN", send("GET", "/v2/nobody/tags/list", null, 404));
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + JSON + "\",\"config\":{\"digest\":\"" + other
                + "\",\"size\":7},\"layers\":[]}";
        assertError(
                "MANIFEST_BLOB_UNKNOWN",
                send("PUT", "/v2/a/manifests/latest", manifest.getBytes(StandardCharsets.UTF_8), 400));
        send("POST", "/v2/a/blobs/uploads/?digest=" + other, "another".getBytes(StandardCharsets.UTF_8), 201);
        send("PUT", "/v2/a/manifests/latest", manifest.getBytes(StandardCharsets.UTF_8), 201);
        assertError(
                "DIGEST_INVALID",
                send("PUT", "/v2/a/manifests/" + other, manifest.getBytes(StandardCharsets.UTF_8), 400));
    }

    @Test
    public void listsTagsInPages() throws Exception {
        build("churn:b");
        build("churn:a");
        build("churn:c");
        HttpResponse<byte[]> page = send("GET", "/v2/churn/tags/list?n=2", null, 200);
        assertEquals("[\"a\",\"b\"]", new ObjectMapper().readTree(page.body()).path("tags").toString());
        assertEquals("</v2/churn/tags/list?n=2&last=b>; rel=\"next\"", page.headers().firstValue("Link").orElse(""));
        HttpResponse<byte[]> last = send("GET", "/v2/churn/tags/list?n=2&last=b", null, 200);
        assertEquals("[\"c\"]", new ObjectMapper().readTree(last.body()).path("tags").toString());
        assertFalse(last.headers().firstValue("Link").isPresent());
    }

    private BuildImageResult build(String image) throws Exception {
        Path workspace = temporary.getRoot().toPath();
        Files.createDirectories(workspace.resolve("model"));
        Files.writeString(workspace.resolve("model/weights.bin"), "weights");
        Environment environment = new Environment(
                (command, lines) -> {
                    throw new AssertionError();
                },
                Clock.system(), LOGINS, EventSink.none());
        return new BuildImage(WorkspaceBorder.inside(workspace), null, environment)
                .run(BuildImageRequest.of("model", registry.address() + "/" + image).withCredentialsId(Logins.REGISTRY_ID));
    }

    private static void assertError(String code, HttpResponse<byte[]> response) throws Exception {
        assertEquals(code, new ObjectMapper().readTree(response.body()).path("errors").path(0).path("code").asText());
    }

    private HttpResponse<byte[]> send(String method, String path, byte[] body, int status, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + registry.address() + path))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(CREDENTIALS.getBytes(StandardCharsets.UTF_8)));
        if (body != null) {
            request.header("Content-Type", path.contains("/manifests/") ? JSON : "application/octet-stream");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(method + " " + path + ": " + new String(response.body(), StandardCharsets.UTF_8), status, response.statusCode());
        return response;
    }
}
