package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
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
     * Makes the file, readable by its owner alone.
     *
     * @param option the option that names it, for the error
     * @param directory the folder that a command works in
     * @param given absolute, or relative to that folder
     * @throws DeliveryException when it is there already, or can't be written
     */
    static OwnFile create(String option, Path directory, Path given, String text) throws DeliveryException {
        SafePath place = SafePath.resolve(option, directory, given);
        Path path = place.path();
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try {
            OutputFile.createPrivate(place.folder(), place.relative(), content);
            return new OwnFile(place, content);
        } catch (FileAlreadyExistsException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT,
                    option,
                    "'" + path + "' is there already, and is not overwritten",
                    "Stop the playground that wrote it, remove it if it is left of one, or give another file.",
                    e);
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

    /** Removes it, unless it is no longer what this process wrote. */
    @Override
    public void close() throws IOException {
        if (isStillOurs()) {
            place.folder().deleteFile(place.relative());
        }
    }

    private boolean isStillOurs() throws IOException {
        BasicFileAttributes found = place.folder().attributes(place.relative());
        return found != null
                && found.isRegularFile()
                && found.size() == content.length
                && Arrays.equals(content, place.folder().read(place.relative(), content.length));
    }
}
