package io.jenkins.plugins.mldelivery.verify.preset;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

/** Pages in the shape in which serving layers, web frameworks, the mesh and the ingress write them. */
public class LayerPresetsTest {
    private static final double EXACT = 0;

    @Test
    public void seldonV2() throws Exception {
        Page page = new Page("""
                # HELP seldon_model_infer_total A count of server inference calls
                # TYPE seldon_model_infer_total counter
                seldon_model_infer_total{code="200",method_type="rest",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 50
                seldon_model_infer_total{code="422",method_type="rest",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 2
                seldon_model_infer_total{code="500",method_type="rest",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 3
                seldon_model_infer_total{code="404",method_type="rest",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 1
                seldon_model_infer_total{code="OK",method_type="grpc",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 100
                seldon_model_infer_total{code="InvalidArgument",method_type="grpc",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 4
                seldon_model_infer_total{code="Internal",method_type="grpc",model="iris",model_internal="iris_1",server="mlserver",server_replica="0"} 5
                # HELP seldon_model_aggregate_infer_total A count of server inference calls (aggregate)
                # TYPE seldon_model_aggregate_infer_total counter
                seldon_model_aggregate_infer_total{method_type="rest",server="mlserver",server_replica="0"} 56
                # HELP seldon_model_infer_api_seconds A histogram of latencies for inference server
                # TYPE seldon_model_infer_api_seconds histogram
                seldon_model_infer_api_seconds_bucket{code="200",method="post",server="mlserver",server_replica="0",le="0.005"} 30
                seldon_model_infer_api_seconds_bucket{code="200",method="post",server="mlserver",server_replica="0",le="+Inf"} 50
                seldon_model_infer_api_seconds_bucket{code="OK",method="grpc",server="mlserver",server_replica="0",le="0.005"} 90
                seldon_model_infer_api_seconds_bucket{code="OK",method="grpc",server="mlserver",server_replica="0",le="+Inf"} 100
                seldon_model_infer_api_seconds_bucket{code="200",method="get",server="mlserver",server_replica="0",le="0.005"} 700
                seldon_model_infer_api_seconds_bucket{code="200",method="get",server="mlserver",server_replica="0",le="+Inf"} 700
                """);
        assertEquals(165, page.requests("seldon-v2"), EXACT);
        assertEquals("a model that could not be loaded among them", 9, page.errors("seldon-v2"), EXACT);
        assertEquals(150, page.timed("seldon-v2"), EXACT);
        page.isFirstFoundBy("seldon-v2");
    }

    @Test
    public void seldon() throws Exception {
        StringBuilder text = new StringBuilder("# TYPE seldon_api_executor_server_requests_seconds histogram\n");
        executor(text, "predictions", "post", "200", 900);
        executor(text, "predictions", "post", "500", 8);
        executor(text, "predictions", "post", "400", 2);
        executor(text, "/seldon.protos.Seldon/Predict", "unary", "OK", 80);
        executor(text, "/inference.GRPCInferenceService/ModelInfer", "unary", "Unavailable", 10);
        executor(text, "status", "get", "200", 5000);
        executor(text, "feedback", "post", "200", 70);
        executor(text, "/inference.GRPCInferenceService/ModelReady", "unary", "OK", 600);
        text.append("""
                # TYPE seldon_api_executor_client_requests_seconds histogram
                seldon_api_executor_client_requests_seconds_bucket{code="200",deployment_name="m",method="post",model_image="i",model_name="m",service="predict",le="+Inf"} 900
                # TYPE seldon_api_executor_server_requests_seconds_summary summary
                seldon_api_executor_server_requests_seconds_summary_count{code="200",deployment_name="m",method="post",service="predictions"} 900
                """);
        Page page = new Page(text.toString());
        assertEquals("without status, feedback and readiness", 1000, page.requests("seldon"), EXACT);
        assertEquals(18, page.errors("seldon"), EXACT);
        assertEquals(1000, page.timed("seldon"), EXACT);
        page.isFirstFoundBy("seldon");
    }

