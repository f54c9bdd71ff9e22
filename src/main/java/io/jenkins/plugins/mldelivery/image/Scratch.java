package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The temporary folder of one build, readable by its owner alone, gone when the build ends. */
final class Scratch implements AutoCloseable {
    private final Path folder;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    static Scratch create() throws DeliveryException {
        try {
            return new Scratch(Files.createTempDirectory("ml-delivery-image-"));
        } catch (IOException e) {
            throw DeliveryException.failed(
                    null, "could not create a temporary folder (" + Problems.text(e) + ")", "Check the agent's temporary folder and its free space.", e);
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> content = Files.list(folder)) {
            for (Path file : (Iterable<Path>) List.copyOf(content.toList())) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // What can't be deleted now, the operating system's own cleaning of its temporary folder gets.
            folder.toFile().deleteOnExit();
        }
    }
}
