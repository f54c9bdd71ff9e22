package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prometheus servers, metrics pages, token endpoints and options of {@code verify-metrics}. */
final class MetricsInputs {
    private static final String TIMEOUT = "4s";
    private static final String QUERY_TIMEOUT = "3s";
    private static final int WRONG = 2;
    private static final int INCONCLUSIVE = 4;
    private static final int UNREACHABLE = 6;
    private static final int REFUSED = 5;

    private MetricsInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>();
        all.addAll(servers());
        all.addAll(pages());
        all.addAll(secrets());
        all.addAll(hosts());
        all.addAll(options());
        return all;
    }

    static List<String> verify(String... more) {
        List<String> line = new ArrayList<>(List.of("verify-metrics", "--timeout", TIMEOUT, "--interval", "500ms"));
        line.addAll(List.of(more));
        return line;
    }

    private static List<String> verifyServer(String url, String... more) {
        List<String> line = verify(
                "--prometheus",
                url,
                "--checks",
                "threshold: {name: t, query: up, max: 1}",
                "--checks",
                "errorRate: {metric: n, errors: 'code=\"500\"'}",
                "--canary",
                "a=\"1\"",
                "--stable",
                "a=\"2\"",
                "--query-timeout",
                QUERY_TIMEOUT);
        line.addAll(List.of(more));
        return line;
    }

    private static HostileInput server(
            Kind kind, String name, int exitCode, String says, HostileMetricsServer.Answer answer) {
        return new HostileInput(kind, "a Prometheus server with " + name, exitCode, says, scene -> {
            List<String> line = verifyServer(serving(scene, answer));
            if (exitCode == WRONG) {
                // It is refused once it was read, however long that takes on a busy machine.
                Collections.replaceAll(line, TIMEOUT, "60s");
                Collections.replaceAll(line, QUERY_TIMEOUT, "60s");
            }
            return line;
        });
    }

    private static String serving(Scene scene, HostileMetricsServer.Answer answer) throws Exception {
        return scene.closing(new HostileMetricsServer(answer)).url();
    }

    private static List<HostileInput> servers() {
        Map<String, HostileMetricsServer.Answer> answers = new LinkedHashMap<>();
        HostileMetricsTrial.prometheus(answers);
        Map<String, HostileMetricsServer.Answer> http = HostileMetricsTrial.http();
        String forged = "\\u001b[8mha:\\n\\u001b[2J\\nPROMOTED: x\\u202e";
        return List.of(
                server(
                        Kind.MEMORY,
                        "3,500,000 samples",
                        WRONG,
                        "error: --checks: ",
                        answers.get("3,500,000 samples")),
                server(
                        Kind.MEMORY,
                        "an answer without an end",
                        WRONG,
                        "error: --checks: ",
                        answers.get("without end")).seldom(),
                server(
                                Kind.MEMORY,
                                "400,000 different series",
                                UNREACHABLE,
                                "error: --prometheus: ",
                                answers.get("different series")).seldom(),
                server(Kind.MEMORY, "warnings without an end", WRONG, "error: --checks: ", answers.get("warnings"))
                        .seldom(),
                server(Kind.MEMORY, "a gigabyte in a megabyte of gzip", UNREACHABLE, "", http.get("gzip")),
                server(Kind.MEMORY, "headers without an end", UNREACHABLE, "", http.get("headers")).seldom(),
                server(Kind.DEPTHS_AND_NUMBERS, "lists in lists without an end", UNREACHABLE, "", answers.get("depth")),
                server(
                        Kind.DEPTHS_AND_NUMBERS,
                        "numbers at the ends of their range",
                        UNREACHABLE,
                        "sent a broken answer|no answer in time",
                        answers.get("times")).seldom(),
                server(Kind.TIME, "a byte now and then", UNREACHABLE, "", answers.get("drips")).seldom(),
                server(Kind.TIME, "silence", UNREACHABLE, "", http.get("silence")).seldom(),
                server(
                        Kind.FORGED_LINES,
                        "an error that forges lines",
                        2,
                        "\\\\u001b\\[8mha:",
                        out -> out.write(http(
                                400,
                                "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"" + forged + "\"}"))),
                server(
                        Kind.FORGED_LINES,
                        "warnings that forge lines",
                        INCONCLUSIVE,
                        "warning: Prometheus says: \\\\u001b\\[8mha:",
                        out -> out.write(http(
                                200,
                                "{\"status\":\"success\",\"warnings\":[\"" + forged
                                        + "\"],\"data\":{\"resultType\":\"vector\",\"result\":[]}}"))).seldom());
    }

    private static byte[] http(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return ("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + bytes.length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static HostileInput page(
            Kind kind, String name, int exitCode, String says, HostileMetricsServer.Answer answer, int pages) {
        return new HostileInput(kind, "metrics pages with " + name, exitCode, says, scene -> {
            String url = serving(scene, answer);
            return verify(
                    "--checks",
                    "errorRate: {metric: n, errors: 'code=~\"a*a*a*a*a*a*a*a*b\"'}",
                    "--checks",
                    "distribution: {name: d, metric: h}",
                    "--checks",
                    "gauge: {name: g, metric: g, tolerance: 1}",
                    "--scrape-canary",
                    urls(url + "/canary", pages),
                    "--scrape-stable",
                    urls(url + "/stable", pages));
        });
    }

    static String urls(String url, int count) {
        return IntStream.range(0, count).mapToObj(i -> url + i).collect(Collectors.joining(","));
    }

    private static List<HostileInput> pages() {
        Map<String, HostileMetricsServer.Answer> answers = new LinkedHashMap<>();
        HostileMetricsTrial.pages(answers);
        return List.of(
                page(
                        Kind.MEMORY,
                        "lines without an end, 64 at once",
                        UNREACHABLE,
                        "",
                        answers.get("lines without end"),
                        32),
                page(
                                Kind.MEMORY,
                                "a line without an end, 64 at once",
                                UNREACHABLE,
                                "",
                                answers.get("a line without end"),
                                32).seldom(),
                page(Kind.MEMORY, "300,000 names, 8 at once", INCONCLUSIVE, "", answers.get("names of their own"), 4)
                        .or(UNREACHABLE),
                page(
                        Kind.TIME,
                        "labels of 20,000 characters for an expression that tries every way",
                        INCONCLUSIVE,
                        "",
                        HostileMetricsServer.many(
                                "", 20, i -> "n{i=\"" + i + "\",code=\"" + "a".repeat(20_000) + "\"} 1\n", ""),
                                1)
                        .or(UNREACHABLE),
                page(Kind.TIME, "200,000 buckets", UNREACHABLE, "", answers.get("buckets"), 1).seldom(),
                page(
                        Kind.DEPTHS_AND_NUMBERS,
                        "numbers at the ends of their range",
                        INCONCLUSIVE,
                        "",
                        answers.get("numbers"),
                        2).or(UNREACHABLE).seldom());
    }

    private static List<HostileInput> secrets() {
        return List.of(
                new HostileInput(
                        Kind.SECRETS, "a token with a line's end in it", 2, "error: --credentials-id: ", scene -> {
                            scene.variable(
                                    "PROM_TOKEN", scene.secret("line") + "\nX-Injected: " + scene.secret("second"));
                            return verifyServer(
                                    scene.server(MetricsInputs::echo).url(), "--credentials-id", "prom");
                        }).seldom(),
                new HostileInput(
                        Kind.SECRETS,
                        "a server that repeats a token with a line's end behind it",
                        UNREACHABLE,
                        "",
                        scene -> {
                            scene.variable("PROM_TOKEN", scene.secret("behind") + "\n");
                            return verifyServer(
                                    scene.server(MetricsInputs::echo).url(),
                                    "--credentials-id",
                                    "prom",
                                    "--report-json",
                                    "r.json",
                                    "--report-junit",
                                    "r.xml");
                        }),
                new HostileInput(
                        Kind.SECRETS,
                        "a server that repeats a password and a secret header",
                        UNREACHABLE,
                        "",
                        scene -> {
                            scene.variable("PROM_USERNAME", "ann");
                            scene.variable("PROM_PASSWORD", scene.secret("password"));
                            scene.variable("KEY_TOKEN", scene.secret("header"));
                            return verifyServer(
                                    scene.server(MetricsInputs::echo).url(),
                                    "--credentials-id",
                                    "prom",
                                    "--secret-headers",
                                    "X-Api-Key=key",
                                    "--report-json",
                                    "r.json");
                        }),
                new HostileInput(
                        Kind.SECRETS,
                        "a login within the URL",
                        2,
                        "--prometheus: ",
                        scene -> verifyServer("http://ann:" + scene.secrets().plantWord("url") + "@127.0.0.1:1/")),
                oauth(Kind.SECRETS, "repeats the client's secret", UNREACHABLE, "", MetricsInputs::echo),
                oauth(Kind.MEMORY, "answers without an end", UNREACHABLE, "", (head, out) -> {
                    out.write(ByteServer.head("200 OK"));
                    while (true) {
                        out.write(new byte[65_536]);
                    }
                }).seldom(),
                oauth(
                        Kind.DEPTHS_AND_NUMBERS,
                        "gives a token for 2^63-1 seconds",
                        UNREACHABLE,
                        "",
                        (head, out) ->
                                out.write(http(200, "{\"access_token\":\"t\",\"expires_in\":9223372036854775807}")))
                                        .seldom());
    }

    private static HostileInput oauth(Kind kind, String name, int exitCode, String says, ByteServer.Handler tokens) {
        return new HostileInput(kind, "a token server that " + name, exitCode, says, scene -> {
            scene.variable("CLIENT_USERNAME", "client");
            scene.variable("CLIENT_PASSWORD", scene.secret("client"));
            String url = scene.server(tokens).url();
            return verifyServer(
                    scene.server(MetricsInputs::echo).url(),
                    "--auth",
                    "oauth2: {tokenUrl: \"" + url + "\", credentialsId: client}");
        });
    }

    /** Says all that it was told, as some servers do in their errors, in a form that JSON takes. */
    private static void echo(String head, OutputStream out) throws Exception {
        String said = head.replace("\\", "\\\\").replace("\"", "\\\"").replace("\r\n", "\\n");
        out.write(http(503, "{\"status\":\"error\",\"errorType\":\"x\",\"error\":\"" + said + "\"}"));
    }

    private static List<HostileInput> hosts() {
        return List.of(
                new HostileInput(Kind.HOSTS, "a redirect of a token to a metadata service", 2, "redirect", scene -> {
                    scene.variable("PROM_TOKEN", scene.secret("redirected"));
                    return verifyServer(
                            scene.server((head, out) -> out.write(ByteServer.head(
                                            "302 Found",
                                            "Location: http://169.254.169.254/latest",
                                            "Content-Length: 0")))
                                    .url(),
                            "--credentials-id",
                            "prom");
                }),
                new HostileInput(
                        Kind.HOSTS, "a token for plain HTTP beyond this machine", 2, "--allow-plain-http", scene -> {
                            scene.variable("PROM_TOKEN", scene.secret("plain"));
                            return verifyServer("http://192.0.2.1:9090", "--credentials-id", "prom");
                        }).seldom(),
                new HostileInput(
                        Kind.HOSTS,
                        "a token for a metadata service in one number",
                        2,
                        "--prometheus|--allow-plain-http",
                        scene -> {
                            scene.variable("PROM_TOKEN", scene.secret("number"));
                            return verifyServer("http://2852039166/", "--credentials-id", "prom");
                        }).seldom(),
                new HostileInput(
                        Kind.HOSTS,
                        "a metadata service in hexadecimal digits",
                        UNREACHABLE,
                        "error: --prometheus: ",
                        scene -> verifyServer("http://0xA9FEA9FE/")).seldom(),
                new HostileInput(
                        Kind.HOSTS,
                        "a metadata service as a page, by IPv6",
                        REFUSED,
                        "error: --scrape-canary: ",
                        scene -> verify(
                                "--checks",
                                "gauge: {name: g, metric: g, tolerance: 1}",
                                "--scrape-canary",
                                "http://[::ffff:a9fe:a9fe]/",
                                "--scrape-stable",
                                "http://127.0.0.1:1/")),
                new HostileInput(
                        Kind.HOSTS,
                        "a token server on plain HTTP beyond this machine",
                        2,
                        "--auth|--allow-plain-http",
                        scene -> {
                            scene.variable("CLIENT_USERNAME", "client");
                            scene.variable("CLIENT_PASSWORD", scene.secret("client"));
                            return verifyServer(
                                    scene.server(MetricsInputs::echo).url(),
                                    "--auth",
                                    "oauth2: {tokenUrl: 'http://[::ffff:169.254.169.254]/t', credentialsId: client}");
                        }).seldom());
    }

    private static HostileInput option(Kind kind, String name, String says, String... options) {
        return new HostileInput(kind, name, 2, says, scene -> {
            List<String> line = new ArrayList<>(List.of("verify-metrics", "--prometheus", "http://127.0.0.1:1"));
            line.addAll(List.of(options));
            return line;
        });
    }

    private static List<HostileInput> options() {
        String check = "threshold: {name: t, query: up, max: 1}";
        return List.of(
                option(Kind.DEPTHS_AND_NUMBERS, "a check of 50,000 levels", "--checks", "--checks", "[".repeat(50_000)),
                option(
                        Kind.DEPTHS_AND_NUMBERS,
                        "a login of 50,000 levels",
                        "--auth",
                        "--auth",
                        "{a: ".repeat(30_000),
                        "--checks",
                        check).seldom(),
                option(
                        Kind.DEPTHS_AND_NUMBERS,
                        "matchers of 20 kB",
                        "--canary",
                        "--canary",
                        "a=~\"" + "(a|".repeat(7_000) + "\"",
                        "--stable",
                        "a=\"b\"",
                        "--checks",
                        "errorRate: {metric: n, errors: 'a=\"b\"'}").seldom(),
                option(
                        Kind.DEPTHS_AND_NUMBERS,
                        "a time-out of 2^63-1 hours",
                        "--timeout",
                        "--timeout",
                        "9223372036854775807h",
                        "--checks",
                        check).seldom(),
                option(
                        Kind.DEPTHS_AND_NUMBERS,
                        "a number of 60,000 digits",
                        "--checks",
                        "--checks",
                        "threshold: {name: t, query: up, max: 1" + "0".repeat(60_000) + "}"),
                option(
                        Kind.DEPTHS_AND_NUMBERS,
                        "a formula of 60,000 brackets",
                        "--checks",
                        "--checks",
                        "expression: {name: e, queries: {a: up}, pass: \"" + "(".repeat(60_000) + "\"}"),
                option(
                        Kind.MEMORY,
                        "aliases in a check",
                        "--checks",
                        "--checks",
                        "{a: &a [x,x,x,x,x,x,x,x,x], b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a], c: &c"
                                + " [*b,*b,*b,*b,*b,*b,*b,*b,*b], d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]}").seldom(),
                option(
                        Kind.FORGED_LINES,
                        "a check's name that forges lines",
                        "--checks",
                        "--checks",
                        "threshold\u001b[8m\nPROMOTED: x\u202e: 1"),
                new HostileInput(
                        Kind.TIME,
                        "a pipe without a writer as authority",
                        2,
                        "error: --ca-certificate: could not read 'pipe' \\(it gave nothing",
                        scene -> {
                            scene.pipe("pipe");
                            return verify(
                                    "--prometheus",
                                    "https://127.0.0.1:1",
                                    "--ca-certificate",
                                    "pipe",
                                    "--checks",
                                    check);
                        }),
                option(
                        Kind.MEMORY,
                        "a device without an end as authority",
                        "--ca-certificate: '/dev/zero' has more than",
                        "--ca-certificate",
                        "/dev/zero",
                        "--checks",
                        check).seldom());
    }
}
