package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.Scratch;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The demo's model folders and infrastructure code, unpacked from the jar into a temporary folder. */
final class DemoFiles implements AutoCloseable {
    private static final List<String> FILES = List.of(
            "model/penguins-v1/MLmodel", "model/penguins-v1/model.json", "model/penguins-v1/metrics.json",
            "model/penguins-v2/MLmodel", "model/penguins-v2/model.json", "model/penguins-v2/metrics.json",
            "model/penguins-bad/MLmodel", "model/penguins-bad/model.json", "model/penguins-bad/metrics.json",
            "infra/terraform/main.tf", "infra/kubernetes/namespace.yaml");

    private final Scratch scratch;

    private DemoFiles(Scratch scratch) {
        this.scratch = scratch;
    }

    static DemoFiles unpack() throws IOException {
        DemoFiles files = new DemoFiles(Scratch.create("demo", null));
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
            Path target = scratch.file(name);
            Files.createDirectories(target.getParent());
            Files.copy(in, target);
        }
    }

    Path folder() {
        return scratch.folder();
    }

    @Override
    public void close() {
        scratch.close();
    }
}
