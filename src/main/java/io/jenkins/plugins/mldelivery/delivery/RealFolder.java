package io.jenkins.plugins.mldelivery.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A folder whose content is opened, written and renamed without following a symbolic link anywhere below it, so that what lies in the folder can't lead a
 * reader or a writer out of it, also not when it is changed at the same moment.
 *
 * <p>On Linux each step below the folder goes from an open directory to the next (openat with O_NOFOLLOW). Systems without that (Windows, macOS) compare the
 * real path before and after instead. Only regular files are opened: a pipe would block, a device could be endless. What remains: a file that is exchanged
 * for a pipe between the look at it and its opening, which takes microseconds, blocks the thread; and a hard link is not told from a file.
 *
 * <p>Paths are relative to the folder and have no {@code ..}. All methods throw an {@link IOException} when a part of the path is a link.
 */
public final class RealFolder {
    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;

    private final Path root;
    private final boolean openAt;

    private RealFolder(Path root, boolean openAt) {
        this.root = root;
        this.openAt = openAt;
    }

    /**
     * A folder that exists. The links on the way to it are resolved here, once.
     *
     * @throws NotDirectoryException when it is something else
     */
    public static RealFolder of(Path folder) throws IOException {
        return of(folder, true);
    }

    /** @param openAt whether to use open directories where the system has them */
    static RealFolder of(Path folder, boolean openAt) throws IOException {
        Path real = folder.toRealPath();
        if (!Files.isDirectory(real, NOFOLLOW)) {
            throw new NotDirectoryException(folder.toString());
        }
        return new RealFolder(real, openAt);
    }

    /** Where it is: absolute and without links. */
    public Path path() {
        return root;
    }

    /** Opens a regular file for reading. */
    public SeekableByteChannel open(Path file) throws IOException {
        return open(file, StandardOpenOption.READ);
    }

    /** Opens a regular file that is there for writing; what is in it stays. */
    public SeekableByteChannel openForWriting(Path file) throws IOException {
        return open(file, StandardOpenOption.WRITE);
    }

