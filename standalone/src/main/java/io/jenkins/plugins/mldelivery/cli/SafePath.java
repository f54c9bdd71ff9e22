package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where the command line writes a file. Links are not followed: one in a checked-out repository, or in a folder that
 * others may write to, would lead the file to a place that nobody named. The folder that a command
 * works in, and the folders above a path outside of it, are the user's own choice, and may be reached by links. What is
 * below is done from open folder to open folder, so that a link that takes a folder's place meanwhile leads nowhere.
 */
final class SafePath {
    private final Path path;
    private final Path base;
    private final Path relative;
    private RealFolder folder;

    private SafePath(Path path, Path base) {
        this.path = path;
        this.base = base;
        this.relative = base.relativize(path);
    }

    /** A file whose folders are all the user's own choice. */
    static SafePath of(Path file) {
        Path path = file.toAbsolutePath().normalize();
        return new SafePath(path, path.getParent());
    }

    /**
     * The place of a file to write.
     *
     * @param option the option that names it, for the error
     * @param directory the folder that a command works in
     * @param given absolute, or relative to that folder
     * @throws DeliveryException when a part of it below that folder, or the file itself, is a link, or when there is
     *     something other than a file
     */
    static SafePath resolve(String option, Path directory, Path given) throws DeliveryException {
        Path base = directory.toAbsolutePath().normalize();
        Path path = base.resolve(given).normalize();
        boolean below = path.startsWith(base) && !path.equals(base);
        if (below) {
            Path part = base;
            for (Path name : base.relativize(path)) {
                part = part.resolve(name);
                refuseLink(option, part);
            }
        }
        refuseLink(option, path);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw DeliveryException.invalid(
                    option, "'" + given + "' is there and is not a file", "Give the name of a file.");
        }
        return below ? new SafePath(path, base) : of(path);
    }

    /** Refuses, before anything is done, what {@link #resolve} will refuse at the end. Null is no file. */
    static void check(String option, Path directory, Path given) throws DeliveryException {
        if (given != null) {
            resolve(option, directory, given);
        }
    }

    private static void refuseLink(String option, Path part) throws DeliveryException {
        if (Files.isSymbolicLink(part)) {
            throw DeliveryException.invalid(
                    option,
                    "'" + part + "' is a link, which is not followed",
                    "Give the path that it leads to, or remove it.");
        }
    }

    /** Absolute, for people. */
    Path path() {
        return path;
    }

    /** Where it is below {@link #folder}. */
    Path relative() {
        return relative;
    }

    /** The folder that is the user's own choice, which is made when it is missing. */
    RealFolder folder() throws IOException {
        if (folder == null) {
            Files.createDirectories(base);
            folder = RealFolder.of(base);
        }
        return folder;
    }

    /**
     * Makes the folders above it that are missing.
     *
     * @return whether the one that holds it was
     */
    boolean makeFolders() throws IOException {
        Path parent = relative.getParent();
        boolean missing = !Files.exists(base) || parent != null && folder().attributes(parent) == null;
        folder().createFolders(parent == null ? Path.of("") : parent);
        return missing;
    }

    /** Removes the folder that holds it, which is empty. */
    void removeFolder() throws IOException {
        if (relative.getParent() == null) {
            Files.delete(base);
        } else {
            folder().deleteFolder(relative.getParent());
        }
    }
}
