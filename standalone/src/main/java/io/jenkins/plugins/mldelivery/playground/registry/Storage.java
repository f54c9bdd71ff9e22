package io.jenkins.plugins.mldelivery.playground.registry;

import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The registry on disk. Blobs lie once under <code>blobs/</code>; a repository knows those that were pushed or mounted to it by empty files under
 * <code>repositories/NAME/_blobs/</code>, likewise its manifests (with their media types) and tags. Everything appears by a rename.
 */
final class Storage {
    private static final Pattern UPLOAD = Pattern.compile("[0-9a-f-]{36}");

    private final Path root;

    Storage(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("blobs"));
        Files.createDirectories(root.resolve("uploads"));
        Files.createDirectories(root.resolve("repositories"));
    }

    /** The blob's file, if the repository has it. */
    Optional<Path> blob(String repository, String digest) {
        return Files.exists(link(repository, "_blobs", digest)) ? Optional.of(content(digest)) : Optional.empty();
    }

    /** Whether a repository has any content. */
    boolean exists(String repository) {
        return Files.isDirectory(folder(repository));
    }

    boolean mount(String repository, String digest, String from) throws IOException {
        if (blob(from, digest).isEmpty()) {
            return false;
        }
        write(link(repository, "_blobs", digest), new byte[0]);
        return true;
    }

    String openUpload() throws IOException {
        String id = UUID.randomUUID().toString();
        Files.createFile(root.resolve("uploads").resolve(id));
        return id;
    }

    long uploaded(String id) throws IOException {
        return Files.size(upload(id));
    }

    /** Appends to an upload; what arrived before the connection broke is kept, so that the client can go on. */
    void append(String id, InputStream in) throws IOException {
        try (OutputStream out = Files.newOutputStream(upload(id), StandardOpenOption.APPEND)) {
            in.transferTo(out);
        }
    }

    void cancel(String id) throws IOException {
        Files.delete(upload(id));
    }

    /** Ends an upload, if its bytes have the digest. */
    void finish(String id, String repository, String digest) throws IOException {
        Path file = upload(id);
        MessageDigest actual = Digests.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[256 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                actual.update(buffer, 0, n);
            }
        }
        String found = Digests.format(actual);
        if (!found.equals(digest)) {
            Files.delete(file);
            throw RegistryError.digestInvalid("the content has the digest " + found + ", not " + digest);
        }
        Files.move(file, content(digest), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        write(link(repository, "_blobs", digest), new byte[0]);
    }

    /** The digest that a tag or digest stands for. */
    Optional<String> resolve(String repository, String reference) throws IOException {
        if (Digests.isDigest(reference)) {
            return Files.exists(link(repository, "_manifests", reference)) ? Optional.of(reference) : Optional.empty();
        }
        return read(folder(repository).resolve("_tags").resolve(reference));
    }

    String mediaType(String repository, String digest) throws IOException {
        return read(link(repository, "_manifests", digest)).orElse("");
    }

    byte[] manifest(String digest) throws IOException {
        return Files.readAllBytes(content(digest));
    }

    void putManifest(String repository, String reference, String mediaType, byte[] bytes) throws IOException {
        String digest = Digests.of(bytes);
        write(content(digest), bytes);
        write(link(repository, "_manifests", digest), mediaType.getBytes(StandardCharsets.UTF_8));
        if (!Digests.isDigest(reference)) {
            write(folder(repository).resolve("_tags").resolve(reference), digest.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The tags of a repository, sorted as the specification asks. */
    List<String> tags(String repository) throws IOException {
        Path tags = folder(repository).resolve("_tags");
        if (!Files.isDirectory(tags)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(tags)) {
            return files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).sorted().toList();
        }
    }

    private Path upload(String id) throws IOException {
        Path file = root.resolve("uploads").resolve(id);
        if (!UPLOAD.matcher(id).matches() || !Files.exists(file)) {
            throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }
        return file;
    }

    private Path content(String digest) {
        return root.resolve("blobs").resolve(digest.substring("sha256:".length()));
    }

    private Path folder(String repository) {
        return root.resolve("repositories").resolve(repository);
    }

    private Path link(String repository, String kind, String digest) {
        return folder(repository).resolve(kind).resolve(digest.substring("sha256:".length()));
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(root.resolve("uploads"), "small", "");
        Files.write(temporary, bytes);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
