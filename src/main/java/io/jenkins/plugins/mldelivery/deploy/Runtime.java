package io.jenkins.plugins.mldelivery.deploy;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Ports and paths of the model servers that are known by name.
 */
public enum Runtime {
    /** Any server of the Open Inference Protocol on one port, such as the images of mlBuildImage. */
    V2("v2", 8080, "/v2/health/ready", null, 8080, "/metrics");

    private final String word;
    private final int port;
    private final String readyPath;
    private final String livePath;
    private final int metricsPort;
    private final String metricsPath;

    Runtime(String word, int port, String readyPath, String livePath, int metricsPort, String metricsPath) {
        this.word = word;
        this.port = port;
        this.readyPath = readyPath;
        this.livePath = livePath;
        this.metricsPort = metricsPort;
        this.metricsPath = metricsPath;
    }

    /** The runtime of this name. */
    public static Optional<Runtime> of(String word) {
        return Arrays.stream(values()).filter(r -> r.word.equals(word)).findFirst();
    }

    /** All names, for messages. */
    public static String words() {
        return Arrays.stream(values()).map(Runtime::word).collect(Collectors.joining(", "));
    }

    /** Its name as a parameter. */
    public String word() {
        return word;
    }

    /** The container's port. */
    public int port(PodSettings given) {
        return given.port() != null ? given.port() : port;
    }

    /** Path of the readiness probe. */
    public String readyPath(PodSettings given) {
        return given.readyPath() != null ? given.readyPath() : readyPath;
    }

    /** Path of the liveness probe, or null. */
    public String livePath(PodSettings given) {
        return given.livePath() != null ? given.livePath() : livePath;
    }

    /** Port of the metrics page: when only <code>port</code> is given and the server has one port for both, that. */
    public int metricsPort(PodSettings given) {
        if (given.metricsPort() != null) {
            return given.metricsPort();
        }
        return metricsPort == port ? port(given) : metricsPort;
    }

    /** Path of the metrics page. */
    public String metricsPath(PodSettings given) {
        return given.metricsPath() != null ? given.metricsPath() : metricsPath;
    }
}
