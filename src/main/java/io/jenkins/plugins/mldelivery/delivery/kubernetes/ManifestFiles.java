package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads the user's manifests: a YAML file, or those of a folder in the order of their names. */
public final class ManifestFiles {
    /** Most bytes of all files together. */
    public static final int MAX_BYTES = 1024 * 1024;

    private ManifestFiles() {}

    /**
     * What was read, or why it could not be.
     *
     * @param text the manifests, a document separator between two files, or null
     * @param problem what is wrong, without a full stop, or null
     * @param remedy what the user can do, or null
     */
    public record Content(String text, String problem, String remedy) {
        private static Content wrong(String problem, String remedy) {
            return new Content(null, problem, remedy);
        }
    }

    /**
     * Reads.
     *
     * @param base what a relative path starts from
     * @param path of a file or a folder
     * @param inside whether it must lie in <code>base</code>, also by what its links lead to
     */
    public static Content read(Path base, String path, boolean inside) throws IOException {
        Path found;
        try {
            found = base.resolve(path).normalize();
        } catch (InvalidPathException e) {
            return Content.wrong("'" + path + "' is no path", "Give a file or a folder with *.yaml or *.yml files.");
        }
        if (inside && !found.startsWith(base)) {
            return outside(path);
        }
        if (!Files.exists(found)) {
            return Content.wrong("there is no file and no folder '" + path + "'", "Give a file or a folder with *.yaml or *.yml files.");
        }
        List<Path> files = Files.isDirectory(found) ? list(found) : List.of(found);
        if (files.isEmpty()) {
            return Content.wrong("the folder '" + path + "' has no *.yaml or *.yml file", "Give the folder that has them.");
        }
        StringBuilder text = new StringBuilder();
        int left = MAX_BYTES;
        for (Path file : files) {
            if (inside && !file.toRealPath().startsWith(base.toRealPath())) {
                return outside(path);
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(left + 1);
            }
            left -= bytes.length;
            if (left < 0) {
                return Content.wrong("'" + path + "' has more than 1 MiB", "Leave out what does not belong to the model.");
            }
            try {
                text.append(text.isEmpty() ? "" : "\n---\n").append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
            } catch (CharacterCodingException e) {
                return Content.wrong("'" + file.getFileName() + "' is no text in UTF-8", "Give a file or a folder with *.yaml or *.yml files.");
            }
        }
        return new Content(text.toString(), null, null);
    }

    private static Content outside(String path) {
        return Content.wrong("'" + path + "' leads out of the workspace", "Give a path inside it.");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).filter(f -> f.getFileName().toString().matches(".*\\.ya?ml")).sorted().toList();
        }
    }
}
