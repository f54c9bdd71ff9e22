package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/**
 * Files that appear whole or not at all: written beside under a name of their own, forced to disk, and moved over what
 * was there.
 */
final class OutputFile {
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private OutputFile() {}

    /**
     * Writes a report for others to read, over an earlier one. Folders that are missing are made.
     *
     * @param option the option that names the file, for the error
     * @param directory the folder that a command works in
     * @param given absolute, or relative to that folder; not a link
     * @param remedy what to do when it can't be written
     * @return where it is
     */
    static Path write(String option, Path directory, Path given, String text, String remedy) throws DeliveryException {
        Path path = SafePath.resolve(option, directory, given);
        try {
            Files.createDirectories(path.getParent());
            replace(path, text.getBytes(StandardCharsets.UTF_8), asBefore(path));
            return path;
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED, option, "could not write '" + path + "' (" + FileProblems.text(e) + ")", remedy, e);
        }
    }

    /** Writes a file that only its owner may read, where the file system knows such a thing. */
    static void replacePrivate(Path file, byte[] content) throws IOException {
        replace(file, content, ownerOnly(file));
    }

    /** What makes a new file private. */
    static FileAttribute<?>[] ownerOnly(Path file) throws IOException {
        return isPosix(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
    }

    /** What gives a new file the readers of an earlier one; without one, the process's umask says who they are. */
    private static FileAttribute<?>[] asBefore(Path file) throws IOException {
        boolean known = isPosix(file) && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        return known
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path file) throws IOException {
        return Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    }

    private static void replace(Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
        try {
            create(beside, content, attributes);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(beside);
            throw e;
        }
    }

    /** Writes a file that must not be there yet. */
    static void create(Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
        Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel = FileChannel.open(file, options, attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
