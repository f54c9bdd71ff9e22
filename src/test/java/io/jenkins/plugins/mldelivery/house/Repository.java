package io.jenkins.plugins.mldelivery.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this repository, wherever the build was started. */
public final class Repository {
    private Repository() {}

    /** The folder with the launcher. */
    public static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("standalone/pom.xml"))) {
                return folder;
            }
        }
        throw new AssertionError("the tests run outside the repository");
    }

    /** The Java sources under a folder of the repository; none when it is not there. */
    public static List<Path> sources(String folder) throws IOException {
        Path start = root().resolve(folder);
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(start)) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
    }
}
