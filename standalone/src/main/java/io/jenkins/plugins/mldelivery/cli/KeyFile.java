package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The key of the command line's hashes: in a file of the user's alone, made when the first hash is needed. By default
 * {@code $XDG_STATE_HOME/ml-delivery/config-hash.key}, else in {@code ~/.local/state}. Where it can't be kept, as in a
 * container without a home folder, each process has a key of its own.
 */
final class KeyFile implements KeyedHash {
    private static final int BYTES = 32;
    private static final int MAX_FILE = 2 * BYTES + 2;

    private final Path file;
    private final Consumer<String> notes;
    private KeyedHash loaded;

    /**
     * @param file where it is or will be, or null for nowhere
     * @param notes told, once, when it can't be kept
     */
    KeyFile(Path file, Consumer<String> notes) {
        this.file = file;
        this.notes = notes;
    }

    /** That of the user whom these environment variables describe. */
    static KeyFile of(Map<String, String> variables, Consumer<String> notes) {
        Path state = HomeFolder.absolute(variables.getOrDefault("XDG_STATE_HOME", ""));
        Path home = HomeFolder.of(variables);
        // Not in the working folder: whoever has filled it would know the key, and could seal a state with it.
        Path folder = state != null || home == null ? state : home.resolve(".local").resolve("state");
        return new KeyFile(folder == null ? null : folder.resolve("ml-delivery").resolve("config-hash.key"), notes);
    }

    @Override
    public synchronized byte[] of(byte[] message) {
        if (loaded == null) {
            loaded = KeyedHash.withKey(key());
        }
        return loaded.of(message);
    }

    private byte[] key() {
        byte[] fresh = new byte[BYTES];
        new SecureRandom().nextBytes(fresh);
        if (file == null) {
            return fresh;
        }
        try {
            byte[] kept = read();
            if (kept == null) {
                write(fresh);
                // That of another process which was as quick.
                kept = read();
            }
            return kept == null ? fresh : kept;
        } catch (IOException e) {
            notes.accept("the key for the hashes of ConfigMaps, Secrets and requests can't be kept in '" + file + "' (" + FileProblems.text(e)
                    + "), so this run has a key of its own");
            return fresh;
        }
    }

    /** The key, or null when there is none or what is there is none. */
    private byte[] read() throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_FILE) {
            return null;
        }
        try {
            byte[] key = HexFormat.of().parseHex(Files.readString(file, StandardCharsets.US_ASCII).strip());
            return key.length == BYTES ? key : null;
        } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException | NoSuchFileException e) {
            return null;
        }
    }

    private void write(byte[] key) throws IOException {
        Files.createDirectories(file.getParent(), rights("rwx------"));
        Path beside =
                Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new", rights("rw-------"));
        try {
            Files.writeString(beside, HexFormat.of().formatHex(key) + "\n", StandardCharsets.US_ASCII);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static FileAttribute<?>[] rights(String words) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(words))}
                : new FileAttribute<?>[0];
    }
}
