package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.Scratch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** On the agent: removes private folders of runs that are over. */
final class LeftBehind {
    private static final Logger LOGGER = Logger.getLogger(LeftBehind.class.getName());
    private static final int MAX_PID = 32;

    private LeftBehind() {}

    /**
     * Removes them as far as that can be done: nobody needs them, so a failure is none of the step.
     *
     * @param parent the folder that they are in; it may be missing
     * @param family what the names begin with
     * @param inUse but not with one of these
     */
    static void remove(Path parent, String family, Collection<String> inUse) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, family + "*")) {
            for (Path folder : folders) {
                String name = Objects.requireNonNull(folder.getFileName()).toString();
                if (inUse.stream().noneMatch(name::startsWith)
                        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && !hasProcess(folder)) {
                    Scratch.remove(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOGGER.log(Level.FINE, "could not remove what an earlier run left behind", e);
        }
    }

    /** A command of a run that was killed may still run, and need its plan. */
    private static boolean hasProcess(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + AgentCommand.PID)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.size(file) <= MAX_PID
                        && pid(Files.readString(file, StandardCharsets.ISO_8859_1).trim())
                                .flatMap(ProcessHandle::of)
                                .isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Optional<Long> pid(String text) {
        return text.matches("\\d{1,10}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
}
