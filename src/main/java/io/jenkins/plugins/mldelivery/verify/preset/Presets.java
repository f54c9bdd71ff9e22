package io.jenkins.plugins.mldelivery.verify.preset;

import io.jenkins.plugins.mldelivery.verify.preset.Preset.Counter;
import io.jenkins.plugins.mldelivery.verify.preset.Preset.Histogram;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The presets. Each was settled from the source or the documentation of what it describes, which stands beside it as project and path.
 *
 * <p>The regular expressions are of the part that PromQL (RE2) and Java have in common, since a matcher is sent to a Prometheus server or applied to a page.
 */
public final class Presets {
    private static final double SECONDS = 1;
    private static final double MILLISECONDS = 1_000;
    private static final double MICROSECONDS = 1_000_000;

    /**
     * The statuses that are the server's fault, as OpenTelemetry's conventions list them for a server span (open-telemetry/semantic-conventions docs/rpc/grpc.md), as Go writes them.
     * The others are the caller's, as 4xx are.
     */
    private static final String GRPC_ERRORS = "Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss";

    /** The same as numbers (grpc/grpc doc/statuscodes.md). */
    private static final String GRPC_ERROR_NUMBERS = "2|4|12|13|14|15";

    /** Paths that the kubelet and Prometheus ask for, not people: counted as requests, they would dilute the error rate, and that of a canary with little traffic most. */
    private static final String PROBES =
            "(/.*)?/(metrics|ping|health|healthz|healthcheck|health/.*|live|livez|liveness|ready|readyz|readiness|startup|startupz)/?";

    /** The labels under which libraries give the path; one that is not there excludes nothing. */
    private static final String NO_PROBES =
            Stream.of("handler", "path", "endpoint", "route", "uri").map(label -> label + "!~\"" + PROBES + "\"").collect(Collectors.joining(","));

    /**
     * MLServer 1.1. SeldonIO/MLServer mlserver/handlers/dataplane.py: an exception of either protocol counts as a failure; <code>model_infer_request_duration</code> is a summary, which has no buckets.
     * mlserver/rest/app.py: starlette_exporter's histogram under the prefix <code>rest_server</code> (docs/user-guide/metrics.md misspells its name), without server probes but with <code>/v2/models/*&#47;ready</code>.
     */
    private static final Preset MLSERVER = new Preset(
            "mlserver",
            List.of(new Counter("model_infer_request_success_total", null), new Counter("model_infer_request_failure_total", null)),
            "__name__=\"model_infer_request_failure_total\"",
            new Histogram("rest_server_request_duration_seconds", "path=~\".*/(infer|infer_stream|generate|generate_stream)\"", SECONDS));

    /**
     * Triton. triton-inference-server/server docs/user_guide/metrics.md and triton-inference-server/core src/metrics.cc: failures carry a reason since 24.07. The only histogram is that of the first response,
     * since 24.11 and only with <code>--metrics-config histogram_latencies=true</code>; <code>nv_inference_request_duration_us</code> is a counter, <code>nv_inference_request_summary_us</code> a summary.
     */
    private static final Preset TRITON = new Preset(
            "triton",
            List.of(new Counter("nv_inference_request_success", null), new Counter("nv_inference_request_failure", null)),
            "__name__=\"nv_inference_request_failure\"",
            new Histogram("nv_inference_first_response_histogram_ms", null, MILLISECONDS));

    private static final String TENSORFLOW_APIS = "API=~\"[Pp]redict|[Cc]lassify|[Rr]egress\"";

    /**
     * TensorFlow Serving 2.5. tensorflow/serving tensorflow_serving/servables/tensorflow/util.cc (names, labels, microseconds), tensorflow_serving/util/prometheus_exporter.cc (slashes become colons).
     * tensorflow_serving/model_servers/http_server.cc: the counter takes in the requests of a model's status and metadata, which probes use, without a label for them; the histogram has that label, but
     * no failed requests. So the successes come from the histogram, which names the API in lower case for REST, and the failures from the counter.
     */
    private static final Preset TENSORFLOW_SERVING = new Preset(
            "tensorflow-serving",
            List.of(new Counter(":tensorflow:serving:request_latency_count", TENSORFLOW_APIS), new Counter(":tensorflow:serving:request_count", "status!=\"OK\"")),
            "__name__=\":tensorflow:serving:request_count\"",
            new Histogram(":tensorflow:serving:request_latency", TENSORFLOW_APIS, MICROSECONDS));