    private static void executor(StringBuilder text, String service, String method, String code, int count) {
        String labels = "code=\"" + code + "\",deployment_name=\"m\",method=\"" + method + "\",predictor_name=\"default\",predictor_version=\"\",service=\"" + service + "\"";
        text.append("seldon_api_executor_server_requests_seconds_bucket{").append(labels).append(",le=\"0.005\"} 0\n")
                .append("seldon_api_executor_server_requests_seconds_bucket{").append(labels).append(",le=\"+Inf\"} ").append(count).append('\n')
                .append("seldon_api_executor_server_requests_seconds_count{").append(labels).append("} ").append(count).append('\n');
    }

    private static final String OTHER_SIDE = ",network_protocol_name=\"http\",network_protocol_version=\"1.1\",server_address=\"model.default.example.com\",url_scheme=\"http\"";

    @Test
    public void knative() throws Exception {
        StringBuilder text = new StringBuilder("# TYPE http_server_request_duration_seconds histogram\n");
        otel(text, "http_response_status_code=\"200\",kn_route_tag=\"kn:disabled\"", 195);
        otel(text, "http_response_status_code=\"503\",kn_route_tag=\"kn:disabled\"", 5);
        text.append("""
                # TYPE kn_serving_invocation_duration_seconds histogram
                kn_serving_invocation_duration_seconds_bucket{http_response_status_code="200",otel_scope_name="knative.dev/serving/pkg/queue",le="+Inf"} 195
                kn_serving_invocation_duration_seconds_count{http_response_status_code="200",otel_scope_name="knative.dev/serving/pkg/queue"} 195
                # TYPE target_info gauge
                target_info{k8s_container_name="queue-proxy",kn_revision_name="model-00002",service_name="model"} 1
                """);
        Page page = new Page(text.toString());
        assertEquals(200, page.requests("knative"), EXACT);
        assertEquals(5, page.errors("knative"), EXACT);
        assertEquals(200, page.timed("knative"), EXACT);
        page.isFirstFoundBy("knative");
    }

    @Test
    public void opentelemetry() throws Exception {
        StringBuilder text = new StringBuilder("# TYPE http_server_request_duration_seconds histogram\n");
        otel(text, "http_response_status_code=\"200\",http_route=\"/predict\"", 97);
        otel(text, "http_response_status_code=\"500\",http_route=\"/predict\"", 3);
        otel(text, "http_response_status_code=\"200\",http_route=\"/healthz\"", 900);
        Page page = new Page(text.toString());
        assertEquals(100, page.requests("opentelemetry"), EXACT);
        assertEquals(3, page.errors("opentelemetry"), EXACT);
        assertEquals(100, page.timed("opentelemetry"), EXACT);
        page.isFirstFoundBy("opentelemetry");
    }

    private static void otel(StringBuilder text, String labels, int count) {
        String all = "http_request_method=\"POST\"," + labels + OTHER_SIDE;
        text.append("http_server_request_duration_seconds_bucket{").append(all).append(",le=\"0.1\"} 1\n")
                .append("http_server_request_duration_seconds_bucket{").append(all).append(",le=\"+Inf\"} ").append(count).append('\n')
                .append("http_server_request_duration_seconds_count{").append(all).append("} ").append(count).append('\n');
    }

