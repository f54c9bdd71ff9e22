package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code insecure} is for the registry that the image goes to. */
public class InsecureBuildTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Test(timeout = 60_000)
    public void anotherRegistryOfTheBaseImageIsVerified() throws Exception {
        Path workspace = temporary.getRoot().toPath();
        Models.mlflow(workspace.resolve("model"), 1_000);
        KeyStore own = new Certificates(workspace).create("server");
        try (LoopbackServer base = LoopbackServer.startTls(
                        Certificates.context(own, own), false, request -> new LoopbackServer.Answer(200, ""));
                LoopbackServer registry = LoopbackServer.startTls(
                        Certificates.context(own, own), false, request -> new LoopbackServer.Answer(200, ""))) {
            DeliveryException e = assertThrows(
                    DeliveryException.class,
                    () -> build(workspace, URI.create(registry.url()).getAuthority(), URI.create(base.url()).getAuthority()));
            assertEquals("base", e.parameter());
            assertTrue(e.getMessage(), e.getMessage().contains("TLS: "));
            assertEquals(List.of(), base.requests());
            assertTrue("the image's own registry was asked", !registry.requests().isEmpty());
        }
    }

    private static void build(Path workspace, String registry, String base) throws Exception {
        BuildImageRequest d = BuildImageRequest.of("model", registry + "/ml/churn:1");
        BuildImageRequest request = new BuildImageRequest(
                d.model(), d.image(), null, true, base + "/python:3", d.modelPath(), List.of(), d.labels(), d.env(),
                d.entrypoint(), 0, d.platform(), null, true, d.timeout());
        new BuildImage(WorkspaceBorder.inside(workspace), null, new Recorder().environment()).run(request);
    }
}
