package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads a small file that the user names, such as a kubeconfig. It may be a pipe, since shells give what a program
 * prints as one ({@code <(program)}); so there is a limit for the time as well: a pipe that nobody writes to gives
 * nothing for ever.
 */
final class NamedFile {
    /** For a program of the user's, which may have to log in somewhere first. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final int MAX_SIZE = 1024 * 1024;

    private final String parameter;
    private final Duration patience;
    private final String remedy;

    /**
     * @param parameter what names the file, for errors
     * @param patience how long it may take to be read
     * @param remedy what to do when it can't be
     */
    NamedFile(String parameter, Duration patience, String remedy) {
        this.parameter = parameter;
        this.patience = patience.compareTo(PATIENCE) < 0 ? patience : PATIENCE;
        this.remedy = remedy;
    }

    /**
     * The whole content.
     *
     * @param directory that relative paths start from
     * @param name as the user gave it
     * @throws DeliveryException when it can't be read in this time, or has more than {@link #MAX_SIZE} bytes
     */
    byte[] read(Path directory, String name) throws DeliveryException, InterruptedException {
        FutureTask<byte[]> reading = new FutureTask<>(() -> {
            try (InputStream in = Files.newInputStream(directory.resolve(name))) {
                return in.readNBytes(MAX_SIZE + 1);
            }
        });
        // To open a pipe blocks, and no interrupt ends that.
        Thread thread = new Thread(reading, "reads a file");
        thread.setDaemon(true);
        thread.start();
        byte[] bytes;
        try {
            bytes = reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw unreadable(name, "it gave nothing within " + Durations.format(patience), null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw unreadable(name, FileProblems.text(problem), problem);
            }
            if (e.getCause() instanceof InvalidPathException) {
                throw unreadable(name, "no file can have this name", null);
            }
            throw new IllegalStateException(e.getCause());
        }
        if (bytes.length > MAX_SIZE) {
            throw DeliveryException.invalid(
                    parameter, "'" + name + "' has more than " + MAX_SIZE / 1024 / 1024 + " MiB", remedy);
        }
        return bytes;
    }

    private DeliveryException unreadable(String name, String why, IOException cause) {
        return new DeliveryException(
                DeliveryException.Kind.INVALID_INPUT,
                parameter,
                "could not read '" + name + "' (" + why + ")",
                remedy,
                cause);
    }
}
