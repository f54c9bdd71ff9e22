package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.FreeSpace;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.ImageLayout;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes the image to an OCI image layout. */
final class LayoutTarget {
    private static final String REMEDY = "Give an empty or new folder, or one that is an OCI image layout.";
    private static final int BUFFER = 256 * 1024;

    private final ImageLayout layout;
    private final Path folder;
    private final Environment environment;
    private final Deadline deadline;

    private LayoutTarget(ImageLayout layout, Path folder, Environment environment, Deadline deadline) {
        this.layout = layout;
        this.folder = folder;
        this.environment = environment;
        this.deadline = deadline;
    }

    /**
     * Checks the folder before any work is done.
     *
     * @param layout as the user gave it
     * @param model as the user gave it
     */
    static LayoutTarget open(WorkspaceBorder border, String layout, String model, Environment environment, Deadline deadline) throws DeliveryException {
        Path place = border.target("layout", layout);
        Optional<Path> packed = border.find("model", model);
        if (packed.isPresent() && place.startsWith(packed.get())) {
            throw DeliveryException.invalid(
                    "layout", "the folder '" + layout + "' lies inside the model, so the next image would contain this one", "Give a folder outside the model.");
        }
        try {
            RealFolder holder = border.writer(place);
            return new LayoutTarget(ImageLayout.open(holder, holder.path().relativize(place)), place, environment, deadline);
        } catch (MalformedException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "layout", "the folder '" + layout + "' can't be used: " + e.getMessage(), REMEDY, e);
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
        Descriptor blob = layer.blob();
        try (ImageLayout.Incoming incoming = layout.incoming()) {
            FreeSpace.require("layout", "the layer " + Digests.brief(blob.digest()), blob.size(), incoming.folder());
            if (layer.file() == null) {
                base.client().download(base.reference().repository(), blob, incoming.out(), received -> progress("pull", layer, received));
            } else {
                copy(layer.file(), incoming.out());
            }
            incoming.adopt(blob.digest());
        }
    }

    private void copy(Path file, OutputStream out) throws IOException, DeliveryException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                deadline.check();
                out.write(buffer, 0, n);
            }
        }
    }

    private void progress(String verb, LayerBlob layer, long done) {
        environment.events().accept(new Event.Progress(
                environment.clock().now(), Event.Stage.BUILD_IMAGE, verb + " " + layer.what() + " " + Digests.brief(layer.blob().digest()), done,
                layer.blob().size(), "bytes"));
    }

    private static DeliveryException failed(Path folder, IOException e) {
        return DeliveryException.failed(
                "layout", "could not write to '" + folder + "' (" + Problems.text(e) + ")", "Check its permissions and the free disk space.", e);
    }
}
