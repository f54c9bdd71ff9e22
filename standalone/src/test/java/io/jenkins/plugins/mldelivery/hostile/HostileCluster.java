package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An API server, or a pod behind it, that answers as an attacker would. What it does stands in the namespace of the
 * request.
 */
public final class HostileCluster {
    private static final byte[] BLOCK =
            "http_requests_total{code=\"200\"} 1\n".repeat(2_000).getBytes(StandardCharsets.UTF_8);

    private static final Map<String, ByteServer.Handler> ANSWERS = new LinkedHashMap<>();

    static {
        ANSWERS.put("endless", (head, out) -> {
            out.write(ByteServer.head("200 OK"));
            forEver(out, BLOCK);
        });
        ANSWERS.put("one-line", (head, out) -> {
            out.write(ByteServer.head("200 OK"));
            forEver(out, "x".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("chunked", (head, out) -> {
            out.write(ByteServer.head("200 OK", "Transfer-Encoding: chunked"));
            forEver(
                    out,
                    (Integer.toHexString(BLOCK.length) + "\r\n" + new String(BLOCK, StandardCharsets.UTF_8) + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("tiny-chunks", (head, out) -> {
            out.write(ByteServer.head("200 OK", "Transfer-Encoding: chunked"));
            forEver(out, "1\r\n7\r\n".repeat(5_000).getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("long-extension", (head, out) -> {
            out.write(ByteServer.head("200 OK", "Transfer-Encoding: chunked"));
            out.write("1;".getBytes(StandardCharsets.UTF_8));
            forEver(out, "a".repeat(50_000).getBytes(StandardCharsets.UTF_8));
        });
        byte[] bomb = GzipBomb.of('\n', 1024);
        ANSWERS.put("gzip-bomb", (head, out) -> {
            out.write(ByteServer.head("200 OK", "Content-Encoding: gzip", "Content-Length: " + bomb.length));
            out.write(bomb);
        });
        ANSWERS.put("lying-length", (head, out) -> {
            out.write(ByteServer.head("200 OK", "Content-Length: 999999999999999999"));
            forEver(out, BLOCK);
        });
        ANSWERS.put("error", (head, out) -> {
            out.write(ByteServer.head("403 Forbidden"));
            forEver(out, BLOCK);
        });
        ANSWERS.put("headers", (head, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.UTF_8));
            forEver(out, "X-Header: 0123456789\r\n".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("one-header", (head, out) -> {
            out.write("HTTP/1.1 200 OK\r\nX-Header: ".getBytes(StandardCharsets.UTF_8));
            forEver(out, "0123456789".repeat(5_000).getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("objects", (head, out) -> list(out, "{}"));
        ANSWERS.put(
                "pods",
                (head, out) -> list(
                        out,
                        "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"containers\":[{\"name\":\"c\"}]},"
                                + "\"status\":{\"conditions\":[{\"type\":\"Ready\"}]}}"));
        ANSWERS.put("full", (head, out) -> {
            // As much as is taken.
            String item =
                    "{\"metadata\":{\"name\":\"a\",\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\""
                            + "c".repeat(150) + "\"}]},\"status\":{\"phase\":\"Running\"}},";
            out.write(ByteServer.head("200 OK"));
            out.write(("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"},\"items\":[" + item.repeat(1_900) + "{}]}")
                    .getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("deep", (head, out) -> {
            out.write(ByteServer.head("200 OK"));
            out.write(("{\"kind\":\"List\",\"x\":" + "[".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("yaml", (head, out) -> {
            StringBuilder text = new StringBuilder("kind: Status\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
            for (int i = 1; i < 12; i++) {
                text.append("a")
                        .append(i)
                        .append(": &a")
                        .append(i)
                        .append(" [")
                        .append(("*a" + (i - 1) + ",").repeat(10))
                        .append("]\n");
            }
            out.write(ByteServer.head(
                    head.contains("/error/") ? "500 Error" : "200 OK", "Content-Type: application/json"));
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("number", (head, out) -> {
            out.write(ByteServer.head("200 OK"));
            out.write("{\"kind\":\"Deployment\",\"spec\":{\"replicas\":99999999999999999999}}"
                    .getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("pages", (head, out) -> {
            out.write(ByteServer.head("200 OK"));
            String item = "{\"metadata\":{\"name\":\"" + "a".repeat(10_000) + "\"},\"spec\":{}}";
            out.write(("{\"metadata\":{\"continue\":\"more\"},\"items\":[" + (item + ",").repeat(99) + item + "]}")
                    .getBytes(StandardCharsets.UTF_8));
        });
        ANSWERS.put("drip", (head, out) -> {
            out.write(ByteServer.head("200 OK"));
            while (true) {
                out.write('{');
                out.flush();
                Thread.sleep(1_000);
            }
        });
        ANSWERS.put("drip-head", (head, out) -> {
            for (byte b : ("HTTP/1.1 200 OK\r\nX: " + "a".repeat(1_000)).getBytes(StandardCharsets.UTF_8)) {
                out.write(b);
                out.flush();
                Thread.sleep(1_000);
            }
        });
        ANSWERS.put("informational", (head, out) -> {
            while (true) {
                out.write(ByteServer.head("100 Continue"));
                out.flush();
                Thread.sleep(100);
            }
        });
        ANSWERS.put("silent", (head, out) -> Thread.sleep(600_000));
        ANSWERS.put(
                "later",
                (head, out) -> out.write(
                        ByteServer.head("429 Too Many Requests", "Retry-After: 2147483", "Content-Length: 0")));
        ANSWERS.put("dots", (head, out) -> {
            out.write(ByteServer.head("403 Forbidden"));
            out.write(("{\"kind\":\"Status\",\"code\":403,\"message\":\"no" + ". ".repeat(100_000) + "x\"}")
                    .getBytes(StandardCharsets.UTF_8));
        });
    }

    private HostileCluster() {}

    /** Starts one. */
    public static ByteServer start() throws IOException {
        return ByteServer.start((head, out) -> {
            String path = head.split(" ")[1];
            for (Map.Entry<String, ByteServer.Handler> answer : ANSWERS.entrySet()) {
                if (path.contains("/namespaces/" + answer.getKey() + "/")) {
                    answer.getValue().answer(head, out);
                    return;
                }
            }
            out.write(ByteServer.head("404 Not Found"));
            out.write("{\"kind\":\"Status\",\"code\":404}".getBytes(StandardCharsets.UTF_8));
        });
    }

    private static void list(OutputStream out, String item) throws IOException {
        out.write(ByteServer.head("200 OK"));
        out.write("{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[".getBytes(StandardCharsets.UTF_8));
        byte[] items = (item + ",").repeat(1_000).getBytes(StandardCharsets.UTF_8);
        for (long left = 7 * 1024 * 1024; left > 0; left -= items.length) {
            out.write(items);
        }
        out.write((item + "]}").getBytes(StandardCharsets.UTF_8));
    }

    private static void forEver(OutputStream out, byte[] block) throws IOException {
        while (true) {
            out.write(block);
        }
    }
}
