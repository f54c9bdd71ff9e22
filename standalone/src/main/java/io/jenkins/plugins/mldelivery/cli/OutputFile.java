package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
        SafePath place = SafePath.resolve(option, directory, given);
        try {
            place.makeFolders();
            replace(place, text.getBytes(StandardCharsets.UTF_8), asBefore(place));
            return place.path();
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED, option, "could not write '" + place.path() + "' (" + FileProblems.text(e) + ")", remedy, e);
        }
    }

    /** Writes a file that only its owner may read, where the file system knows such a thing. */
    static void replacePrivate(SafePath file, byte[] content) throws IOException {
        replace(file, content, ownerOnly(file.folder()));
    }

    /** Writes such a file, which must not be there yet. */
    static void createPrivate(RealFolder folder, Path file, byte[] content) throws IOException {
        create(folder, file, content, ownerOnly(folder));
    }

    private static FileAttribute<?>[] ownerOnly(RealFolder folder) throws IOException {
        return folder.isPosix() ? rights(OWNER) : new FileAttribute<?>[0];
    }

    /** What gives a new file the readers of an earlier one; without one, the process's umask says who they are. */
    private static FileAttribute<?>[] asBefore(SafePath file) throws IOException {
        Set<PosixFilePermission> before = file.folder().permissions(file.relative());
        return before == null ? new FileAttribute<?>[0] : rights(before);
    }

    private static FileAttribute<?>[] rights(Set<PosixFilePermission> permissions) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    private static void replace(SafePath place, byte[] content, FileAttribute<?>... attributes) throws IOException {
        RealFolder folder = place.folder();
        Path name = place.relative().getFileName();
        Path beside = place.relative().resolveSibling("." + name + "." + UUID.randomUUID() + ".new");
        create(folder, beside, content, attributes);
        try {
            folder.rename(beside, name);
        } catch (IOException | RuntimeException e) {
            remove(folder, beside, e);
            throw e;
        }
    }

    private static void remove(RealFolder folder, Path file, Exception why) {
        try {
            folder.deleteFile(file);
        } catch (IOException second) {
            why.addSuppressed(second);
        }
    }

    /** What can't be written to its end, as in the middle of an abort, is not left. */
    private static void create(RealFolder folder, Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
        SeekableByteChannel made = folder.create(file, attributes);
        try (SeekableByteChannel channel = made) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (channel instanceof FileChannel onDisk) {
                onDisk.force(true);
            }
        } catch (IOException | RuntimeException e) {
            remove(folder, file, e);
            throw e;
        }
    }
}
