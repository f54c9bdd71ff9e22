package io.jenkins.plugins.mldelivery.verify.preset;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import org.junit.Test;

/** Pages in the shape in which the model servers write them. */
public class ModelServerPresetsTest {
    private static final double EXACT = 0;

    @Test
    public void mlserver() throws Exception {
        Page page = new Page("""
                # HELP python_info Python platform information
                # TYPE python_info gauge
                python_info{implementation="CPython",major="3",minor="10",patchlevel="12",version="3.10.12"} 1.0
                # HELP model_infer_request_success_total Model infer request success count
                # TYPE model_infer_request_success_total counter
                model_infer_request_success_total{model="iris",version="v1"} 940.0
                model_infer_request_success_total{model="churn",version="v3"} 50.0
                # HELP model_infer_request_success_created Model infer request success count
                # TYPE model_infer_request_success_created gauge
                model_infer_request_success_created{model="iris",version="v1"} 1.7642e+09
                # HELP model_infer_request_failure_total Model infer request failure count
                # TYPE model_infer_request_failure_total counter
                model_infer_request_failure_total{model="iris",version="v1"} 7.0
                model_infer_request_failure_total{model="churn",version="v3"} 3.0
                # HELP model_infer_request_duration Model infer request duration
                # TYPE model_infer_request_duration summary
                model_infer_request_duration_count{model="iris",version="v1"} 947.0
                model_infer_request_duration_sum{model="iris",version="v1"} 21.5
                # HELP batch_request_queue counter of request queue batch size
                # TYPE batch_request_queue histogram
                batch_request_queue_bucket{le="1.0",model="iris",version="v1"} 947.0
                batch_request_queue_bucket{le="+Inf",model="iris",version="v1"} 947.0
                # HELP rest_server_requests_total Total HTTP requests
                # TYPE rest_server_requests_total counter
                rest_server_requests_total{app_name="mlserver",method="POST",path="/v2/models/{model_name}/infer",status_code="200"} 900.0
                rest_server_requests_total{app_name="mlserver",method="GET",path="/v2/models/{model_name}/ready",status_code="200"} 4000.0
                # HELP rest_server_request_duration_seconds HTTP request duration, in seconds
                # TYPE rest_server_request_duration_seconds histogram
                rest_server_request_duration_seconds_bucket{app_name="mlserver",le="0.01",method="POST",path="/v2/models/{model_name}/infer",status_code="200"} 700.0
                rest_server_request_duration_seconds_bucket{app_name="mlserver",le="+Inf",method="POST",path="/v2/models/{model_name}/infer",status_code="200"} 900.0
                rest_server_request_duration_seconds_bucket{app_name="mlserver",le="0.01",method="POST",path="/v2/models/{model_name}/versions/{model_version}/infer",status_code="500"} 1.0
                rest_server_request_duration_seconds_bucket{app_name="mlserver",le="+Inf",method="POST",path="/v2/models/{model_name}/versions/{model_version}/infer",status_code="500"} 5.0
                rest_server_request_duration_seconds_bucket{app_name="mlserver",le="0.01",method="GET",path="/v2/models/{model_name}/ready",status_code="200"} 4000.0
                rest_server_request_duration_seconds_bucket{app_name="mlserver",le="+Inf",method="GET",path="/v2/models/{model_name}/ready",status_code="200"} 4000.0
                # HELP grpc_server_handled_total Total number of RPCs completed on the server, regardless of success or failure.
                # TYPE grpc_server_handled_total counter
                grpc_server_handled_total{code="OK",grpc_method="ModelInfer",grpc_service="inference.GRPCInferenceService",grpc_type="UNARY"} 95.0
                """);
        assertEquals(1000, page.requests("mlserver"), EXACT);
        assertEquals(10, page.errors("mlserver"), EXACT);
        assertEquals("without the readiness checks", 905, page.timed("mlserver"), EXACT);
        page.isFirstFoundBy("mlserver");
    }

    @Test
    public void mlserverAsOpenMetrics() throws Exception {
        Page page = new Page("""
                # TYPE model_infer_request_success counter
                model_infer_request_success_total{model="iris",version="v1"} 90.0
                model_infer_request_success_created{model="iris",version="v1"} 1.7642e+09
                # TYPE model_infer_request_failure counter
                model_infer_request_failure_total{model="iris",version="v1"} 10.0
                # EOF
                """);
        assertEquals(100, page.requests("mlserver"), EXACT);
        assertEquals(10, page.errors("mlserver"), EXACT);
    }

