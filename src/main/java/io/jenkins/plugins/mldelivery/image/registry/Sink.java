package io.jenkins.plugins.mldelivery.image.registry;

import java.io.IOException;

/** Takes the body of an answer in pieces. Its own failures come back as {@link Failure}, so that they are not taken for network trouble. */
interface Sink {
    /** @param status 200 for the whole body, 206 for the part asked for; told before the first piece */
    void begin(int status) throws IOException;

    void accept(byte[] bytes, int offset, int count) throws IOException;

    /** The sink itself failed, for example because the disk is full. */
    final class Failure extends IOException {
        private static final long serialVersionUID = 1L;

        Failure(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
