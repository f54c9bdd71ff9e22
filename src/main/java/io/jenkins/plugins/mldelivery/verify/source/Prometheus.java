package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A server with the Prometheus HTTP API v1 (also Thanos, Mimir, VictoriaMetrics). */
public final class Prometheus implements MetricSource {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final Http http;
    private final String canary;
    private final String stable;
    private final Consumer<String> warnings;

    /**
     * @param url the server's URL; a path prefix is kept
     * @param login sent with each request, or null
     * @param canary label matchers of the canary's series
     * @param stable label matchers of the stable version's series
     * @param warnings takes the server's warnings
     */
    public Prometheus(String url, Login login, String canary, String stable, Consumer<String> warnings) throws DeliveryException {
        this.base = Http.uri("prometheus", url);
        this.http = new Http(login);
        this.canary = canary;
        this.stable = stable;
        this.warnings = warnings;
    }

    @Override
    public List<Sample> counter(String metric, Track track) throws Unavailable, DeliveryException, InterruptedException {
        return ask("metric", metric + "{" + (track == Track.CANARY ? canary : stable) + "}");
    }

    @Override
    public List<Sample> query(String query) throws Unavailable, DeliveryException, InterruptedException {
        return ask("query", query);
    }

    @Override
    public String parameter() {
        return "prometheus";
    }

    private List<Sample> ask(String parameter, String query) throws Unavailable, DeliveryException, InterruptedException {
        String prefix = base.toString().replaceAll("/+$", "");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(prefix + "/api/v1/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)));
        Http.Answer answer = http.send(request);
        if (answer.status() == 401 || answer.status() == 403) {
            throw DeliveryException.invalid("credentialsId", prefix + " refuses the credentials (status " + answer.status() + ")", "Give credentials that may query it.");
        }
        JsonNode json = parse(prefix, answer);
        if (!"success".equals(json.path("status").asText())) {
            String said = json.path("error").asText("status " + answer.status());
            if ("bad_data".equals(json.path("errorType").asText())) {
                throw DeliveryException.invalid(parameter, "Prometheus can't use '" + query + "' (" + said + ")", "Try the query in the Prometheus UI first.");
            }
            throw new Unavailable(prefix + " could not answer (" + said + ")", null);
        }
        json.path("warnings").forEach(w -> warnings.accept(w.asText()));
        return samples(parameter, query, json.path("data"));
    }

    private static JsonNode parse(String prefix, Http.Answer answer) throws Unavailable, DeliveryException {
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (json != null && json.isObject() && json.has("status")) {
                return json;
            }
        } catch (JsonProcessingException e) {
            if (answer.status() == 200 && answer.body().stripLeading().startsWith("{")) {
                throw new Unavailable(prefix + " sent a broken answer", e);
            }
        }
        if (answer.status() >= 500 || answer.status() == 429) {
            throw new Unavailable(prefix + " answered with status " + answer.status(), null);
        }
        throw DeliveryException.invalid("prometheus", prefix + " is no Prometheus server (status " + answer.status() + " without its JSON)", "Give the URL under which /api/v1/query answers.");
    }

    private static List<Sample> samples(String parameter, String query, JsonNode data) throws DeliveryException {
        List<Sample> samples = new ArrayList<>();
        switch (data.path("resultType").asText()) {
            case "scalar" -> samples.add(new Sample("prometheus", Map.of(), ExpositionParser.number(data.at("/result/1").asText("NaN"))));
            case "vector" -> {
                for (JsonNode series : data.path("result")) {
                    Map<String, String> labels = new HashMap<>();
                    series.path("metric").fields().forEachRemaining(e -> labels.put(e.getKey(), e.getValue().asText()));
                    labels.remove("__name__");
                    samples.add(new Sample("prometheus", labels, ExpositionParser.number(series.at("/value/1").asText("NaN"))));
                }
            }
            default -> throw DeliveryException.invalid(
                    parameter, "'" + query + "' gives a " + data.path("resultType").asText("result of no known type") + ", not a number",
                    "Write an instant query, without a range at its end.");
        }
        return samples;
    }
}
