package io.jenkins.plugins.mldelivery.image.oci;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;

/** The readers of what registries and layouts hold give a value or their own exception for any text, in time. */
@RunWith(JUnitQuickcheck.class)
public class OciFuzzTest {
    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String MANIFEST = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
            + "\"digest\":\"" + DIGEST + "\",\"size\":7023},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"" + DIGEST
            + "\",\"size\":32654}],\"annotations\":{\"com.example\":\"v\"}}";
    private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"" + DIGEST
            + "\",\"size\":7143,\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"1\"}}]}";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    public void whatIsValidIsRead() throws Exception {
        assertEquals(32654, Manifest.of(bytes(MANIFEST)).layers().get(0).size());
        assertEquals(7143, Platform.LINUX_AMD64.select(bytes(INDEX)).size());
    }

    @Property(trials = 800)
    public void anyManifest(@From(HostileText.class) @HostileText.Like(MANIFEST) String text) {
        HostileText.survives(text, () -> Manifest.of(bytes(text)), MalformedException.class);
    }

    @Property(trials = 800)
    public void anyIndex(@From(HostileText.class) @HostileText.Like(INDEX) String text) {
        HostileText.survives(text, () -> Platform.LINUX_AMD64.select(bytes(text)), MalformedException.class);
    }

    @Property(trials = 300)
    public void anyLayout(@From(HostileText.class) @HostileText.Like(INDEX) String text) throws Exception {
        Path folder = Files.createTempDirectory(temporary.getRoot().toPath(), "layout");
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.write(folder.resolve("index.json"), bytes(text));
        HostileText.survives(text, () -> {
            ImageLayout layout = ImageLayout.open(RealFolder.of(folder), Path.of(""));
            layout.find("1");
            layout.tag("2", new Descriptor(MediaTypes.OCI_MANIFEST, DIGEST, 1), Platform.LINUX_AMD64);
            return layout.find("2").orElseThrow();
        }, MalformedException.class, IOException.class);
    }

    @Property(trials = 800)
    public void anyPlatform(@From(HostileText.class) @HostileText.Like({"linux/amd64", "linux/arm64/v8"}) String text) {
        HostileText.survives(text, () -> Platform.parse(text), MalformedException.class);
    }

    @Property(trials = 800)
    public void anyDigest(@From(HostileText.class) @HostileText.Like(DIGEST) String text) {
        HostileText.survives(text, () -> Digests.isDigest(text) + Digests.brief(text));
    }

    @Property(trials = 1500)
    public void anyImageName(
            @From(HostileText.class) @HostileText.Like({
                "registry.example.com:5000/team/churn:1.4", "churn", "[::1]:5000/a@" + DIGEST, "localhost/a__b/c-d.e:latest", "127.0.0.1:5001/x"
            }) String text) {
        HostileText.survives(text, () -> ImageReference.parse("image", text));
    }

    /** The longest names that are read, of the kinds that a pattern could go back over. */
    @Test(timeout = 10_000)
    public void namesThatAPatternCouldGoBackOver() throws Exception {
        for (String part : new String[] {"a", "a-", "a.", "a_", "a__", "a--", "a/", "A-", "A.", "0-"}) {
            String text = part.repeat(512 / part.length() - 1) + "!";
            assertThrows(DeliveryException.class, () -> ImageReference.parse("image", text));
        }
    }

    @Test
    public void hostsThatCanNotBeInAnAddressAreRefused() {
        for (String name : new String[] {"[::::]/a", "1.2.3.999/a", "example.com:99999/a", "[]:1/a", "[1:2]:5000/a"}) {
            assertThrows(name, DeliveryException.class, () -> ImageReference.parse("image", name));
        }
    }

    @Test
    public void limitsAreNamed() {
        String layers = IntStream.rangeClosed(0, Manifest.MAX_LAYERS).mapToObj(i -> "{\"digest\":\"" + DIGEST + "\",\"size\":1}").collect(Collectors.joining(","));
        MalformedException many = assertThrows(
                MalformedException.class, () -> Manifest.of(bytes("{\"schemaVersion\":2,\"config\":{\"digest\":\"" + DIGEST + "\",\"size\":1},\"layers\":[" + layers + "]}")));
        assertEquals("it has 501 layers, more than 500", many.getMessage());
        String platforms = IntStream.range(0, 5000).mapToObj(i -> "{\"platform\":{\"os\":\"" + "o".repeat(300) + "\"}}").collect(Collectors.joining(","));
        MalformedException others = assertThrows(MalformedException.class, () -> Platform.LINUX_AMD64.select(bytes("{\"manifests\":[" + platforms + "]}")));
        assertTrue(others.getMessage(), others.getMessage().endsWith(" and 4990 more") && others.getMessage().length() < 1500);
        assertTrue(assertThrows(MalformedException.class, () -> Platform.parse("x".repeat(100_000))).getMessage().length() < 200);
        assertThrows(MalformedException.class, () -> Json.object(bytes("{\"a\":1,\"a\":2}")));
        assertThrows(MalformedException.class, () -> Json.object(bytes("{\"a\":" + "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH) + "}")));
        assertThrows(MalformedException.class, () -> Json.object(bytes("{\"a\":[" + "1,".repeat(Json.MAX_TOKENS) + "1]}")));
        assertThrows(MalformedException.class, () -> Json.object(bytes("{}x")));
    }
}
