package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** API servers that answer as an attacker would. */
final class ClusterInputs {
    private static final int REJECTED = 7;
    private static final int REFUSED = 5;
    private static final int UNREACHABLE = 6;

    private ClusterInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>();
        all.add(answers(Kind.MEMORY, "endless", "an answer without an end", REJECTED));
        all.add(answers(Kind.MEMORY, "gzip-bomb", "a gigabyte in a megabyte of gzip", REJECTED));
        all.add(answers(Kind.MEMORY, "one-line", "one line without an end", REJECTED).seldom());
        all.add(answers(Kind.MEMORY, "headers", "headers without an end", REJECTED).seldom());
        all.add(answers(Kind.MEMORY, "objects", "7 MiB of empty objects", REJECTED).seldom());
        all.add(answers(Kind.MEMORY, "full", "as much as is taken", 2));
        all.add(answers(Kind.DEPTHS_AND_NUMBERS, "deep", "a million levels", REJECTED).seldom());
        all.add(answers(Kind.DEPTHS_AND_NUMBERS, "number", "a number of twenty digits", 2).seldom());
        all.add(answers(Kind.TIME, "drip", "a byte a second", UNREACHABLE)
                .within(Duration.ofSeconds(50)).seldom());
        all.add(answers(Kind.TIME, "silent", "silence", UNREACHABLE).seldom());
        all.add(answers(Kind.TIME, "later", "a request to wait for 24 days", UNREACHABLE).seldom());
        all.addAll(others());
        return all;
    }

    private static HostileInput answers(Kind kind, String answer, String name, int exitCode) {
        return new HostileInput(kind, "an API server with " + name, exitCode, "error: ", scene -> {
            scene.kubeconfig(
                    scene.closing(HostileCluster.start()).url(),
                    "token: '" + scene.secrets().plantWord("token") + "'");
            return KubeconfigInputs.deploy("--namespace", answer, "--timeout", timeout(exitCode));
        });
    }

    private static HostileInput server(Kind kind, String name, int exitCode, String says, ByteServer.Handler handler) {
        return new HostileInput(kind, "an API server that " + name, exitCode, says, scene -> {
            scene.kubeconfig(
                    scene.server(handler).url(), "token: '" + scene.secrets().plantWord("token") + "'");
            return KubeconfigInputs.deploy("--timeout", timeout(exitCode));
        });
    }

    /** What was answered ends it, however long that takes on a busy machine; only silence has to wait. */
    private static String timeout(int exitCode) {
        return exitCode == UNREACHABLE ? "6s" : "60s";
    }

    private static void status(OutputStream out, int code, String message) throws Exception {
        byte[] body = ("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code
                        + ",\"message\":\"" + message + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        out.write(ByteServer.head(code + " X", "Content-Type: application/json", "Content-Length: " + body.length));
        out.write(body);
    }

    private static List<HostileInput> others() {
        return List.of(
                server(
                        Kind.SECRETS,
                        "repeats the token in its error",
                        REFUSED,
                        "error: ",
                        (head, out) -> status(out, 403, head.replace("\"", "'").replace("\r\n", "; "))),
                server(
                        Kind.FORGED_LINES,
                        "forges lines in its error",
                        REFUSED,
                        "\\\\u001b\\[8mha:",
                        (head, out) -> status(out, 403, "\\u001b[8mha:\\nPROMOTED: x\\u202e\\u009b2J")),
                new HostileInput(
                        Kind.HOSTS,
                        "an API server that sends the token to another server",
                        REJECTED,
                        "error: ",
                        scene -> {
                            ByteServer other = scene.server((head, out) -> {
                                if (head.contains("uthorization: ")) {
                                    java.nio.file.Files.createFile(scene.marker("sent-the-token"));
                                }
                                out.write(ByteServer.head("404 No", "Content-Length: 0"));
                            });
                            scene.marker("sent-the-token");
                            scene.kubeconfig(
                                    scene.server((head, out) -> out.write(ByteServer.head(
                                                    "302 Found",
                                                    "Location: " + other.url() + "/x",
                                                    "Content-Length: 0")))
                                            .url(),
                                    "token: '" + scene.secrets().plantWord("token") + "'");
                            return KubeconfigInputs.deploy("--timeout", "60s");
                        }),
                new HostileInput(
                        Kind.HOSTS,
                        "an API server that is a metadata service in one number",
                        REFUSED,
                        "error: --kubeconfig: ",
                        scene -> {
                            scene.kubeconfig("https://2852039166", "");
                            return KubeconfigInputs.deploy("--timeout", "60s");
                        }).seldom(),
                new HostileInput(
                        Kind.HOSTS,
                        "a token for an API server on plain HTTP beyond this machine",
                        UNREACHABLE,
                        "error: --kubeconfig: ",
                        scene -> {
                            scene.kubeconfig(
                                    "http://192.0.2.1:8080",
                                    "token: '" + scene.secrets().plantWord("token") + "'");
                            return KubeconfigInputs.deploy("--timeout", "6s");
                        }).seldom(),
                new HostileInput(
                        Kind.SECRETS,
                        "a token with a line's end in a kubeconfig",
                        2,
                        "error: --kubeconfig: ",
                        scene -> {
                            scene.kubeconfig(
                                    "http://127.0.0.1:1",
                                    "token: \"" + scene.secrets().plantWord("token") + "\\nX-Injected: 1\"");
                            return KubeconfigInputs.deploy("--timeout", "60s");
                        }).seldom(),
                new HostileInput(
                        Kind.SECRETS,
                        "an API server that repeats a Secret among the manifests",
                        REJECTED,
                        "error: ",
                        scene -> {
                            String secret = scene.secrets().plantWord("manifest");
                            scene.file(
                                    "k8s/a.yaml",
                                    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: " + secret
                                            + "}\n");
                            String base64 = java.util.Base64.getEncoder()
                                    .encodeToString(secret.getBytes(StandardCharsets.UTF_8));
                            scene.kubeconfig(
                                    scene.server((head, out) ->
                                                    status(out, 422, "invalid: " + secret + " or " + base64))
                                            .url(),
                                    "");
                            return List.of("provision", "--dir", "k8s", "--kubeconfig", "kube", "--timeout", "60s");
                        }));
    }
}