    /**
     * TorchServe in <code>metrics_mode=prometheus</code>. pytorch/serve ts/configs/metrics.yaml, docs/metrics.md. frontend/server/.../util/NettyUtils.java: <code>Requests2XX</code> takes in pings and even
     * scrapes, without a label for them, so that the inference requests are taken as those that did not fail, although they contain those that did: the share is e/(n+e), not e/n, the same for the few
     * errors that matter. <code>ts_inference_latency_microseconds</code> is a counter.
     */
    private static final Preset TORCHSERVE = new Preset(
            "torchserve",
            List.of(new Counter("ts_inference_requests_total", null), new Counter("Requests5XX", null)),
            "__name__=\"Requests5XX\"",
            null);

    /**
     * vLLM. vllm-project/vllm vllm/entrypoints/serve/instrumentator/metrics.py and docs/design/metrics.md: <code>vllm:request_success_total</code> has no request that failed before the engine took it, so
     * that errors come from prometheus-fastapi-instrumentator (pull requests 15657 and 15894 of 2025), of which only the inference endpoints count. An engine error is a 500 unless the answer was streamed.
     */
    private static final Preset VLLM = new Preset(
            "vllm",
            List.of(new Counter(
                    "http_requests_total",
                    "method=\"POST\",status!=\"\",handler=~\"/v1/(chat/completions|completions|responses|messages|embeddings|rerank|score|audio/.+)|/v2/rerank|/pooling|/score|/rerank\"")),
            "status=~\"5..\"",
            new Histogram("vllm:e2e_request_latency_seconds", null, SECONDS));

    /** KServe's Python server 0.10. kserve/kserve python/kserve/kserve/metrics.py, python/kserve/README.md: histograms of the steps only, which failed calls enter as well (model.py). */
    private static final Preset KSERVE = new Preset(
            "kserve",
            List.of(new Counter("request_predict_seconds_count", null)),
            null,
            new Histogram("request_predict_seconds", null, SECONDS));

    /**
     * Seldon Core 2's agent beside each server. SeldonIO/seldon-core scheduler/pkg/metrics/agent.go, samples/metrics.md. scheduler/pkg/agent/rproxy.go and rproxy_grpc.go: a model that the server could not
     * load is answered as not found, which only then happens. The histogram has no label for the model; GET is for probes and metadata.
     */
    private static final Preset SELDON_V2 = new Preset(
            "seldon-v2",
            List.of(new Counter("seldon_model_infer_total", null)),
            "code=~\"5..|404|NotFound|" + GRPC_ERRORS + "\"",
            new Histogram("seldon_model_infer_api_seconds", "method=~\"post|grpc\"", SECONDS));

    private static final String SELDON_PREDICTIONS = "service=~\"(.*/)?predictions|/.*/(Predict|ModelInfer|Classify|Regress|MultiInference)\"";

    /** Seldon Core 1.1's executor. SeldonIO/seldon-core v1.18.2 executor/api/metric/server.go and constants.go, executor/api/rest/server.go (which requests have which service), doc/source/analytics/analytics.md. */
    private static final Preset SELDON = new Preset(
            "seldon",
            List.of(new Counter("seldon_api_executor_server_requests_seconds_count", SELDON_PREDICTIONS)),
            "code=~\"5..|" + GRPC_ERRORS + "\"",
            new Histogram("seldon_api_executor_server_requests_seconds", SELDON_PREDICTIONS, SECONDS));

    /**
     * Knative Serving 1.19's queue-proxy, in OpenTelemetry's names. knative/serving pkg/queue/sharedmain/handlers.go (without probes), pkg/queue/routetag_handler.go: the label that tells it from any other
     * server with these names.
     */
    private static final Preset KNATIVE = new Preset(
            "knative",
            List.of(new Counter("http_server_request_duration_seconds_count", "kn_route_tag!=\"\"")),
            "http_response_status_code=~\"5..\"",
            new Histogram("http_server_request_duration_seconds", "kn_route_tag!=\"\"", SECONDS));

    /** Knative Serving's queue-proxy until 1.18. knative/serving knative-v1.18.0 pkg/queue/request_metric.go (without probes), knative.dev docs/serving/services/service-metrics. */
    private static final Preset KNATIVE_UNTIL_1_18 = new Preset(
            "knative-until-1.18",
            List.of(new Counter("revision_request_count", null)),
            "response_code_class=\"5xx\"",
            new Histogram("revision_request_latencies", null, MILLISECONDS));

    private static final Histogram HTTP_LATENCY = new Histogram("http_request_duration_seconds", NO_PROBES, SECONDS);

    /** The label of Go's client (prometheus/client_golang prometheus/promhttp/instrument_server.go). */
    private static final Preset HTTP = http("http", "code");

    /** The label of prometheus-fastapi-instrumentator, which writes 5xx (trallnag/prometheus-fastapi-instrumentator src/prometheus_fastapi_instrumentator/metrics.py). */
    private static final Preset HTTP_STATUS = http("http-status", "status");

