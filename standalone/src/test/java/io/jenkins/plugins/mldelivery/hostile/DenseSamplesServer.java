package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Prometheus that answers well, and too much: as many samples as a metric's name says, at times of which each can be in a window of its own. The names:
 * {@code n_1000} is a counter of 1,000 samples, {@code spaced_…} one whose samples are 20 s apart, {@code many_…} has that many series,
 * {@code classic_…} is a histogram with two buckets, {@code infinite_…} one with a single one, {@code native_…} a native one, and {@code changing_…} a native
 * one whose buckets change with each sample. {@code long_…} and {@code longclassic_…} have that many series with long labels, the same on all of them,
 * {@code target_…} that many whose targets have long names, {@code fresh_…} such as {@code long_…}, with other names each time, and {@code brief_…} likewise
 * with short labels. {@code page_…} is a metrics page with that many series of many short labels.
 */
final class DenseSamplesServer {
    private static final Pattern METRIC = Pattern.compile("query=([a-z]+)_(\\d+)(_bucket)?\\{.*?(canary|stable).*");

    private static final String EMPTY = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

    /** Of the time that a first look asks for, with what clocks may differ. */
    private static final int SECONDS = 14 * 60;

    /** No Latin-1, so that Java keeps two bytes of each of its characters. */
    private static final String LONG = "\u0100" + "x".repeat(4_000);

    private static final String LABELS =
            IntStream.range(0, 90).mapToObj(i -> "\"l" + i + "\":\"" + LONG + "\",").collect(Collectors.joining());

    private final AtomicInteger fresh = new AtomicInteger();
    private final long end = Instant.now().toEpochMilli();
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private DenseSamplesServer() {}

    static LoopbackServer start() throws Exception {
        DenseSamplesServer server = new DenseSamplesServer();
        return LoopbackServer.start(request -> request.path().contains("/page_")
                ? new LoopbackServer.Answer(200, page(request.path().substring(1)), Map.of("Content-Type", "text/plain"))
                : new LoopbackServer.Answer(200, server.answer(URLDecoder.decode(request.body(), StandardCharsets.UTF_8))));
    }

    /** @param metric with how many series it has, behind a track's name and a slash */
    private static String page(String metric) {
        String labels = IntStream.range(0, 97).mapToObj(i -> "," + (char) ('a' + i / 26) + (char) ('a' + i % 26) + "=\"\"").collect(Collectors.joining());
        String name = metric.substring(metric.indexOf('/') + 1);
        return IntStream.range(0, Integer.parseInt(name.substring(name.indexOf('_') + 1)))
                .mapToObj(i -> name + "{code=\"500\",n=\"" + i + "\"" + labels + "} 5\n")
                .collect(Collectors.joining());
    }

    private String answer(String form) {
        Matcher metric = METRIC.matcher(form);
        if (!metric.matches()) {
            return EMPTY;
        }
        String kind = metric.group(1) + (metric.group(3) == null ? "" : metric.group(3));
        int count = Integer.parseInt(metric.group(2));
        if (kind.equals("fresh") || kind.equals("brief")) {
            return fresh(kind.equals("fresh") ? LABELS : "", count, metric.group(4) + fresh.incrementAndGet());
        }
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
            case "long" -> pods(count, i -> LABELS, instance);
            case "longclassic_bucket" -> pods(count, i -> "\"le\":\"+Inf\"," + LABELS, instance);
            case "target" -> pods(count, i -> "\"cluster\":\"" + LONG.repeat(6) + "\",", instance);
            case "native" -> matrix(series("", instance, count, i -> histogram(i, 1)));
            case "changing" -> matrix(series("", instance, count, i -> histogram(i, 1 + i % 2)));
            default -> EMPTY;
        };
    }

    /** So many series of a sample each. */
    private String pods(int count, IntFunction<String> labels, String instance) {
        return matrix(IntStream.range(0, count)
                .mapToObj(i -> series("\"code\":\"500\",\"pod\":\"p" + i + "\"," + labels.apply(i), instance + i, 1, j -> "\"" + j + "\""))
                .collect(Collectors.joining(",")));
    }

    private static String fresh(String labels, int count, String instance) {
        long now = System.currentTimeMillis();
        return matrix(IntStream.range(0, count)
                .mapToObj(i -> series("\"code\":\"500\"," + labels, instance + "-" + i, 1, now, 1, j -> "\"5\""))
                .collect(Collectors.joining(",")));
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
