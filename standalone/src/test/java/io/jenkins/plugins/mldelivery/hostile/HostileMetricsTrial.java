package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.PrometheusOptions;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyState;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Looks at many hostile servers at once, as many as the plugin has threads. Prints what each look ended with. */
final class HostileMetricsTrial {
    /** As in Jenkins. */
    private static final int THREADS = 24;

    private static final SharedReads SHARED = new SharedReads();

    private HostileMetricsTrial() {}

    public static void main(String[] args) throws Exception {
        Map<String, HostileMetricsServer.Answer> answers = new LinkedHashMap<>();
        if (args[0].equals("prometheus")) {
            prometheus(answers);
        } else {
            pages(answers);
        }
        http().forEach((name, answer) -> answers.put("HTTP with " + name, answer));
        if (args.length > 1) {
            answers.keySet().removeIf(name -> !name.equals(args[1]));
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<String>> looks = new ArrayList<>();
        List<HostileMetricsServer> servers = new ArrayList<>();
        for (int round = 0; round < (args.length > 1 ? THREADS : 2); round++) {
            for (Map.Entry<String, HostileMetricsServer.Answer> answer : answers.entrySet()) {
                HostileMetricsServer server = new HostileMetricsServer(answer.getValue());
                servers.add(server);
                looks.add(threads.submit(() -> answer.getKey() + ": " + look(args[0].equals("prometheus"), server.url())));
            }
        }
        int open = looks.size();
        for (Future<String> look : looks) {
            System.out.println(look.get() + " (" + --open + " to go)");
        }
        threads.shutdownNow();
        System.out.println("ALL");
        System.exit(0);
    }

    private static String look(boolean prometheus, String url) throws Exception {
        PrometheusOptions options = PrometheusOptions.defaults();
        PrometheusOptions access = new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, null, List.of(), "3s");
        List<Check> checks = new ArrayList<>(List.of(
                new Check.ErrorRate("errors", "n", "code=~\"a*a*a*a*b\"", 1.5, 0.01, 0.05, 0, 1), Check.Distribution.of("drift", "h"), Check.Gauge.of("gauge", "g", 1.0)));
        List<String> pages = IntStream.range(0, 100).mapToObj(i -> url + "/" + i).toList();
        if (prometheus) {
            checks.add(Check.Threshold.of("t", "up", null, 1.0));
        }
        VerifyMetricsRequest request = new VerifyMetricsRequest(
                checks, prometheus ? url : null, null, prometheus ? access : options, "a=\"1\"", "a=\"2\"", prometheus ? List.of() : pages, prometheus ? List.of() : pages, "15s", "5s", "fail");
        Environment environment = new Environment((command, lines) -> {
            throw new AssertionError("no program is run here");
        }, Clock.system(), Secrets.none(), EventSink.none());
        VerifyMetrics verify = new VerifyMetrics(request, null, environment, SHARED);
        VerifyState state = verify.start(Instant.now());
        long began = System.nanoTime();
        String outcome;
        try {
            VerifyState after = verify.read(state);
            outcome = after.trouble() == null ? after.checks().get(0).reason() : after.trouble();
        } catch (DeliveryException e) {
            outcome = e.getMessage();
        }
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        if (outcome.length() > 600 || outcome.contains("\n")) {
            throw new AssertionError("no sentence: " + outcome);
        }
        if (seconds > 30) {
            throw new AssertionError("it took " + seconds + " s: " + outcome);
        }
        return outcome;
    }

    static void prometheus(Map<String, HostileMetricsServer.Answer> to) {
        String begin = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";
        to.put("without end", HostileMetricsServer.endless("{\"status\":\"success\",\"x\":[1", ",1"));
        to.put("3,500,000 samples", HostileMetricsServer.many(begin + "{\"metric\":{},\"values\":[[1,\"1\"]", 3_500_000, i -> ",[1,\"1\"]", "]}]}}"));
        to.put("series without end", HostileMetricsServer.endless(begin + "{}", ",{\"metric\":{\"a\":\"b\"},\"value\":[1,\"1\"]}"));
        to.put("different series", HostileMetricsServer.many(begin + "{}", 400_000, i -> ",{\"metric\":{\"a\":\"" + "v".repeat(200) + i + "\"},\"value\":[1,\"1\"]}", "]}}"));
        to.put("labels without end", HostileMetricsServer.many(begin + "{\"metric\":{\"a\":\"b\"", 1_000_000, i -> ",\"l" + i + "\":\"b\"", "}}]}}"));
        to.put("a label without end", HostileMetricsServer.endless(begin + "{\"metric\":{\"a\":\"", "v"));
        to.put("a name without end", HostileMetricsServer.endless("{\"", "v"));
        to.put("a number without end", HostileMetricsServer.endless(begin + "{\"value\":[1", "1"));
        to.put("depth", HostileMetricsServer.endless(begin, "["));
        to.put("depth of objects", HostileMetricsServer.endless("", "{\"a\":"));
        to.put("names of fields", HostileMetricsServer.many("{\"a\":1", 2_000_000, i -> ",\"n" + i + "\":1", "}"));
        to.put("warnings", HostileMetricsServer.endless("{\"warnings\":[\"w\"", ",\"" + "w".repeat(1000) + "\""));
        to.put("buckets", HostileMetricsServer.many(begin + "{\"metric\":{},\"histograms\":[[1,{\"count\":\"1\",\"buckets\":[[0,\"0\",\"1\",\"1\"]", 1_000_000, i -> ",[0,\"" + (i + 1) + "\",\"" + (i + 2) + "\",\"1\"]", "]}]]}]}}"));
        to.put("classic buckets", HostileMetricsServer.many(begin + "{\"metric\":{\"le\":\"+Inf\"},\"value\":[1,\"1\"]}", 49_000, i -> ",{\"metric\":{\"le\":\"" + i + "\"},\"value\":[1,\"1\"]}", "]}}"));
        to.put("times", HostileMetricsServer.many(begin + "{\"metric\":{},\"values\":[[9e300,\"1e308\"],[1,\"1\"]", 10, i -> ",[-1e300,\"NaN\"]", "]}]}}"));
        to.put("drips", HostileMetricsServer.drips(begin, "{},"));
        to.put("no JSON", HostileMetricsServer.endless("", " "));
        to.put("HTML", HostileMetricsServer.endless("<html>", "<p>"));
    }