    /** The label usual in Node.js. */
    private static final Preset HTTP_STATUS_CODE = http("http-status-code", "status_code");

    /** Starlette and FastAPI with stephenhillier/starlette_exporter (starlette_exporter/middleware.py, README.md) under its default prefix. */
    private static final Preset STARLETTE = new Preset(
            "starlette",
            List.of(new Counter("starlette_requests_total", NO_PROBES)),
            "status_code=~\"5..\"",
            new Histogram("starlette_request_duration_seconds", NO_PROBES, SECONDS));

    /** Any server with OpenTelemetry's stable HTTP metrics (open-telemetry/semantic-conventions docs/http/http-metrics.md), in the names that its Prometheus exporter gives them. */
    private static final Preset OPENTELEMETRY = new Preset(
            "opentelemetry",
            List.of(new Counter("http_server_request_duration_seconds_count", "http_route!~\"" + PROBES + "\"")),
            "http_response_status_code=~\"5..\"",
            new Histogram("http_server_request_duration_seconds", "http_route!~\"" + PROBES + "\"", SECONDS));

    private static final String ISTIO_HTTP = "reporter=\"destination\",request_protocol!=\"grpc\"";

    /**
     * HTTP through an Istio sidecar. istio.io docs/reference/config/metrics; docs/ops/configuration/mesh/app-health-check: the kubelet's probes go to the agent, not through the proxy.
     * Reported by the server's side, since the client's reports the same requests.
     */
    private static final Preset ISTIO = new Preset(
            "istio",
            List.of(new Counter("istio_requests_total", ISTIO_HTTP)),
            "response_code=~\"5..\"",
            new Histogram("istio_request_duration_milliseconds", ISTIO_HTTP, MILLISECONDS));

    private static final String ISTIO_GRPC = "reporter=\"destination\",request_protocol=\"grpc\"";

    /** gRPC through an Istio sidecar: a failed call has the HTTP status 200 like any other, so that errors need a preset of their own. Same sources. */
    private static final Preset ISTIO_GRPC_CALLS = new Preset(
            "istio-grpc",
            List.of(new Counter("istio_requests_total", ISTIO_GRPC)),
            "grpc_response_status=~\"" + GRPC_ERROR_NUMBERS + "\"",
            new Histogram("istio_request_duration_milliseconds", ISTIO_GRPC, MILLISECONDS));

    /**
     * The NGINX ingress controller. kubernetes/ingress-nginx internal/ingress/metric/collectors/socket.go: the durations are seconds, whatever their help text says; with
     * <code>--report-status-classes</code> the status is 5xx.
     */
    private static final Preset NGINX = new Preset(
            "nginx",
            List.of(new Counter("nginx_ingress_controller_requests", null)),
            "status=~\"5..\"",
            new Histogram("nginx_ingress_controller_request_duration_seconds", null, SECONDS));

    private static final List<Preset> ALL = List.of(
            MLSERVER, TRITON, TENSORFLOW_SERVING, TORCHSERVE, VLLM, KSERVE,
            SELDON_V2, SELDON, KNATIVE, KNATIVE_UNTIL_1_18,
            HTTP, HTTP_STATUS, HTTP_STATUS_CODE, STARLETTE, OPENTELEMETRY,
            ISTIO, ISTIO_GRPC_CALLS, NGINX);

    private Presets() {}

    /** The names agree on the counter and the histogram; which label has the status tells the libraries apart. */
    private static Preset http(String name, String statusLabel) {
        return new Preset(name, List.of(new Counter("http_requests_total", statusLabel + "!=\"\"," + NO_PROBES)), statusLabel + "=~\"5..\"", HTTP_LATENCY);
    }

    /**
     * All of them, in the order in which to look for them: model servers, serving layers, plain HTTP, then mesh and ingress, so that of several that are there the one nearest to the model is found.
     * Some can't tell errors and some have no latency: leave those out when looking for the one or the other.
     */
    public static List<Preset> all() {
        return ALL;
    }

    /** Those that are found by themselves: all but TorchServe's, which with gRPC or in its legacy mode shows no error at all, so that a check would pass by mistake. */
    public static List<Preset> detectable() {
        return all().stream().filter(preset -> preset != TORCHSERVE).toList();
    }

    /** The one of that name, if there is one. */
    public static Optional<Preset> named(String name) {
        return ALL.stream().filter(preset -> preset.name().equals(name)).findFirst();
    }

    /** Their names, in the order of {@link #all()}. */
    public static List<String> names() {
        return ALL.stream().map(Preset::name).toList();
    }
}
