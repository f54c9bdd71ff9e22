package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where the command line writes a file. Links are not followed: one in a checked-out repository, or in a folder that others may write to, would lead the file to a place that nobody named. The folder that a command
 * works in, and the folders above a path outside of it, are the user's own choice, and may be reached by links.
 */
final class SafePath {
    private SafePath() {}

    /**
     * The path of a file to write.
     *
     * @param option the option that names it, for the error
     * @param directory the folder that a command works in
     * @param given absolute, or relative to that folder
     * @throws DeliveryException when a part of it below that folder, or the file itself, is a link, or when there is something other than a file
     */
    static Path resolve(String option, Path directory, Path given) throws DeliveryException {
        Path base = directory.toAbsolutePath().normalize();
        Path path = base.resolve(given).normalize();
        if (path.startsWith(base) && !path.equals(base)) {
            Path part = base;
            for (Path name : base.relativize(path)) {
                part = part.resolve(name);
                refuseLink(option, part);
            }
        }
        refuseLink(option, path);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw DeliveryException.invalid(option, "'" + given + "' is there and is not a file", "Give the name of a file.");
        }
        return path;
    }

    /** Refuses, before anything is done, what {@link #resolve} will refuse at the end. Null is no file. */
    static void check(String option, Path directory, Path given) throws DeliveryException {
        if (given != null) {
            resolve(option, directory, given);
        }
    }

    private static void refuseLink(String option, Path part) throws DeliveryException {
        if (Files.isSymbolicLink(part)) {
            throw DeliveryException.invalid(option, "'" + part + "' is a link, which is not followed", "Give the path that it leads to, or remove it.");
        }
    }
}