    private SeekableByteChannel open(Path file, OpenOption mode) throws IOException {
        return in(file, place -> {
            BasicFileAttributes before = regular(place, file);
            SeekableByteChannel channel = place.channel(Set.of(mode, NOFOLLOW));
            try {
                if (!Objects.equals(before.fileKey(), regular(place, file).fileKey())) {
                    throw new FileSystemException(file.toString(), null, "it was exchanged while it was opened");
                }
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return channel;
        });
    }

    /**
     * Reads a regular file.
     *
     * @param limit bytes; a longer file is refused
     */
    public byte[] read(Path file, int limit) throws IOException {
        try (SeekableByteChannel channel = open(file)) {
            if (channel.size() > limit) {
                throw new FileSystemException(file.toString(), null, "it is longer than " + limit + " bytes");
            }
            // One byte more than it had, to notice that it grew.
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size() + 1);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            if (!bytes.hasRemaining()) {
                throw new FileSystemException(file.toString(), null, "it grew while it was read");
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        }
    }

    /** What a path is, links not followed; null when there is nothing. */
    public BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return in(path, Place::attributes);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The rights of a file, links not followed; null when there is nothing, or when the file system has other rights. */
    public Set<PosixFilePermission> permissions(Path path) throws IOException {
        try {
            return in(path, place -> {
                PosixFileAttributeView view = place.posix();
                return view == null ? null : view.readAttributes().permissions();
            });
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether files here have the rights of POSIX. */
    public boolean isPosix() throws IOException {
        return Files.getFileStore(root).supportsFileAttributeView("posix");
    }

    /**
     * Creates a file, which must not exist, and opens it for writing.
     *
     * @param attributes which it has from the beginning
     */
    public SeekableByteChannel create(Path file, FileAttribute<?>... attributes) throws IOException {
        return in(file, place -> place.channel(Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW), attributes));
    }

    /**
     * Creates a folder and those above it, where they are missing. This is the one change that is made by path, because no system offers it otherwise to Java: in
     * the worst case, a race that is lost, an empty folder appears elsewhere, and an exception follows.
     */
    public void createFolders(Path folder) throws IOException {
        if (folder.toString().isEmpty()) {
            return;
        }
        Path sofar = null;
        for (Path name : folder) {
            sofar = sofar == null ? name : sofar.resolve(name);
            try {
                Files.createDirectory(root.resolve(sofar));
            } catch (FileAlreadyExistsException e) {
                // What it is is looked at next.
            }
            BasicFileAttributes made = attributes(sofar);
            if (made == null || !made.isDirectory()) {
                throw made != null && made.isSymbolicLink() ? link(sofar) : new NotDirectoryException(sofar.toString());
            }
        }
    }

    /** Renames a file within its folder, in one step. A file of the new name is replaced; anything else of that name is refused. */
    public void rename(Path file, Path name) throws IOException {
        Path target = file.resolveSibling(name);
        BasicFileAttributes there = attributes(target);
        if (there != null && !there.isRegularFile()) {
            throw there.isSymbolicLink() ? link(target) : special(target);
        }
        in(file, place -> {
            place.renameTo(name.getFileName());
            return null;
        });
    }

    /** Removes a file, or a link but not what it points to; nothing there is no error. */
    public void deleteFile(Path file) throws IOException {
        try {
            in(file, place -> {
                place.delete();
                return null;
            });
        } catch (NoSuchFileException e) {
            // That is what was wanted.
        }
    }

    /** Removes an empty folder. */
    public void deleteFolder(Path folder) throws IOException {
        in(folder, place -> {
            place.deleteFolder();
            return null;
        });
    }

    private static BasicFileAttributes regular(Place place, Path file) throws IOException {
        BasicFileAttributes attributes = place.attributes();
        if (attributes.isSymbolicLink()) {
            throw link(file);
        }
        if (!attributes.isRegularFile()) {
            throw attributes.isDirectory() ? new FileSystemException(file.toString(), null, "it is a folder") : special(file);
        }
        return attributes;
    }

    private static FileSystemException link(Path path) {
        return new FileSystemException(path.toString(), null, "it is a symbolic link");
    }

    private static FileSystemException special(Path path) {
        return new FileSystemException(path.toString(), null, "it is not a regular file");
    }

    private <T> T in(Path path, Action<T> action) throws IOException {
        if (path.isAbsolute() || path.getFileName() == null || !path.equals(path.normalize()) || path.startsWith("..")) {
            throw new FileSystemException(path.toString(), null, "it is not a path below the folder");
        }
        DirectoryStream<Path> top = Files.newDirectoryStream(root);
        if (!openAt || !(top instanceof SecureDirectoryStream)) {
            top.close();
            return byPath(path, action);
        }
        SecureDirectoryStream<Path> current = (SecureDirectoryStream<Path>) top;
        try {
            for (int i = 0; i < path.getNameCount() - 1; i++) {
                SecureDirectoryStream<Path> parent = current;
                current = below(parent, path.getName(i), path);
                parent.close();
            }
            return action.run(new OpenPlace(current, path.getFileName()));
        } finally {
            current.close();
        }
    }

    private static SecureDirectoryStream<Path> below(SecureDirectoryStream<Path> parent, Path name, Path path) throws IOException {
        BasicFileAttributes attributes = parent.getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW).readAttributes();
        if (!attributes.isDirectory()) {
            throw new FileSystemException(path.toString(), null, "'" + name + "' is " + (attributes.isSymbolicLink() ? "a symbolic link" : "not a folder"));
        }
        return parent.newDirectoryStream(name, NOFOLLOW);
    }

    private <T> T byPath(Path path, Action<T> action) throws IOException {
        Path parent = java.util.Objects.requireNonNull(root.resolve(path).getParent());
        requireReal(parent, path);
        T result = action.run(new NamedPlace(parent.resolve(path.getFileName())));
        try {
            requireReal(parent, path);
        } catch (IOException e) {
            if (result instanceof AutoCloseable open) {
                try {
                    open.close();
                } catch (Exception suppressed) {
                    e.addSuppressed(suppressed);
                }
            }
            throw e;
        }
        return result;
    }

    private static void requireReal(Path folder, Path path) throws IOException {
        if (!folder.toRealPath().equals(folder)) {
            throw new FileSystemException(path.toString(), null, "a part of it is a symbolic link");
        }
    }

    /** What is done at a place. */
    private interface Action<T> {
        T run(Place place) throws IOException;
    }

    /** A name in a folder. */
    private interface Place {
        BasicFileAttributes attributes() throws IOException;

        /** Null where the file system knows no rights of POSIX. */
        PosixFileAttributeView posix();

        SeekableByteChannel channel(Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException;

        void renameTo(Path name) throws IOException;

        void delete() throws IOException;

        void deleteFolder() throws IOException;
    }

    /** A name in an open directory. */
    private record OpenPlace(SecureDirectoryStream<Path> folder, Path name) implements Place {
        @Override
        public BasicFileAttributes attributes() throws IOException {
            return folder.getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW).readAttributes();
        }

        @Override
        public PosixFileAttributeView posix() {
            return folder.getFileAttributeView(name, PosixFileAttributeView.class, NOFOLLOW);
        }

        @Override
        public SeekableByteChannel channel(Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return folder.newByteChannel(name, options, attributes);
        }

        @Override
        public void renameTo(Path other) throws IOException {
            folder.move(name, folder, other);
        }

        @Override
        public void delete() throws IOException {
            folder.deleteFile(name);
        }

        @Override
        public void deleteFolder() throws IOException {
            folder.deleteDirectory(name);
        }
    }

    /** A name in a folder that is known by its path alone. */
    private record NamedPlace(Path path) implements Place {
        @Override
        public BasicFileAttributes attributes() throws IOException {
            return Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW);
        }

        @Override
        public PosixFileAttributeView posix() {
            return Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW);
        }

        @Override
        public SeekableByteChannel channel(Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return Files.newByteChannel(path, options, attributes);
        }

        @Override
        public void renameTo(Path other) throws IOException {
            Path target = path.resolveSibling(other);
            try {
                Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }

        @Override
        public void delete() throws IOException {
            Files.delete(path);
        }

        @Override
        public void deleteFolder() throws IOException {
            if (!attributes().isDirectory()) {
                throw new NotDirectoryException(path.toString());
            }
            Files.delete(path);
        }
    }
}
