package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Prometheus that answers well, and too much: one series has as many samples as fit the limits of an answer, at times of which each can be in a window of
 * its own.
 */
final class DenseSamplesServer {
    private static final String EMPTY = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

    /** Of the time that a first look asks for, with what clocks may differ. */
    private static final int SECONDS = 14 * 60;

    /** Series that a check takes. */
    private static final int MANY = 2000;

    private final int samples;
    private final long end = Instant.now().toEpochMilli();
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private DenseSamplesServer(int samples) {
        this.samples = samples;
    }

    /** @param samples of each answer */
    static LoopbackServer start(int samples) throws Exception {
        DenseSamplesServer server = new DenseSamplesServer(samples);
        return LoopbackServer.start(request -> new LoopbackServer.Answer(200, server.answer(URLDecoder.decode(request.body(), StandardCharsets.UTF_8))));
    }

    private String answer(String form) {
        String query = form.substring("query=".length());
        String instance = query.contains("canary") ? "c" : "s";
        return answers.computeIfAbsent(instance + query.replaceAll("[^a-z_].*", ""), key -> switch (key.substring(1)) {
            case "up" -> matrix(series("", instance, samples, i -> "\"1\""));
            case "n" -> matrix(series("\"code\":\"500\",", instance, samples, i -> "\"" + i + "\""));
            case "spaced" -> matrix(series("\"code\":\"500\",", instance, samples, end, 20_000, i -> "\"" + i + "\""));
            case "many" -> matrix(IntStream.range(0, MANY)
                    .mapToObj(i -> series("\"code\":\"500\",\"pod\":\"p" + i + "\",", instance + i, 1, j -> "\"" + j + "\""))
                    .collect(Collectors.joining(",")));
            case "classic_bucket" -> matrix(
                    series("\"le\":\"+Inf\",", instance, samples / 2, i -> "\"" + 2 * i + "\"") + "," + series("\"le\":\"1\",", instance, samples / 2, i -> "\"" + i + "\""));
            case "infinite_bucket" -> matrix(series("\"le\":\"+Inf\",", instance, samples, i -> "\"" + i + "\""));
            case "native" -> matrix(series("", instance, samples, i -> histogram(i, 1)));
            case "changing" -> matrix(series("", instance, samples, i -> histogram(i, 1 + i % 2)));
            default -> EMPTY;
        });
    }

    private static String histogram(int count, int bound) {
        return "{\"count\":\"" + count + "\",\"sum\":\"1\",\"buckets\":[[0,\"0\",\"" + bound + "\",\"" + count + "\"]]}";
    }

    private static String matrix(String series) {
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + series + "]}}";
    }

    private String series(String labels, String instance, int count, IntFunction<String> value) {
        return series(labels, instance, count, end - SECONDS * 1000L, Math.max(1, SECONDS * 1000L / count), value);
    }

    private static String series(String labels, String instance, int count, long first, long step, IntFunction<String> value) {
        boolean histograms = value.apply(0).startsWith("{");
        StringBuilder text = new StringBuilder("{\"metric\":{" + labels + "\"job\":\"j\",\"instance\":\"" + instance + "\"},\"" + (histograms ? "histograms" : "values") + "\":[");
        for (int i = 0; i < count; i++) {
            long millis = first + i * step;
            text.append(i == 0 ? "[" : ",[").append(millis / 1000).append('.').append(String.format("%03d", millis % 1000)).append(',').append(value.apply(i)).append(']');
        }
        return text.append("]}").toString();
    }
}
