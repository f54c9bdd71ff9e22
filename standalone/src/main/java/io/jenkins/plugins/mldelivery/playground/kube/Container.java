package io.jenkins.plugins.mldelivery.playground.kube;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** A running container. */
public interface Container extends AutoCloseable {
    /** The loopback port that its server really listens on. */
    int port();

    @Override
    void close();

    /** Starts containers. */
    @FunctionalInterface
    interface Starter {
        /**
         * Starts a container.
         *
         * @param root its files
         * @param env its environment variables
         * @param log takes its log lines
         * @throws IOException when it crashes at its start, with what it said
         */
        Container start(Path root, Map<String, String> env, Consumer<String> log) throws IOException;
    }
}
