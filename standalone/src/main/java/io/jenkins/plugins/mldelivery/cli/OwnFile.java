package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * A file with secrets that this process made and removes at its end: never one that was there before, and none that
 * somebody has changed since.
 */
final class OwnFile implements AutoCloseable {
    private final SafePath place;
    private final byte[] content;

    private OwnFile(SafePath place, byte[] content) {
        this.place = place;
        this.content = content;
    }

    /**
     * Makes the file, readable by its owner alone. One that is there and empty holds nothing of anybody's: it is left
     * of a process that was killed between making and writing it, or made for this by {@code mktemp}.
     *
     * @param option the option that names it, for the error
     * @param directory the folder that a command works in
     * @param given absolute, or relative to that folder
     * @throws DeliveryException when it is there already and holds something, or can't be written
     * @throws InterruptedException when the user aborted meanwhile; nothing is left then
     */
    static OwnFile create(String option, Path directory, Path given, String text)
            throws DeliveryException, InterruptedException {
        SafePath place = SafePath.resolve(option, directory, given);
        Path path = place.path();
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (isEmpty(place)) {
                OutputFile.replacePrivate(place, content);
            } else {
                OutputFile.createPrivate(place.folder(), place.relative(), content);
            }
            return new OwnFile(place, content);
        } catch (FileAlreadyExistsException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT,
                    option,
                    "'" + path + "' is there already, and is not overwritten",
                    "Stop the playground that wrote it, remove it if it is left of one, or give another file.",
                    e);
        } catch (ClosedByInterruptException e) {
            throw Aborts.raised(e);
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED,
                    option,
                    "could not write '" + path + "' (" + FileProblems.text(e) + ")",
                    "Give a file in a folder that may be written to.",
                    e);
        }
    }

    /** Where it is. */
    Path path() {
        return place.path();
    }

    /** Removes it, unless it is no longer what this process wrote; in the middle of an abort as well. */
    @Override
    public void close() throws IOException {
        // An interrupted thread can't read a file.
        boolean interrupted = Thread.interrupted();
        try {
            if (isStillOurs()) {
                place.folder().deleteFile(place.relative());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isEmpty(SafePath place) throws IOException {
        BasicFileAttributes found = place.folder().attributes(place.relative());
        return found != null && found.isRegularFile() && found.size() == 0;
    }

    private boolean isStillOurs() throws IOException {
        BasicFileAttributes found = place.folder().attributes(place.relative());
        return found != null
                && found.isRegularFile()
                && found.size() == content.length
                && Arrays.equals(content, place.folder().read(place.relative(), content.length));
    }
}
