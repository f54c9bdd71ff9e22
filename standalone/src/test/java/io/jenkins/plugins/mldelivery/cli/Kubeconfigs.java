package io.jenkins.plugins.mldelivery.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kubeconfigs of API servers on loopback. */
final class Kubeconfigs {
    private Kubeconfigs() {}

    static void write(Path file, int port) throws IOException {
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters:
                - name: test
                  cluster: {server: 'http://127.0.0.1:%d'}
                users:
                - name: test
                  user: {}
                contexts:
                - name: test
                  context: {cluster: test, user: test}
                current-context: test
                """.formatted(port));
    }
}
