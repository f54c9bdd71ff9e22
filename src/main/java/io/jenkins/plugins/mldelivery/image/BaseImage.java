package io.jenkins.plugins.mldelivery.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.Manifest;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;

/**
 * The image underneath.
 *
 * @param reference its name, or null for none
 * @param digest what the name led to: the index's digest, if there is one; null for none
 * @param config its configuration, an empty object for none
 * @param layers its layers, bottom first, with OCI media types
 * @param client where its layers come from, null for none
 */
record BaseImage(ImageReference reference, String digest, JsonNode config, List<LayerBlob> layers, RegistryClient client) {
    static final BaseImage SCRATCH = new BaseImage(null, null, JsonNodeFactory.instance.objectNode(), List.of(), null);

    /** The name as annotations give it, or null. */
    String name() {
        return reference == null ? null : reference.toString();
    }

    /** Looks a base image up; pulls its manifest and configuration, not its layers. */
    static BaseImage pull(ImageReference reference, Platform platform, RegistryClient client)
            throws DeliveryException, InterruptedException {
        RegistryClient.PulledImage image = client.pull(reference.repository(), reference.target(), platform);
        if (!platform.fits(image.config())) {
            throw DeliveryException.invalid(
                    "base", "the image '" + reference + "' is for " + image.config().path("os").asText() + "/"
                            + image.config().path("architecture").asText() + ", not for " + platform,
                    "Choose another base image, or set `platform`.");
        }
        Manifest manifest = image.manifest();
        JsonNode diffIds = image.config().path("rootfs").path("diff_ids");
        if (diffIds.size() != manifest.layers().size()) {
            throw DeliveryException.invalid(
                    "base", "the image '" + reference + "' lists " + manifest.layers().size() + " layers in its manifest but "
                            + diffIds.size() + " in its configuration",
                    "Choose a sound base image.");
        }
        List<LayerBlob> layers = new ArrayList<>();
        for (int i = 0; i < manifest.layers().size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            String type = MediaTypes.ociLayer(layer.mediaType());
            if (type == null || !Digests.isDigest(diffIds.path(i).asText())) {
                throw DeliveryException.invalid(
                        "base", "the image '" + reference + "' has a layer of the type '" + layer.mediaType() + "', which can't be copied",
                        "Choose a base image with ordinary layers.");
            }
            layers.add(new LayerBlob("base", new Descriptor(type, layer.digest(), layer.size()), diffIds.path(i).asText(), null));
        }
        return new BaseImage(reference, image.digest(), image.config(), List.copyOf(layers), client);
    }
}