    static void pages(Map<String, HostileMetricsServer.Answer> to) {
        to.put("lines without end", HostileMetricsServer.endless("", "n{code=\"a\"} 1\n"));
        to.put("other lines without end", HostileMetricsServer.endless("", "other{code=\"a\"} 1\n"));
        to.put("a line without end", HostileMetricsServer.endless("n{code=\"", "a"));
        to.put("another line without end", HostileMetricsServer.endless("other{code=\"", "a"));
        to.put("a name without end", HostileMetricsServer.endless("", "n"));
        to.put("blanks without end", HostileMetricsServer.endless("", " "));
        to.put("lines ends without end", HostileMetricsServer.endless("", "\n"));
        to.put("quoted names", HostileMetricsServer.endless("", "{\"n\",code=\"a\"} 1\n"));
        to.put("labels", HostileMetricsServer.many("n{a=\"b\"", 4_000, i -> ",l" + i + "=\"b\"", "} 1\n"));
        to.put("long labels", HostileMetricsServer.many("", 200, i -> "n{i=\"" + i + "\",code=\"" + "a".repeat(30_000) + "\"} 1\n", ""));
        to.put("names of their own", HostileMetricsServer.many("", 300_000, i -> "n" + i + " 1\n", "n 1\n"));
        to.put("buckets", HostileMetricsServer.many("", 200_000, i -> "h_bucket{le=\"" + i + "\"} 1\n", "h_bucket{le=\"+Inf\"} 1\n"));
        to.put("900 buckets", HostileMetricsServer.many("", 900, i -> "h_bucket{le=\"" + i + "." + Math.abs(System.nanoTime() % 1000) + "\"} 1\n", "h_bucket{le=\"+Inf\"} 1\n"));
        to.put("numbers", HostileMetricsServer.many("", 10, i -> "n{i=\"" + i + "\"} 1e308 9e300\ng -1e308 -9e300\n", ""));
        to.put("drips", HostileMetricsServer.drips("", "n 1\n"));
    }

    static Map<String, HostileMetricsServer.Answer> http() {
        byte[] bomb = GzipBomb.of(' ', 1500);
        Map<String, HostileMetricsServer.Answer> to = new LinkedHashMap<>();
        to.put("gzip", out -> {
            out.write(HostileMetricsServer.bytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n"));
            out.write(bomb);
        });
        to.put("headers", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\n", "X-A: " + "a".repeat(1000) + "\r\n"));
        to.put("a header", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\nX-A: ", "a"));
        to.put("a status", HostileMetricsServer.raw("HTTP/1.1 200 ", "a"));
        to.put("no HTTP", HostileMetricsServer.raw("", "\0"));
        to.put("continue", HostileMetricsServer.raw("", "HTTP/1.1 100 Continue\r\n\r\n"));
        to.put("early hints", HostileMetricsServer.raw("", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"));
        to.put("a chunk's size", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0"));
        to.put("a chunk's extension", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", "a"));
        to.put("chunks of a byte", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
        to.put("trailers", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: a\r\n"));
        to.put("a length", HostileMetricsServer.raw("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", " "));
        to.put("errors", HostileMetricsServer.raw("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\n\r\n", "a"));
        to.put("logins", HostileMetricsServer.raw("HTTP/1.1 401 No\r\nWWW-Authenticate: " + "Basic realm=\"a\",".repeat(4000) + "\r\n\r\n", "a"));
        to.put("redirects", HostileMetricsServer.raw("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/" + "a".repeat(60_000) + "\r\n\r\n", "a"));
        to.put("silence", out -> Thread.sleep(600_000));
        to.put("gone", out -> { });
        return to;
    }
}
