package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Prometheus that answers well, and too much: as many samples as a metric's name says, at times of which each can be in a window of its own. The names:
 * {@code n_1000} is a counter of 1,000 samples, {@code spaced_…} one whose samples are 20 s apart, {@code many_…} has that many series,
 * {@code classic_…} is a histogram with two buckets, {@code infinite_…} one with a single one, {@code native_…} a native one, and {@code changing_…} a native
 * one whose buckets change with each sample.
 */
final class DenseSamplesServer {
    private static final Pattern METRIC = Pattern.compile("query=([a-z]+)_(\\d+)(_bucket)?\\{.*?(canary|stable).*");

    private static final String EMPTY = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

    /** Of the time that a first look asks for, with what clocks may differ. */
    private static final int SECONDS = 14 * 60;

    private final long end = Instant.now().toEpochMilli();
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private DenseSamplesServer() {}

    static LoopbackServer start() throws Exception {
        DenseSamplesServer server = new DenseSamplesServer();
        return LoopbackServer.start(request -> new LoopbackServer.Answer(200, server.answer(URLDecoder.decode(request.body(), StandardCharsets.UTF_8))));
    }

    private String answer(String form) {
        Matcher metric = METRIC.matcher(form);
        if (!metric.matches()) {
            return EMPTY;
        }
        String kind = metric.group(1) + (metric.group(3) == null ? "" : metric.group(3));
        int count = Integer.parseInt(metric.group(2));
        return answers.computeIfAbsent(kind + count + metric.group(4), key -> of(kind, count, metric.group(4)));
    }

    private String of(String kind, int count, String instance) {
        return switch (kind) {
            case "n" -> matrix(series("\"code\":\"500\",", instance, count, i -> "\"" + i + "\""));
            case "spaced" -> matrix(series("\"code\":\"500\",", instance, count, end, 20_000, i -> "\"" + i + "\""));
            case "many" -> matrix(IntStream.range(0, count)
                    .mapToObj(i -> series("\"code\":\"500\",\"pod\":\"p" + i + "\",", instance + i, 1, j -> "\"" + j + "\""))
                    .collect(Collectors.joining(",")));
            case "classic_bucket" -> matrix(
                    series("\"le\":\"+Inf\",", instance, count / 2, i -> "\"" + 2 * i + "\"") + "," + series("\"le\":\"1\",", instance, count / 2, i -> "\"" + i + "\""));
            case "infinite_bucket" -> matrix(series("\"le\":\"+Inf\",", instance, count, i -> "\"" + i + "\""));
            case "native" -> matrix(series("", instance, count, i -> histogram(i, 1)));
            case "changing" -> matrix(series("", instance, count, i -> histogram(i, 1 + i % 2)));
            default -> EMPTY;
        };
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
