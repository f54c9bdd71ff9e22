package io.jenkins.plugins.mldelivery.playground.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.mldelivery.playground.Bodies;
import io.jenkins.plugins.mldelivery.playground.LoopbackServer;
import io.jenkins.plugins.mldelivery.playground.kube.Container;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A model server with the HTTP interface of the Open Inference Protocol v2 (as KServe and mlserver have it) and a Prometheus page. It loads its model out of the container's files; a model that gives no number for an
 * input is an error of the server, status 500.
 */
public final class ModelServer implements Container {
    private static final double[] BOUNDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1};
    private static final Bodies BODIES = Bodies.json(1024 * 1024);

    private final ObjectMapper json = new ObjectMapper();
    private final LinearModel model;
    private final LoopbackServer server;
    private final ExecutorService threads;
    private final Map<Integer, LongAdder> requests = new TreeMap<>();
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();
    private final Consumer<String> log;

    private ModelServer(LinearModel model, Consumer<String> log) throws IOException {
        this.model = model;
        this.log = log;
        for (int code : new int[] {200, 400, 404, 500}) {
            requests.put(code, new LongAdder());
        }
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
        threads = LoopbackServer.threads("model-server");
        server = LoopbackServer.start(0, threads, BODIES, this::handle);
    }

    /** Loads the model below a container's root and serves it on a free loopback port. */
    public static ModelServer start(Path root, Map<String, String> env, Consumer<String> log) throws IOException {
        LinearModel model = LinearModel.find(root);
        log.accept("loaded " + model.name() + " version " + model.version() + ", features " + model.featureNames());
        return new ModelServer(model, log);
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/metrics")) {
            send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics());
        } else if (path.equals("/v2/health/ready") || path.equals("/v2/health/live")) {
            send(exchange, 200, "application/json", "{}");
        } else if (path.equals("/v2/models/" + model.name()) && exchange.getRequestMethod().equals("GET")) {
            send(exchange, 200, "application/json", json.createObjectNode().put("name", model.name()).put("platform", "ml-delivery-playground").set("versions", json.createArrayNode().add(model.version())).toString());
        } else if (path.equals("/v2/models/" + model.name() + "/infer") && exchange.getRequestMethod().equals("POST")) {
            infer(exchange);
        } else {
            count(404, 0);
            send(exchange, 404, "application/json", error("there is no " + path + "; the model is " + model.name()));
        }
    }

    private void infer(HttpExchange exchange) throws IOException {
        long start = System.nanoTime();
        int code = 200;
        String answer;
        try {
            JsonNode data = json.readTree(exchange.getRequestBody().readAllBytes()).at("/inputs/0/data");
            JsonNode row = data.path(0).isArray() ? data.path(0) : data;
            if (!row.isArray() || row.size() != model.featureNames().size()) {
                code = 400;
                answer = error("inputs[0].data must hold the features " + model.featureNames());
            } else {
                double[] values = new double[row.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = row.get(i).isNumber() ? row.get(i).asDouble() : Double.NaN;
                }
                LinearModel.Prediction prediction = model.predict(values);
                if (Double.isNaN(prediction.probability())) {
                    code = 500;
                    answer = error("the model gave NaN for the input " + row);
                } else {
                    answer = answer(prediction);
                }
            }
        } catch (JsonProcessingException e) {
            code = 400;
            answer = error("the body is no JSON");
        }
        count(code, System.nanoTime() - start);
        if (code == 500 && requests.get(500).sum() <= 3) {
            log.accept("error: " + answer);
        }
        send(exchange, code, "application/json", answer);
    }

    private String answer(LinearModel.Prediction prediction) {
        ObjectNode node = json.createObjectNode().put("model_name", model.name()).put("model_version", model.version());
        ObjectNode label = node.putArray("outputs").addObject().put("name", "label").put("datatype", "BYTES");
        label.putArray("shape").add(1);
        label.putArray("data").add(prediction.label());
        ObjectNode probability = node.withArray("outputs").addObject().put("name", "probability").put("datatype", "FP64");
        probability.putArray("shape").add(1);
        probability.putArray("data").add(prediction.probability());
        return node.toString();
    }

    private String error(String text) {
        return json.createObjectNode().put("error", text).toString();
    }

    private void count(int code, long took) {
        requests.get(code).increment();
        if (took > 0) {
            int i = 0;
            while (i < BOUNDS.length && took / 1e9 > BOUNDS[i]) {
                i++;
            }
            buckets[i].increment();
            nanos.add(took);
        }
    }

    private String metrics() {
        StringBuilder page = new StringBuilder("# HELP http_requests_total Inference requests by status.\n# TYPE http_requests_total counter\n");
        requests.forEach((code, n) -> {
            if (n.sum() > 0) {
                page.append("http_requests_total{model=\"").append(model.name()).append("\",code=\"").append(code).append("\"} ").append(n.sum()).append('\n');
            }
        });
        page.append("# HELP http_request_duration_seconds Time to answer an inference request.\n# TYPE http_request_duration_seconds histogram\n");
        long total = 0;
        for (int i = 0; i < buckets.length; i++) {
            total += buckets[i].sum();
            page.append("http_request_duration_seconds_bucket{le=\"").append(i < BOUNDS.length ? Double.toString(BOUNDS[i]) : "+Inf").append("\"} ").append(total).append('\n');
        }
        page.append("http_request_duration_seconds_sum ").append(nanos.sum() / 1e9).append("\nhttp_request_duration_seconds_count ").append(total).append('\n');
        return page.toString();
    }

    private static void send(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
