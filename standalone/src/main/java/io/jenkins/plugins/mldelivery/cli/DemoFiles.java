package io.jenkins.plugins.mldelivery.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The demo's model folders and infrastructure code, unpacked from the jar into a temporary folder. */
final class DemoFiles implements AutoCloseable {
    private static final List<String> FILES = List.of(
            "model/penguins-v1/MLmodel", "model/penguins-v1/model.json", "model/penguins-v1/metrics.json",
            "model/penguins-v2/MLmodel", "model/penguins-v2/model.json", "model/penguins-v2/metrics.json",
            "model/penguins-bad/MLmodel", "model/penguins-bad/model.json", "model/penguins-bad/metrics.json",
            "infra/terraform/main.tf", "infra/kubernetes/namespace.yaml");

    private final Path folder;

    private DemoFiles(Path folder) {
        this.folder = folder;
    }

    static DemoFiles unpack() throws IOException {
        DemoFiles files = new DemoFiles(Files.createTempDirectory("ml-delivery-demo-"));
        try {
            for (String name : FILES) {
                files.unpack(name);
            }
            return files;
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private void unpack(String name) throws IOException {
        try (InputStream in = DemoFiles.class.getResourceAsStream("/playground/" + name)) {
            if (in == null) {
                throw new FileNotFoundException("/playground/" + name);
            }
            Path target = folder.resolve(name);
            Files.createDirectories(target.getParent());
            Files.copy(in, target);
        }
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        }
    }
}