    @Test
    public void knativeUntil118() throws Exception {
        Page page = new Page("""
                # HELP revision_app_request_count The number of requests that are routed to user-container
                # TYPE revision_app_request_count counter
                revision_app_request_count{configuration_name="model",container_name="queue-proxy",namespace_name="default",pod_name="p",response_code="200",response_code_class="2xx",revision_name="model-00001",service_name="model"} 190
                # HELP revision_request_count The number of requests that are routed to queue-proxy
                # TYPE revision_request_count counter
                revision_request_count{configuration_name="model",container_name="queue-proxy",namespace_name="default",pod_name="p",response_code="200",response_code_class="2xx",revision_name="model-00001",route_tag="DISABLED",service_name="model"} 190
                revision_request_count{configuration_name="model",container_name="queue-proxy",namespace_name="default",pod_name="p",response_code="504",response_code_class="5xx",revision_name="model-00001",route_tag="DISABLED",service_name="model"} 10
                # HELP revision_request_latencies The response time in millisecond
                # TYPE revision_request_latencies histogram
                revision_request_latencies_bucket{container_name="queue-proxy",pod_name="p",response_code="200",response_code_class="2xx",revision_name="model-00001",service_name="model",le="5"} 100
                revision_request_latencies_bucket{container_name="queue-proxy",pod_name="p",response_code="200",response_code_class="2xx",revision_name="model-00001",service_name="model",le="+Inf"} 190
                revision_request_latencies_bucket{container_name="queue-proxy",pod_name="p",response_code="504",response_code_class="5xx",revision_name="model-00001",service_name="model",le="5"} 0
                revision_request_latencies_bucket{container_name="queue-proxy",pod_name="p",response_code="504",response_code_class="5xx",revision_name="model-00001",service_name="model",le="+Inf"} 10
                """);
        assertEquals(200, page.requests("knative-until-1.18"), EXACT);
        assertEquals("the queue's time-outs too", 10, page.errors("knative-until-1.18"), EXACT);
        assertEquals(200, page.timed("knative-until-1.18"), EXACT);
        page.isFirstFoundBy("knative-until-1.18");
    }

    @Test
    public void http() throws Exception {
        Page page = new Page("""
                # TYPE http_requests_total counter
                http_requests_total{code="200",handler="/predict",method="post"} 990
                http_requests_total{code="404",handler="/predict",method="post"} 4
                http_requests_total{code="500",handler="/predict",method="post"} 6
                http_requests_total{code="200",handler="/metrics",method="get"} 800
                http_requests_total{code="503",handler="/readyz",method="get"} 30
                # TYPE http_request_duration_seconds histogram
                http_request_duration_seconds_bucket{code="200",handler="/predict",method="post",le="0.1"} 900
                http_request_duration_seconds_bucket{code="200",handler="/predict",method="post",le="+Inf"} 990
                http_request_duration_seconds_bucket{code="200",handler="/metrics",method="get",le="0.1"} 800
                http_request_duration_seconds_bucket{code="200",handler="/metrics",method="get",le="+Inf"} 800
                """);
        assertEquals(1000, page.requests("http"), EXACT);
        assertEquals(6, page.errors("http"), EXACT);
        assertEquals(990, page.timed("http"), EXACT);
        page.isFirstFoundBy("http");
    }

    @Test
    public void httpStatusOfFastApi() throws Exception {
        Page page = new Page("""
                # HELP http_requests_total Total number of requests by method, status and handler.
                # TYPE http_requests_total counter
                http_requests_total{handler="/predict",method="POST",status="2xx"} 480.0
                http_requests_total{handler="/predict",method="POST",status="5xx"} 20.0
                http_requests_total{handler="/health",method="GET",status="2xx"} 1000.0
                http_requests_total{handler="/metrics",method="GET",status="2xx"} 700.0
                # HELP http_request_duration_seconds Latency with only few buckets by handler.
                # TYPE http_request_duration_seconds histogram
                http_request_duration_seconds_bucket{handler="/predict",le="0.1",method="POST"} 400.0
                http_request_duration_seconds_bucket{handler="/predict",le="0.5",method="POST"} 490.0
                http_request_duration_seconds_bucket{handler="/predict",le="1.0",method="POST"} 500.0
                http_request_duration_seconds_bucket{handler="/predict",le="+Inf",method="POST"} 500.0
                http_request_duration_seconds_bucket{handler="/health",le="0.1",method="GET"} 1000.0
                http_request_duration_seconds_bucket{handler="/health",le="0.5",method="GET"} 1000.0
                http_request_duration_seconds_bucket{handler="/health",le="1.0",method="GET"} 1000.0
                http_request_duration_seconds_bucket{handler="/health",le="+Inf",method="GET"} 1000.0
                """);
        assertEquals(500, page.requests("http-status"), EXACT);
        assertEquals(20, page.errors("http-status"), EXACT);
        assertEquals(500, page.timed("http-status"), EXACT);
        page.isFirstFoundBy("http-status");
    }

