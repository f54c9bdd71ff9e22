package io.jenkins.plugins.mldelivery.playground;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import io.jenkins.plugins.mldelivery.image.registry.RegistrySettings;
import io.jenkins.plugins.mldelivery.playground.kube.ImagePuller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Pulls images from their registry with the engine's own client and unpacks their layers. As a node's own login does,
 * that of the playground's registry serves every pod.
 */
final class RegistryPuller implements ImagePuller {
    private static final Duration TIME = Duration.ofSeconds(60);

    private final String registry;
    private final Login login;

    /**
     * @param registry host and port of the registry that has a login
     * @param login sent there and to no other
     */
    RegistryPuller(String registry, Login login) {
        this.registry = registry;
        this.login = login;
    }

    @Override
    public String pull(String image, Path root) throws IOException, InterruptedException {
        Path blob = Files.createTempFile(root.getParent(), "layer", ".blob");
        try {
            ImageReference reference = ImageReference.parse("image", image);
            RegistrySettings settings = RegistrySettings.of("image", Clock.system(), new Deadline(Clock.system(), TIME, "60s"));
            Login known = reference.registry().equals(registry) ? login : null;
            try (RegistryClient client = new RegistryClient(
                    reference.registry(), settings.withLogin(known).withPatience(Duration.ofSeconds(10), 2))) {
                RegistryClient.PulledImage pulled =
                        client.pull(reference.repository(), reference.target(), Platform.LINUX_AMD64);
                long room = Math.min(LayerUnpacker.MAX_BYTES, Files.getFileStore(root.getParent()).getUsableSpace() / 2);
                LayerUnpacker unpacker = new LayerUnpacker(root, room);
                for (Descriptor layer : pulled.manifest().layers()) {
                    if (layer.size() > room) {
                        throw new IOException("a layer of " + layer.size() + " bytes is more than there is room for");
                    }
                    client.download(reference.repository(), layer, blob, bytes -> {});
                    unpacker.unpack(blob, layer.mediaType().endsWith("gzip"));
                }
                return reference.withDigest(pulled.digest()).toString();
            }
        } catch (DeliveryException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            Files.deleteIfExists(blob);
        }
    }
}
