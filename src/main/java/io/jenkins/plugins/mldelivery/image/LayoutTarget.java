package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.ImageLayout;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes the image to an OCI image layout. */
final class LayoutTarget {
    private static final String REMEDY = "Give an empty or new folder, or one that is an OCI image layout.";

    private final ImageLayout layout;
    private final Path folder;
    private final Environment environment;

    private LayoutTarget(ImageLayout layout, Path folder, Environment environment) {
        this.layout = layout;
        this.folder = folder;
        this.environment = environment;
    }

    /** Checks the folder before any work is done. */
    static LayoutTarget open(Path folder, Path model, Environment environment) throws DeliveryException {
        Path place = folder.toAbsolutePath().normalize();
        if (place.startsWith(model.toAbsolutePath().normalize())) {
            throw DeliveryException.invalid(
                    "layout", "the folder '" + folder + "' lies inside the model, so the next image would contain this one", "Give a folder outside the model.");
        }
        try {
            return new LayoutTarget(ImageLayout.open(place), place, environment);
        } catch (MalformedException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "layout", "the folder '" + folder + "' can't be used: " + e.getMessage(), REMEDY, e);
        } catch (IOException e) {
            throw failed(place, e);
        }
    }

    /** Writes the blobs that are missing, then the index. Whether the tag named another image before, or none. */
    boolean write(ImageAssembler.Image image, String tag, Platform platform, BaseImage base)
            throws DeliveryException, InterruptedException {
        try {
            Optional<String> before = layout.find(tag);
            for (LayerBlob layer : image.layers()) {
                if (!layout.has(layer.blob())) {
                    store(layer, base);
                }
            }
            layout.write(image.configBytes());
            layout.write(image.manifestBytes());
            layout.tag(tag, image.manifest(), platform);
            environment.info(Event.Stage.BUILD_IMAGE, "Wrote the image as OCI layout " + folder + ", tag " + tag);
            return !before.equals(Optional.of(image.manifest().digest()));
        } catch (MalformedException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "layout", "the index of '" + folder + "' can't be read: " + e.getMessage(), REMEDY, e);
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private void store(LayerBlob layer, BaseImage base) throws IOException, DeliveryException, InterruptedException {
        Path temporary = layout.temporary();
        try {
            if (layer.file() == null) {
                Descriptor blob = layer.blob();
                base.client().download(base.reference().repository(), blob, temporary, received -> progress("pull", layer, received));
            } else {
                Files.copy(layer.file(), temporary, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            layout.adopt(temporary, layer.blob().digest());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void progress(String verb, LayerBlob layer, long done) {
        environment.events().accept(new Event.Progress(
                environment.clock().now(), Event.Stage.BUILD_IMAGE, verb + " " + layer.what() + " " + Digests.brief(layer.blob().digest()), done, layer.blob().size(), "bytes"));
    }

    private static DeliveryException failed(Path folder, IOException e) {
        return DeliveryException.failed(
                "layout", "could not write to '" + folder + "' (" + Problems.text(e) + ")", "Check its permissions and the free disk space.", e);
    }
}
