package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder in the OCI image layout 1.0.0: {@code oci-layout}, {@code index.json}, {@code blobs/sha256/…}. Each blob and the index appear by a rename, the index
 * last, so that a reader, or an abort at any moment, never sees half an image. No symbolic link in the folder is followed, for reading or writing.
 */
public final class ImageLayout {
    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final byte[] VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);
    private static final int MAX_VERSION = 4096;
    /** As registries have it for a manifest. */
    private static final int MAX_INDEX = 4 * 1024 * 1024;

    private final RealFolder holder;
    private final Path folder;

    private ImageLayout(RealFolder holder, Path folder) {
        this.holder = holder;
        this.folder = folder;
    }

    /**
     * Opens a layout, or prepares an absent or empty folder to become one.
     *
     * @param holder an existing folder at or above the layout
     * @param folder the layout's path in it; empty when it is the holder
     * @throws MalformedException when the folder has other content
     */
    public static ImageLayout open(RealFolder holder, Path folder) throws IOException, MalformedException {
        Path full = holder.path().resolve(folder);
        ImageLayout layout = new ImageLayout(holder, folder);
        if (Files.exists(full) && !Files.isDirectory(full)) {
            throw new MalformedException("it is not a folder");
        }
        if (holder.attributes(folder.resolve("oci-layout")) != null) {
            String version = Json.object(holder.read(folder.resolve("oci-layout"), MAX_VERSION)).path("imageLayoutVersion").asText();
            if (!version.equals("1.0.0")) {
                throw new MalformedException("its layout version is '" + version.substring(0, Math.min(20, version.length())) + "', not 1.0.0");
            }
            layout.entries();
        } else if (Files.exists(full) && !isEmpty(full)) {
            throw new MalformedException("it exists, is not empty and is not an OCI image layout");
        }
        return layout;
    }

    private Path blob(String digest) {
        return folder.resolve("blobs").resolve("sha256").resolve(digest.substring("sha256:".length()));
    }

    /** Whether it has a blob. By its size only: hashing gigabytes again would cost more than it tells. */
    public boolean has(Descriptor blob) throws IOException {
        BasicFileAttributes there = holder.attributes(blob(blob.digest()));
        return there != null && there.isRegularFile() && there.size() == blob.size();
    }

    /** A blob in the making, on the same file system. It is gone when it is closed without having been adopted. */
    public final class Incoming implements Closeable {
        private final Path file;
        private final OutputStream out;

        private Incoming() throws IOException {
            Path blobs = folder.resolve("blobs").resolve("sha256");
            holder.createFolders(blobs);
            file = blobs.resolve(".incoming-" + UUID.randomUUID() + ".tmp");
            out = Channels.newOutputStream(holder.create(file));
        }

        /** Takes its bytes. */
        public OutputStream out() {
            return out;
        }

        /** Where it is for now. */
        public Path folder() {
            return holder.path().resolve(file).getParent();
        }

        /** Moves it to its place. */
        public void adopt(String digest) throws IOException {
            out.close();
            holder.rename(file, blob(digest).getFileName());
        }

        @Override
        public void close() throws IOException {
            out.close();
            holder.deleteFile(file);
        }
    }

    /** Begins a blob. */
    public Incoming incoming() throws IOException {
        return new Incoming();
    }

    /** Writes a small blob. */
    public void write(byte[] bytes) throws IOException {
        try (Incoming incoming = incoming()) {
            incoming.out().write(bytes);
            incoming.adopt(Digests.of(bytes));
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

    private Iterable<JsonNode> entries() throws IOException, MalformedException {
        Path index = folder.resolve("index.json");
        if (holder.attributes(index) == null) {
            return List.of();
        }
        JsonNode manifests = Json.object(holder.read(index, MAX_INDEX)).path("manifests");
        if (!manifests.isArray()) {
            throw new MalformedException("its index.json has no list of manifests");
        }
        return manifests;
    }

    private void replace(String name, byte[] bytes) throws IOException {
        Path temporary = folder.resolve("." + name + "-" + UUID.randomUUID() + ".tmp");
        try {
            try (OutputStream out = Channels.newOutputStream(holder.create(temporary))) {
                out.write(bytes);
            }
            holder.rename(temporary, Path.of(name));
        } finally {
            holder.deleteFile(temporary);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty();
        }
    }
}
