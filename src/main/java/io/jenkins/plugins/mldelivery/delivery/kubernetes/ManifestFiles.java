package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the user's manifests: a YAML file, or those of a folder in the order of their names. */
public final class ManifestFiles {
    /** Bytes of all files together at most. */
    public static final int MAX_BYTES = 1024 * 1024;

    /** Manifests in a folder at most. */
    static final int MAX_FILES = 1000;

    private static final String PARAMETER = "manifests";
    private static final String REMEDY = "Give a file or a folder with *.yaml or *.yml files.";

    private ManifestFiles() {}

    /**
     * Reads.
     *
     * @param border where the path may lead, and the links in a folder
     * @param path of a file or a folder
     * @return the manifests, a document separator between two files
     * @throws DeliveryException when the path leaves the border, there is nothing, or what is there is not text in UTF-8 of at most 1 MiB
     */
    public static String read(WorkspaceBorder border, String path) throws DeliveryException {
        Path found = border.find(PARAMETER, path)
                .orElseThrow(() -> DeliveryException.invalid(PARAMETER, "there is no file and no folder '" + path + "'", REMEDY));
        try {
            List<Path> files = Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS) ? list(border, path, found) : List.of(found);
            if (files.isEmpty()) {
                throw DeliveryException.invalid(PARAMETER, "the folder '" + path + "' has no *.yaml or *.yml file", "Give the folder that has them.");
            }
            StringBuilder text = new StringBuilder();
            int left = MAX_BYTES;
            for (Path file : files) {
                RealFolder holder = border.holder(file);
                Path inside = holder.path().relativize(file);
                if (holder.attributes(inside).size() > left) {
                    throw DeliveryException.invalid(PARAMETER, "'" + path + "' has more than 1 MiB", "Leave out what does not belong to the model.");
                }
                byte[] bytes = holder.read(inside, left);
                left -= bytes.length;
                text.append(text.isEmpty() ? "" : "\n---\n").append(decode(file, bytes));
            }
            return text.toString();
        } catch (IOException e) {
            String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, PARAMETER, "'" + path + "' can't be read (" + reason + ")", "Correct the path or the files' permissions.", e);
        }
    }

    private static String decode(Path file, byte[] bytes) throws DeliveryException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw DeliveryException.invalid(PARAMETER, "'" + file.getFileName() + "' is not text in UTF-8", REMEDY);
        }
    }

    /** Real paths, in the order of the names in the folder. */
    private static List<Path> list(WorkspaceBorder border, String path, Path folder) throws IOException, DeliveryException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.{yaml,yml}")) {
            for (Path file : all) {
                if (Files.isRegularFile(file)) {
                    files.add(file);
                }
                if (files.size() > MAX_FILES) {
                    throw DeliveryException.invalid(PARAMETER, "the folder '" + path + "' has more than " + MAX_FILES + " manifests", "Give fewer.");
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        List<Path> real = new ArrayList<>();
        for (Path file : files.stream().sorted().toList()) {
            real.add(border.find(PARAMETER, file.toString()).orElse(file));
        }
        return real;
    }
}
