package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.FreeSpace;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Scratch;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Pushes the image: only the blobs that the registry does not have, the manifest last. */
final class RegistryTarget {
    private final RegistryClient client;
    private final ImageReference image;
    private final ImageReference mountFrom;
    private final Environment environment;
    private final AtomicLong sent = new AtomicLong();
    private Optional<Descriptor> before = Optional.empty();

    /** @param mountFrom the base image when it lies in the same registry, else null */
    RegistryTarget(RegistryClient client, ImageReference image, ImageReference mountFrom, Environment environment) {
        this.client = client;
        this.image = image;
        this.mountFrom = mountFrom;
        this.environment = environment;
    }

    /** Connects and looks at what the tag names now: a registry that can't be reached, or refuses the login, is told before gigabytes are packed. */
    void connect() throws DeliveryException, InterruptedException {
        before = client.head(image.repository(), image.tag());
    }

    /** Pushes, after {@link #connect}. */
    Pushed push(ImageAssembler.Image made, BaseImage base, Scratch scratch) throws DeliveryException, InterruptedException {
        String repository = image.repository();
        Set<String> reused = new HashSet<>();
        if (before.isPresent() && before.get().digest().equals(made.manifest().digest())) {
            // A registry takes a manifest only when it has every blob of it.
            made.layers().forEach(l -> reused.add(l.blob().digest()));
            info("The registry has exactly this image under the tag " + image.tag());
            return new Pushed(false, reused, 0);
        }
        Set<String> seen = new HashSet<>();
        for (LayerBlob layer : made.layers()) {
            // A base image may have the same (empty) layer twice.
            if (seen.add(layer.blob().digest()) && pushLayer(layer, base, scratch)) {
                reused.add(layer.blob().digest());
            }
        }
        if (!client.has(repository, made.config().digest())) {
            client.upload(repository, made.config(), made.configBytes(), sent::addAndGet);
        }
        // By digest first, so that the image to deploy is there even when somebody else moves the tag at this moment.
        client.putManifest(repository, made.manifest().digest(), made.manifest().mediaType(), made.manifestBytes());
        client.putManifest(repository, image.tag(), made.manifest().mediaType(), made.manifestBytes());
        info("Pushed " + image + ", digest " + Digests.brief(made.manifest().digest()));
        return new Pushed(true, reused, sent.get());
    }

    /** Whether the registry had it. */
    private boolean pushLayer(LayerBlob layer, BaseImage base, Scratch scratch) throws DeliveryException, InterruptedException {
        Descriptor blob = layer.blob();
        String name = layer.what() + " layer " + Digests.brief(blob.digest()) + " (" + FreeSpace.text(blob.size()) + ")";
        if (client.has(image.repository(), blob.digest())) {
            info("Reused " + name);
            return true;
        }
        boolean foreign = layer.file() == null;
        if (foreign && mountFrom != null && client.mount(image.repository(), blob.digest(), mountFrom.repository())) {
            info("Mounted " + name + " from " + mountFrom.repository());
            return true;
        }
        if (foreign) {
            Path spool = scratch.file("base");
            FreeSpace.require("base", "the layer " + Digests.brief(blob.digest()), blob.size(), scratch.folder());
            base.client().download(base.reference().repository(), blob, spool, done -> progress("pull " + bar(layer), done, blob.size()));
            try {
                send(layer, spool);
            } finally {
                remove(spool);
            }
        } else {
            send(layer, layer.file());
        }
        info("Pushed " + name);
        return false;
    }

    /** Frees the disk early; what stays goes with the scratch folder. */
    private void remove(Path spool) {
        try {
            Files.deleteIfExists(spool);
        } catch (IOException e) {
            environment.warn(Event.Stage.BUILD_IMAGE, "The temporary file " + spool + " could not be removed yet (" + Problems.text(e) + ")");
        }
    }

    private void send(LayerBlob layer, Path file) throws DeliveryException, InterruptedException {
        AtomicLong done = new AtomicLong();
        client.upload(image.repository(), layer.blob(), file, n -> {
            sent.addAndGet(n);
            progress("push " + bar(layer), Math.min(layer.blob().size(), done.addAndGet(n)), layer.blob().size());
        });
    }

    /** Own layers are one of a kind; those of the base image are told apart by their digests. */
    private static String bar(LayerBlob layer) {
        return layer.file() == null ? layer.what() + " " + Digests.brief(layer.blob().digest()) : layer.what();
    }

    private void progress(String what, long done, long total) {
        environment.events().accept(
                new Event.Progress(environment.clock().now(), Event.Stage.BUILD_IMAGE, what, done, total, "bytes"));
    }

    private void info(String text) {
        environment.info(Event.Stage.BUILD_IMAGE, text);
    }
}