    @Test
    public void httpStatusCodeOfNode() throws Exception {
        Page page = new Page("""
                # TYPE http_requests_total counter
                http_requests_total{method="POST",route="/predict",status_code="200"} 99
                http_requests_total{method="POST",route="/predict",status_code="502"} 1
                http_requests_total{method="GET",route="/healthz",status_code="200"} 50
                # TYPE http_request_duration_seconds histogram
                http_request_duration_seconds_bucket{le="0.1",method="POST",route="/predict",status_code="200"} 90
                http_request_duration_seconds_bucket{le="+Inf",method="POST",route="/predict",status_code="200"} 99
                """);
        assertEquals(100, page.requests("http-status-code"), EXACT);
        assertEquals(1, page.errors("http-status-code"), EXACT);
        assertEquals(99, page.timed("http-status-code"), EXACT);
        page.isFirstFoundBy("http-status-code");
    }

    @Test
    public void starlette() throws Exception {
        Page page = new Page("""
                # HELP starlette_requests_total Total HTTP requests
                # TYPE starlette_requests_total counter
                starlette_requests_total{app_name="starlette",method="POST",path="/predict",status_code="200"} 60.0
                starlette_requests_total{app_name="starlette",method="POST",path="/predict",status_code="500"} 4.0
                starlette_requests_total{app_name="starlette",method="GET",path="/health",status_code="200"} 90.0
                # HELP starlette_request_duration_seconds HTTP request duration, in seconds
                # TYPE starlette_request_duration_seconds histogram
                starlette_request_duration_seconds_bucket{app_name="starlette",le="0.01",method="POST",path="/predict",status_code="200"} 50.0
                starlette_request_duration_seconds_bucket{app_name="starlette",le="+Inf",method="POST",path="/predict",status_code="200"} 60.0
                starlette_request_duration_seconds_bucket{app_name="starlette",le="0.01",method="GET",path="/health",status_code="200"} 90.0
                starlette_request_duration_seconds_bucket{app_name="starlette",le="+Inf",method="GET",path="/health",status_code="200"} 90.0
                """);
        assertEquals(64, page.requests("starlette"), EXACT);
        assertEquals(4, page.errors("starlette"), EXACT);
        assertEquals(60, page.timed("starlette"), EXACT);
        page.isFirstFoundBy("starlette");
    }

    @Test
    public void istio() throws Exception {
        Page page = new Page(istio("http"));
        assertEquals("the server's side only", 100, page.requests("istio"), EXACT);
        assertEquals(5, page.errors("istio"), EXACT);
        assertEquals(95, page.timed("istio"), EXACT);
        assertEquals(0, page.requests("istio-grpc"), EXACT);
        page.isFirstFoundBy("istio");
    }

