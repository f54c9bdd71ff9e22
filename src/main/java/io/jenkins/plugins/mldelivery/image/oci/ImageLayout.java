package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder in the OCI image layout 1.0.0: <code>oci-layout</code>, <code>index.json</code>, <code>blobs/sha256/…</code>. Each blob and the index appear by a rename, the index
 * last, so that a reader, or an abort at any moment, never sees half an image.
 */
public final class ImageLayout {
    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final byte[] VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

    private final Path folder;

    private ImageLayout(Path folder) {
        this.folder = folder;
    }

    /**
     * Opens a layout, or prepares an absent or empty folder to become one.
     *
     * @throws MalformedException when the folder has other content
     */
    public static ImageLayout open(Path folder) throws IOException, MalformedException {
        if (Files.exists(folder.resolve("oci-layout"))) {
            String version = Json.object(Files.readAllBytes(folder.resolve("oci-layout"))).path("imageLayoutVersion").asText();
            if (!version.equals("1.0.0")) {
                throw new MalformedException("its layout version is '" + version + "', not 1.0.0");
            }
        } else if (Files.exists(folder) && !isEmpty(folder)) {
            throw new MalformedException("it exists, is not empty and is no OCI image layout");
        }
        return new ImageLayout(folder);
    }

    /** Where a blob is, or will be. */
    public Path blob(String digest) {
        return folder.resolve("blobs").resolve("sha256").resolve(digest.substring("sha256:".length()));
    }

    /** Whether it has a blob. By its size only: hashing gigabytes again would cost more than it tells. */
    public boolean has(Descriptor blob) throws IOException {
        Path file = blob(blob.digest());
        return Files.isRegularFile(file) && Files.size(file) == blob.size();
    }

    /** A place for a blob in the making, on the same file system. The caller moves it in with {@link #adopt}, or deletes it. */
    public Path temporary() throws IOException {
        Path blobs = folder.resolve("blobs").resolve("sha256");
        Files.createDirectories(blobs);
        return Files.createTempFile(blobs, ".incoming-", ".tmp");
    }

    /** Moves a finished blob from {@link #temporary} to its place. */
    public void adopt(Path temporary, String digest) throws IOException {
        move(temporary, blob(digest));
    }

    /** Writes a small blob. */
    public void write(byte[] bytes) throws IOException {
        Path temporary = temporary();
        try {
            Files.write(temporary, bytes);
            adopt(temporary, Digests.of(bytes));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The digest of the image under a tag. */
    public Optional<String> find(String tag) throws IOException, MalformedException {
        for (JsonNode entry : entries()) {
            if (tag.equals(entry.path("annotations").path(REF_NAME).asText(null))) {
                return Optional.of(entry.path("digest").asText());
            }
        }
        return Optional.empty();
    }

    /** Lets a tag name this manifest, whose blobs must be there; other images stay. */
    public void tag(String tag, Descriptor manifest, Platform platform) throws IOException, MalformedException {
        ObjectMapper mapper = new ObjectMapper();
        List<Object> entries = new ArrayList<>();
        for (JsonNode entry : entries()) {
            if (!tag.equals(entry.path("annotations").path(REF_NAME).asText(null))) {
                entries.add(mapper.convertValue(entry, Object.class));
            }
        }
        Map<String, Object> mine = manifest.toMap();
        Map<String, Object> on = new LinkedHashMap<>();
        on.put("architecture", platform.architecture());
        on.put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            on.put("variant", platform.variant());
        }
        mine.put("platform", on);
        mine.put("annotations", Map.of(REF_NAME, tag));
        entries.add(mine);
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", MediaTypes.OCI_INDEX);
        index.put("manifests", entries);
        replace("oci-layout", VERSION);
        replace("index.json", Json.bytes(index));
    }

    private JsonNode entries() throws IOException, MalformedException {
        Path index = folder.resolve("index.json");
        return Files.exists(index)
                ? Json.object(Files.readAllBytes(index)).path("manifests")
                : new ObjectMapper().createArrayNode();
    }

    private void replace(String name, byte[] bytes) throws IOException {
        Path temporary = Files.createTempFile(folder, "." + name, ".tmp");
        try {
            Files.write(temporary, bytes);
            move(temporary, folder.resolve(name));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        makeReadable(from);
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The JDK creates temporary files for their owner alone; a layout is there to be read by others too. */
    private static void makeReadable(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private static boolean isEmpty(Path folder) throws IOException, MalformedException {
        if (!Files.isDirectory(folder)) {
            throw new MalformedException("it is no folder");
        }
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty();
        }
    }
}
