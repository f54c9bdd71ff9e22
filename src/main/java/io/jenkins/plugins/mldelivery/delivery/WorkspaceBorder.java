package io.jenkins.plugins.mldelivery.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where the paths that a user gives may lead. In Jenkins the border is the workspace's real path: absolute paths elsewhere, {@code ..} and symbolic links that
 * leave it are refused, for reading and for writing. Links that stay inside work. On the command line the user may name any path that the user may read.
 *
 * <p>A path is resolved when it is asked for. What is then opened is opened through {@link #holder}, which follows no link any more, so that nothing can be
 * exchanged in between.
 */
public final class WorkspaceBorder {
    private static final int MAX_LENGTH = 4096;
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:[\\\\/].*", Pattern.DOTALL);
    private static final Pattern DEVICE =
            Pattern.compile("(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|COM[0-9¹²³]|LPT[0-9¹²³])( *[.:].*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final String INSIDE = "Give a path inside it.";

    private final Path base;
    private final boolean bounded;

    private WorkspaceBorder(Path base, boolean bounded) {
        this.base = base.toAbsolutePath().normalize();
        this.bounded = bounded;
    }

    /** Paths may not leave this folder, which need not exist yet. */
    public static WorkspaceBorder inside(Path workspace) {
        return new WorkspaceBorder(workspace, true);
    }

    /** Paths may lead anywhere; relative ones start in this folder. */
    public static WorkspaceBorder anywhere(Path directory) {
        return new WorkspaceBorder(directory, false);
    }

    /**
     * The real path of something that exists.
     *
     * @param parameter the parameter that has the path, for errors
     * @param path as the user gave it, at most 4,096 characters
     * @return absolute and without links, or empty when there is nothing
     * @throws DeliveryException when it leaves the border or is not a path
     */
    public Optional<Path> find(String parameter, String path) throws DeliveryException {
        try {
            Path full = resolve(parameter, path);
            Path real;
            try {
                real = full.toRealPath();
            } catch (NoSuchFileException e) {
                existing(parameter, path, full);
                return Optional.empty();
            }
            return Optional.of(checked(parameter, path, real));
        } catch (IOException e) {
            throw unreadable(parameter, path, e);
        }
    }

    /**
     * A place to write to: absolute, its links resolved. It and folders above it may be missing; it is not a link itself.
     *
     * @param parameter the parameter that has the path, for errors
     * @param path as the user gave it, at most 4,096 characters
     * @throws DeliveryException when it leaves the border or is not a path
     */
    public Path target(String parameter, String path) throws DeliveryException {
        try {
            Path full = resolve(parameter, path).normalize();
            Path there = existing(parameter, path, full);
            Path target = there == null ? full : checked(parameter, path, there.toRealPath()).resolve(there.relativize(full)).normalize();
            for (Path name : target) {
                if (isWindows() && DEVICE.matcher(name.toString()).matches()) {
                    throw DeliveryException.invalid(parameter, "'" + path + "' names a device of Windows", "Give another name.");
                }
            }
            return target;
        } catch (IOException e) {
            throw unreadable(parameter, path, e);
        }
    }

    /**
     * Writes a file, with the folders above it. The file appears complete, in one step; one that is there is replaced, unless it is a link, a folder or a device.
     *
     * @param parameter the parameter that has the path, for errors
     * @param path as the user gave it
     * @throws DeliveryException when it leaves the border or can't be written
     */
    public void write(String parameter, String path, byte[] bytes) throws DeliveryException {
        refuseLink(parameter, path);
        Path target = target(parameter, path);
        try {
            RealFolder folder = writer(target);
            Path relative = folder.path().relativize(target);
            if (relative.toString().isEmpty()) {
                throw new FileSystemException(path, null, "it is a folder");
            }
            if (relative.getParent() != null) {
                folder.createFolders(java.util.Objects.requireNonNull(relative.getParent()));
            }
            Path temporary = relative.resolveSibling(".ml-delivery-" + UUID.randomUUID());
            try {
                try (SeekableByteChannel out = folder.create(temporary)) {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                }
                folder.rename(temporary, java.util.Objects.requireNonNull(relative.getFileName()));
            } finally {
                folder.deleteFile(temporary);
            }
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED, parameter, "'" + path + "' can't be written (" + reason(e) + ")",
                    bounded ? "Give a file in the workspace." : "Give a file that can be written.", e);
        }
    }

    /**
     * The folder through which something found by {@link #find} is opened: the workspace, so that no folder on the way can be exchanged for a link; without a border
     * the thing itself, or a file's folder.
     */
    public RealFolder holder(Path real) throws IOException {
        return RealFolder.of(bounded ? base : Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS) ? real : java.util.Objects.requireNonNull(real.getParent()));
    }

    /**
     * The folder through which a {@link #target} is written: the workspace, which is created if it is missing; without a border the nearest folder that exists.
     */
    public RealFolder writer(Path target) throws IOException {
        if (bounded) {
            Files.createDirectories(base);
            return RealFolder.of(base);
        }
        Path folder = target;
        while (folder != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new FileSystemException(target.toString(), null, "there is no folder above it");
        }
        return RealFolder.of(folder);
    }

    /** What went wrong with a file, in a few words without a full stop. */
    static String reason(IOException e) {
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private Path resolve(String parameter, String text) throws DeliveryException, IOException {
        if (text == null || text.isBlank()) {
            throw DeliveryException.invalid(parameter, "no path is given", bounded ? "Give a path in the workspace." : "Give a path.");
        }
        if (text.length() > MAX_LENGTH) {
            throw DeliveryException.invalid(parameter, "the path has " + text.length() + " characters", "Give a shorter one.");
        }
        Path given;
        try {
            given = base.getFileSystem().getPath(text);
        } catch (InvalidPathException e) {
            throw DeliveryException.invalid(parameter, "'" + text + "' is not a valid path", "Correct it.");
        }
        if (!isWindows() && DRIVE.matcher(text).matches()) {
            throw DeliveryException.invalid(parameter, "'" + text + "' is a path of Windows, which this machine does not run", "Give a path relative to the `workspace`.");
        }
        if (!bounded) {
            return base.resolve(given);
        }
        // On Windows \x and C:x start from a drive's current folder.
        if (given.getRoot() != null && !given.isAbsolute()) {
            throw outside(parameter, text);
        }
        Path real = Files.exists(base) ? base.toRealPath() : base;
        Path full = base.resolve(given).normalize();
        if (full.startsWith(base)) {
            return real.resolve(base.relativize(full)).normalize();
        }
        if (!full.startsWith(real)) {
            throw outside(parameter, text);
        }
        return full;
    }

    /** The nearest thing that exists, from the whole path upwards; null when that is above the border. It is not a link to nothing. */
    private Path existing(String parameter, String text, Path full) throws IOException, DeliveryException {
        Path there = full;
        while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = there.getParent();
        }
        if (there == null || bounded && !Files.exists(base)) {
            return null;
        }
        try {
            checked(parameter, text, there.toRealPath());
        } catch (NoSuchFileException e) {
            throw DeliveryException.invalid(parameter, "'" + text + "' is or passes a link that points to nothing", "Remove the link or restore its target.");
        }
        return there;
    }

    private void refuseLink(String parameter, String text) throws DeliveryException {
        try {
            if (Files.isSymbolicLink(resolve(parameter, text))) {
                throw DeliveryException.invalid(parameter, "'" + text + "' is a symbolic link, which is not written through", "Give another name, or remove the link.");
            }
        } catch (IOException e) {
            throw unreadable(parameter, text, e);
        }
    }

    private Path checked(String parameter, String text, Path real) throws DeliveryException, IOException {
        if (bounded && !real.startsWith(base.toRealPath())) {
            throw outside(parameter, text);
        }
        return real;
    }

    private static DeliveryException outside(String parameter, String text) {
        return DeliveryException.invalid(parameter, "'" + text + "' leads out of the workspace", INSIDE);
    }

    private static DeliveryException unreadable(String parameter, String text, IOException e) {
        return new DeliveryException(
                DeliveryException.Kind.INVALID_INPUT, parameter, "'" + text + "' can't be read (" + reason(e) + ")", "Correct the path or its permissions.", e);
    }

    private boolean isWindows() {
        return base.getFileSystem().getSeparator().equals("\\");
    }
}
