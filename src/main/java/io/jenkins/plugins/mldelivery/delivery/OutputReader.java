package io.jenkins.plugins.mldelivery.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** Reads a stream of a program on a thread of its own, keeps its end, and hands it on until it is refused or given up. */
final class OutputReader {
    private static final int BUFFER = 64 * 1024;

    private final InputStream stream;
    private final OutputTail tail = new OutputTail(Commands.OUTPUT_LIMIT);
    private final CommandOutput output;
    private final CompletableFuture<Void> refused = new CompletableFuture<>();
    private final Thread thread;
    private boolean closed;

    /** Begins to read. */
    OutputReader(String name, InputStream stream, CommandOutput output) {
        this.stream = stream;
        this.output = output;
        thread = new Thread(this::read, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Fails when the output is refused, with the {@link DeliveryException} that says why. Never ends otherwise. */
    CompletableFuture<Void> refused() {
        return refused;
    }

    /** Waits for the stream's end, not longer than this; what comes later is left out. */
    void await(long millis) throws InterruptedException {
        thread.join(millis);
        close();
    }

    /** The end of what was read. */
    String tail() {
        return tail.text();
    }

    private void read() {
        byte[] buffer = new byte[BUFFER];
        try (stream) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                hand(buffer, n);
            }
        } catch (IOException e) {
            // The process was killed; what was read so far counts.
            close();
        }
    }

    /** Once it is refused the stream is drained only, so that the program can end. */
    private synchronized void hand(byte[] buffer, int length) {
        if (closed || refused.isDone()) {
            return;
        }
        tail.add(buffer, length);
        try {
            output.accept(buffer, length);
        } catch (DeliveryException | RuntimeException e) {
            refused.completeExceptionally(e);
        }
    }

    private synchronized void close() {
        closed = true;
    }
}