    @Test
    public void triton() throws Exception {
        Page page = new Page("""
                # HELP nv_inference_request_success Number of successful inference requests, all batch sizes
                # TYPE nv_inference_request_success counter
                nv_inference_request_success{model="resnet",version="1"} 95
                # HELP nv_inference_request_failure Number of failed inference requests, all batch sizes
                # TYPE nv_inference_request_failure counter
                nv_inference_request_failure{model="resnet",reason="OTHER",version="1"} 1
                nv_inference_request_failure{model="resnet",reason="BACKEND",version="1"} 3
                nv_inference_request_failure{model="resnet",reason="CANCELED",version="1"} 0
                nv_inference_request_failure{model="resnet",reason="REJECTED",version="1"} 1
                # HELP nv_inference_request_duration_us Cumulative inference request duration in microseconds (includes cached requests)
                # TYPE nv_inference_request_duration_us counter
                nv_inference_request_duration_us{model="resnet",version="1"} 1934511
                # HELP nv_inference_first_response_histogram_ms Duration from request to first response in milliseconds
                # TYPE nv_inference_first_response_histogram_ms histogram
                nv_inference_first_response_histogram_ms_count{model="resnet",version="1"} 95
                nv_inference_first_response_histogram_ms_sum{model="resnet",version="1"} 1771
                nv_inference_first_response_histogram_ms_bucket{model="resnet",version="1",le="100"} 93
                nv_inference_first_response_histogram_ms_bucket{model="resnet",version="1",le="500"} 95
                nv_inference_first_response_histogram_ms_bucket{model="resnet",version="1",le="+Inf"} 95
                # HELP nv_inference_request_summary_us Summary of inference request duration in microseconds (includes cached requests)
                # TYPE nv_inference_request_summary_us summary
                nv_inference_request_summary_us_count{model="resnet",version="1"} 95
                nv_inference_request_summary_us{model="resnet",version="1",quantile="0.5"} 17000
                """);
        assertEquals(100, page.requests("triton"), EXACT);
        assertEquals(5, page.errors("triton"), EXACT);
        assertEquals(95, page.timed("triton"), EXACT);
        page.isFirstFoundBy("triton");
    }

    @Test
    public void tritonBeforeFailuresHadReasons() throws Exception {
        Page page = new Page("""
                nv_inference_request_success{model="resnet",version="1"} 98
                nv_inference_request_failure{model="resnet",version="1"} 2
                """);
        assertEquals(100, page.requests("triton"), EXACT);
        assertEquals(2, page.errors("triton"), EXACT);
    }

    @Test
    public void tensorflowServing() throws Exception {
        Page page = new Page("""
                # TYPE :tensorflow:core:graph_runs counter
                :tensorflow:core:graph_runs{} 970
                # TYPE :tensorflow:serving:request_count counter
                :tensorflow:serving:request_count{model_name="half_plus_two",status="OK"} 5970
                :tensorflow:serving:request_count{model_name="half_plus_two",status="INVALID_ARGUMENT"} 20
                :tensorflow:serving:request_count{model_name="half_plus_two",status="UNAVAILABLE"} 10
                # TYPE :tensorflow:serving:request_latency histogram
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="Predict",entrypoint="GRPC",le="10"} 0
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="Predict",entrypoint="GRPC",le="18"} 400
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="Predict",entrypoint="GRPC",le="+Inf"} 600
                :tensorflow:serving:request_latency_sum{model_name="half_plus_two",API="Predict",entrypoint="GRPC"} 11000
                :tensorflow:serving:request_latency_count{model_name="half_plus_two",API="Predict",entrypoint="GRPC"} 600
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="predict",entrypoint="REST",le="10"} 0
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="predict",entrypoint="REST",le="18"} 300
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="predict",entrypoint="REST",le="+Inf"} 370
                :tensorflow:serving:request_latency_sum{model_name="half_plus_two",API="predict",entrypoint="REST"} 7000
                :tensorflow:serving:request_latency_count{model_name="half_plus_two",API="predict",entrypoint="REST"} 370
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="",entrypoint="REST",le="10"} 5000
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="",entrypoint="REST",le="18"} 5000
                :tensorflow:serving:request_latency_bucket{model_name="half_plus_two",API="",entrypoint="REST",le="+Inf"} 5000
                :tensorflow:serving:request_latency_sum{model_name="half_plus_two",API="",entrypoint="REST"} 20000
                :tensorflow:serving:request_latency_count{model_name="half_plus_two",API="",entrypoint="REST"} 5000
                # TYPE :tensorflow:serving:runtime_latency histogram
                :tensorflow:serving:runtime_latency_count{model_name="half_plus_two",API="Predict",runtime="TF1"} 970
                """);
        assertEquals("without the 5,000 reads of the model's status", 1000, page.requests("tensorflow-serving"), EXACT);
        assertEquals(30, page.errors("tensorflow-serving"), EXACT);
        assertEquals(970, page.timed("tensorflow-serving"), EXACT);
        page.isFirstFoundBy("tensorflow-serving");
    }