    private static String istio(String protocol) {
        boolean grpc = protocol.equals("grpc");
        return """
                # TYPE istio_requests_total counter
                istio_requests_total{reporter="destination",source_workload="client",destination_workload="model-canary",request_protocol="PROTOCOL",response_code="200",grpc_response_status="OK",response_flags="-",connection_security_policy="mutual_tls"} 95
                istio_requests_total{reporter="destination",source_workload="client",destination_workload="model-canary",request_protocol="PROTOCOL",response_code="FAILED",grpc_response_status="GRPC_FAILED",response_flags="-",connection_security_policy="mutual_tls"} 5
                istio_requests_total{reporter="source",source_workload="model-canary",destination_workload="features",request_protocol="PROTOCOL",response_code="FAILED",grpc_response_status="GRPC_FAILED",response_flags="UF",connection_security_policy="unknown"} 40
                # TYPE istio_request_duration_milliseconds histogram
                istio_request_duration_milliseconds_bucket{reporter="destination",source_workload="client",destination_workload="model-canary",request_protocol="PROTOCOL",response_code="200",le="5"} 50
                istio_request_duration_milliseconds_bucket{reporter="destination",source_workload="client",destination_workload="model-canary",request_protocol="PROTOCOL",response_code="200",le="+Inf"} 95
                istio_request_duration_milliseconds_bucket{reporter="source",source_workload="model-canary",destination_workload="features",request_protocol="PROTOCOL",response_code="503",le="5"} 40
                istio_request_duration_milliseconds_bucket{reporter="source",source_workload="model-canary",destination_workload="features",request_protocol="PROTOCOL",response_code="503",le="+Inf"} 40
                """.replace("PROTOCOL", protocol).replace("GRPC_FAILED", grpc ? "13" : "").replace("FAILED", grpc ? "200" : "503").replace("\"OK\"", grpc ? "\"0\"" : "\"\"");
    }

    @Test
    public void istioGrpc() throws Exception {
        Page page = new Page(istio("grpc"));
        assertEquals(100, page.requests("istio-grpc"), EXACT);
        assertEquals("although their HTTP status is 200", 5, page.errors("istio-grpc"), EXACT);
        assertEquals(95, page.timed("istio-grpc"), EXACT);
        page.isFirstFoundBy("istio-grpc");
    }

    @Test
    public void aModelBehindASidecarIsFoundByTheModel() throws Exception {
        Page page = new Page(istio("http") + """
                # TYPE nv_inference_request_success counter
                nv_inference_request_success{model="resnet",version="1"} 95
                # TYPE nv_inference_first_response_histogram_ms histogram
                nv_inference_first_response_histogram_ms_bucket{model="resnet",version="1",le="+Inf"} 95
                """);
        page.isFirstFoundBy("triton");
    }

    @Test
    public void nginx() throws Exception {
        String labels = "controller_class=\"k8s.io/ingress-nginx\",controller_namespace=\"ingress-nginx\",controller_pod=\"c\",host=\"model.example.com\",ingress=\"model-canary\",method=\"POST\",namespace=\"ml\",path=\"/\",service=\"model-canary\"";
        Page page = new Page("""
                # HELP nginx_ingress_controller_nginx_process_requests_total total number of client requests
                # TYPE nginx_ingress_controller_nginx_process_requests_total counter
                nginx_ingress_controller_nginx_process_requests_total{controller_pod="c"} 90000
                # HELP nginx_ingress_controller_request_duration_seconds The request processing time in milliseconds
                # TYPE nginx_ingress_controller_request_duration_seconds histogram
                nginx_ingress_controller_request_duration_seconds_bucket{canary="",LABELS,status="200",le="0.005"} 10
                nginx_ingress_controller_request_duration_seconds_bucket{canary="",LABELS,status="200",le="+Inf"} 70
                # HELP nginx_ingress_controller_requests The total number of client requests
                # TYPE nginx_ingress_controller_requests counter
                nginx_ingress_controller_requests{canary="",LABELS,status="200"} 70
                nginx_ingress_controller_requests{canary="",LABELS,status="499"} 3
                nginx_ingress_controller_requests{canary="",LABELS,status="502"} 2
                nginx_ingress_controller_requests{canary="ml-model-canary-80",LABELS,status="5xx"} 1
                """.replace("LABELS", labels));
        assertEquals(76, page.requests("nginx"), EXACT);
        assertEquals("a status or its class", 3, page.errors("nginx"), EXACT);
        assertEquals(70, page.timed("nginx"), EXACT);
        page.isFirstFoundBy("nginx");
    }
}
