package io.jenkins.plugins.mldelivery.deploy;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Ports and paths of the model servers that are known by name, each as its own documentation has it. A liveness path goes with a startup probe of the same path, so that a server that loads its
 * model before it answers is not restarted over it.
 */
public enum Runtime {
    /**
     * Any server of the Open Inference Protocol on one port, such as the images of mlBuildImage. Source: the protocol's "Health" section (kserve/open-inference-protocol,
     * specification/protocol/inference_rest.md), which asks for both paths.
     */
    V2("v2", 8080, "/v2/health/ready", "/v2/health/live", 8080, "/metrics"),
    /** Seldon's MLServer. Source: docs.seldon.ai/mlserver, "MLServer Settings": <code>http_port</code> 8080, <code>metrics_port</code> 8082, <code>metrics_endpoint</code> /metrics. */
    MLSERVER("mlserver", 8080, "/v2/health/ready", "/v2/health/live", 8082, "/metrics"),
    /**
     * NVIDIA Triton. Source: triton-inference-server/server, docs/getting_started/quickstart.md and docs/user_guide/metrics.md: HTTP on 8000, metrics on 8002, by default ready only when every
     * model is.
     */
    TRITON("triton", 8000, "/v2/health/ready", "/v2/health/live", 8002, "/metrics"),
    /**
     * TorchServe. Source: pytorch/serve, docs/inference_api.md (<code>GET /ping</code> on 8080) and docs/metrics_api.md (8082, in <code>metrics_mode=prometheus</code>). All listen on localhost
     * only unless <code>config.properties</code> gives them other addresses.
     */
    TORCHSERVE("torchserve", 8080, "/ping", "/ping", 8082, "/metrics"),
    /**
     * TensorFlow Serving. Source: tensorflow.org/tfx/serving, "RESTful API" (model status under <code>/v1/models/NAME</code>) and "Using TensorFlow Serving with Docker" (REST on 8501, the name
     * <code>model</code> unless <code>MODEL_NAME</code> says otherwise; then give <code>readyPath</code>). It has no path that tells of the server itself, so no liveness probe. The metrics page
     * has this path in the guide's <code>monitoring_config</code>, which must be given to the server.
     */
    TENSORFLOW_SERVING("tensorflow-serving", 8501, "/v1/models/model", null, 8501, "/monitoring/prometheus/metrics"),
    /** vLLM's OpenAI-compatible server. Source: docs.vllm.ai, "Using Kubernetes" (both probes on /health, port 8000) and "Production Metrics" (/metrics on the same port). */
    VLLM("vllm", 8000, "/health", "/health", 8000, "/metrics"),
    /**
     * KServe's Python servers. Source: kserve/kserve, python/kserve/kserve/model_server.py (<code>--http_port</code> 8080) and protocol/rest/server.py (the Open Inference Protocol's paths, and
     * /metrics).
     */
    KSERVE("kserve", 8080, "/v2/health/ready", "/v2/health/live", 8080, "/metrics"),
    /** Anything else that answers on one port: ready when <code>/</code> gives 200, no liveness probe. */
    CUSTOM("custom", 8080, "/", null, 8080, "/metrics");

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