    @Test
    public void torchserve() throws Exception {
        Page page = new Page("""
                # HELP Requests2XX Torchserve prometheus counter metric with unit: Count
                # TYPE Requests2XX counter
                Requests2XX{Level="Host",Hostname="model-7d9f-x2x4z",} 9300.0
                # HELP Requests4XX Torchserve prometheus counter metric with unit: Count
                # TYPE Requests4XX counter
                Requests4XX{Level="Host",Hostname="model-7d9f-x2x4z",} 12.0
                # HELP Requests5XX Torchserve prometheus counter metric with unit: Count
                # TYPE Requests5XX counter
                Requests5XX{Level="Host",Hostname="model-7d9f-x2x4z",} 5.0
                # HELP ts_inference_requests_total Torchserve prometheus counter metric with unit: Count
                # TYPE ts_inference_requests_total counter
                ts_inference_requests_total{model_name="resnet18",model_version="default",hostname="model-7d9f-x2x4z",} 1000.0
                # HELP ts_inference_latency_microseconds Torchserve prometheus counter metric with unit: Microseconds
                # TYPE ts_inference_latency_microseconds counter
                ts_inference_latency_microseconds{model_name="resnet18",model_version="default",hostname="model-7d9f-x2x4z",} 290371.129
                # HELP PredictionTime Torchserve prometheus gauge metric with unit: ms
                # TYPE PredictionTime gauge
                PredictionTime{ModelName="resnet18",Level="Model",Hostname="model-7d9f-x2x4z",} 83.13
                """);
        assertEquals("without pings and scrapes", 1005, page.requests("torchserve"), EXACT);
        assertEquals(5, page.errors("torchserve"), EXACT);
        assertNull(Presets.named("torchserve").orElseThrow().latency());
        page.isFirstFoundBy("torchserve");
    }

    @Test
    public void vllm() throws Exception {
        Page page = new Page("""
                # HELP vllm:num_requests_running Number of requests in model execution batches.
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 8.0
                # HELP vllm:request_success_total Count of successfully processed requests.
                # TYPE vllm:request_success_total counter
                vllm:request_success_total{engine="0",finished_reason="stop",model_name="meta-llama/Llama-3.1-8B-Instruct"} 180.0
                vllm:request_success_total{engine="0",finished_reason="length",model_name="meta-llama/Llama-3.1-8B-Instruct"} 15.0
                vllm:request_success_total{engine="0",finished_reason="abort",model_name="meta-llama/Llama-3.1-8B-Instruct"} 2.0
                # HELP vllm:e2e_request_latency_seconds Histogram of e2e request latency in seconds.
                # TYPE vllm:e2e_request_latency_seconds histogram
                vllm:e2e_request_latency_seconds_bucket{engine="0",le="0.3",model_name="meta-llama/Llama-3.1-8B-Instruct"} 20.0
                vllm:e2e_request_latency_seconds_bucket{engine="0",le="2.5",model_name="meta-llama/Llama-3.1-8B-Instruct"} 150.0
                vllm:e2e_request_latency_seconds_bucket{engine="0",le="+Inf",model_name="meta-llama/Llama-3.1-8B-Instruct"} 197.0
                # HELP http_requests_total Total number of requests by method, status and handler.
                # TYPE http_requests_total counter
                http_requests_total{handler="/v1/chat/completions",method="POST",status="2xx"} 150.0
                http_requests_total{handler="/v1/chat/completions",method="POST",status="4xx"} 6.0
                http_requests_total{handler="/v1/chat/completions",method="POST",status="5xx"} 4.0
                http_requests_total{handler="/v1/completions",method="POST",status="2xx"} 47.0
                http_requests_total{handler="/v1/models",method="GET",status="2xx"} 3000.0
                http_requests_total{handler="none",method="GET",status="4xx"} 9.0
                # HELP http_request_duration_highr_seconds Latency with many buckets but no API specific labels.
                # TYPE http_request_duration_highr_seconds histogram
                http_request_duration_highr_seconds_bucket{le="0.01"} 3009.0
                http_request_duration_highr_seconds_bucket{le="+Inf"} 3216.0
                """);
        assertEquals("without the list of models, which probes ask for", 207, page.requests("vllm"), EXACT);
        assertEquals(4, page.errors("vllm"), EXACT);
        assertEquals(197, page.timed("vllm"), EXACT);
        page.isFirstFoundBy("vllm");
    }

    @Test
    public void kserve() throws Exception {
        Page page = new Page("""
                # HELP request_preprocess_seconds pre-process request latency
                # TYPE request_preprocess_seconds histogram
                request_preprocess_seconds_bucket{le="0.005",model_name="sklearn-iris"} 300.0
                request_preprocess_seconds_bucket{le="+Inf",model_name="sklearn-iris"} 300.0
                request_preprocess_seconds_count{model_name="sklearn-iris"} 300.0
                # HELP request_predict_seconds predict request latency
                # TYPE request_predict_seconds histogram
                request_predict_seconds_bucket{le="0.005",model_name="sklearn-iris"} 280.0
                request_predict_seconds_bucket{le="0.01",model_name="sklearn-iris"} 295.0
                request_predict_seconds_bucket{le="+Inf",model_name="sklearn-iris"} 299.0
                request_predict_seconds_count{model_name="sklearn-iris"} 299.0
                request_predict_seconds_sum{model_name="sklearn-iris"} 0.9
                # HELP request_predict_seconds_created predict request latency
                # TYPE request_predict_seconds_created gauge
                request_predict_seconds_created{model_name="sklearn-iris"} 1.7642e+09
                """);
        assertEquals(299, page.requests("kserve"), EXACT);
        assertNull("none of these tells an error", Presets.named("kserve").orElseThrow().errors());
        assertEquals(299, page.timed("kserve"), EXACT);
        page.isFirstFoundBy("kserve");
    }
}
