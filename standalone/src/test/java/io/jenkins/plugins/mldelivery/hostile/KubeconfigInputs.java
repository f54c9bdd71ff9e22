package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Kubeconfigs that lie in wait. */
final class KubeconfigInputs {
    private static final Duration BOUND = HostileInput.BOUND;
    private static final String HEAD = "apiVersion: v1\nkind: Config\ncurrent-context: x\n";
    private static final String CLUSTER = "- name: c\n  cluster: {server: 'http://127.0.0.1:1'}\n";
    private static final String CONTEXT = "- name: x\n  context: {cluster: c, user: u}\n";
    private static final String USER = "- name: u\n  user: {token: harmless-token}\n";

    private static final int FAILED = 7;
    private static final int TIMEOUT = 8;

    private KubeconfigInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>(twoParsers());
        all.addAll(programs());
        return all;
    }

    static List<String> deploy(String... more) {
        List<String> line = new ArrayList<>(
                List.of("deploy-model", "--name", "churn", "--image", "team/churn:1", "--kubeconfig", "kube"));
        line.addAll(List.of(more));
        return line;
    }

    private static HostileInput refused(Kind kind, String name, String says, Text text) {
        return new HostileInput(kind, name, 2, "error: --kubeconfig: .*" + says, scene -> {
                    scene.file("kube", text.of(scene));
                    return deploy("--timeout", "10s");
                })
                .within(BOUND);
    }

    private interface Text {
        String of(Scene scene) throws Exception;
    }

    private static String whole(String clusters, String contexts, String users) {
        return HEAD + "clusters:\n" + clusters + "contexts:\n" + contexts + "users:\n" + users;
    }

    private static List<HostileInput> twoParsers() {
        return List.of(
                refused(
                        Kind.TWO_PARSERS,
                        "a second user of the same name runs a program",
                        "has two entries for",
                        scene -> whole(
                                CLUSTER,
                                CONTEXT,
                                USER
                                        + "- name: u\n"
                                        + "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command:"
                                        + " touch, args: ['" + scene.marker("run") + "']}}\n")),
                refused(
                        Kind.TWO_PARSERS,
                        "a second cluster of the same name reads a file as its authority",
                        "has two entries for",
                        scene -> whole(
                                CLUSTER
                                        + "- name: c\n"
                                        + "  cluster: {server: 'https://127.0.0.1:1', certificate-authority:"
                                        + " /etc/passwd}\n",
                                CONTEXT,
                                USER)).seldom(),
                refused(
                        Kind.TWO_PARSERS,
                        "a context's entry without a context, and one after it",
                        "context",
                        scene -> whole(CLUSTER, "- name: x\n" + CONTEXT, USER)).seldom(),
                refused(
                        Kind.TWO_PARSERS,
                        "a key that stands twice",
                        "",
                        scene -> whole(CLUSTER, CONTEXT, USER)
                                + "users:\n- name: u\n  user: {exec: {command: touch, args: ['" + scene.marker("run")
                                + "']}}\n").seldom(),
                refused(
                        Kind.TWO_PARSERS,
                        "a second document",
                        "",
                        scene -> whole(CLUSTER, CONTEXT, USER) + "---\n" + whole(CLUSTER, CONTEXT, USER)).seldom(),
                refused(
                        Kind.TWO_PARSERS,
                        "aliases that unpack to a billion",
                        "",
                        scene -> "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + aliases() + whole(CLUSTER, CONTEXT, USER)),
                refused(
                        Kind.DEPTHS_AND_NUMBERS,
                        "a kubeconfig of 60,000 levels",
                        "",
                        scene -> whole(CLUSTER, CONTEXT, USER) + "preferences: " + "[".repeat(60_000)
                                + "]".repeat(60_000)).seldom(),
                refused(
                        Kind.MEMORY,
                        "a kubeconfig of 2 MiB",
                        "has more than 1 MiB",
                        scene -> whole(CLUSTER, CONTEXT, USER) + "#" + "x".repeat(2 * 1024 * 1024)).seldom(),
                new HostileInput(
                        Kind.MEMORY,
                        "a device without an end as kubeconfig",
                        2,
                        "error: --kubeconfig: '/dev/zero' has more than 1 MiB",
                        scene -> List.of(
                                "deploy-model", "--name", "churn", "--image", "a:1", "--kubeconfig", "/dev/zero")),
                new HostileInput(
                                Kind.TIME,
                                "a pipe without a writer as kubeconfig",
                                2,
                                "error: --kubeconfig: could not read '.*kube'",
                                scene -> {
                                    scene.pipe("kube");
                                    return deploy("--timeout", "5s");
                                })
                        .within(BOUND),
                new HostileInput(
                        Kind.FORGED_LINES,
                        "names of a kubeconfig that act on a terminal",
                        2,
                        "error: --context: ",
                        scene -> {
                            scene.file(
                                    "kube",
                                    "current-context: \"\\e[2J\\nPROMOTED: x\\u202E\"\n"
                                            + whole(CLUSTER, CONTEXT, USER).replaceFirst("current-context: x\n", ""));
                            return deploy("--timeout", "10s");
                        }));
    }

    private static String aliases() {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < 10; i++) {
            text.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ",").repeat(10) + "]\n");
        }
        return text.toString();
    }

    private static HostileInput program(Kind kind, String name, int exitCode, String script, String says) {
        return new HostileInput(kind, name, exitCode, "error: --kubeconfig: the .*" + says, scene -> {
            scene.program("login", script);
            scene.kubeconfig(
                    scene.server((head, out) -> out.write(ByteServer.head("403 No", "Content-Length: 0")))
                            .url(),
                    "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never,"
                            + " env: [{name: SECRET, value: " + scene.secrets().plantWord("exec") + "}]}");
            return deploy("--timeout", exitCode == TIMEOUT ? "5s" : "60s");
        });
    }

    private static List<HostileInput> programs() {
        String begin = "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
                + "\"status\":{\"token\":\"'\n";
        return List.of(
                program(
                        Kind.MEMORY,
                        "a login's program that prints without an end",
                        FAILED,
                        begin + "yes | tr '\\n' x",
                        "gave more than 1 MiB"),
                program(Kind.TIME, "a login's program that never ends", TIMEOUT, "exec sleep 60", "was not done within"),
                program(
                        Kind.PROCESSES,
                        "a login's program whose child keeps its output open",
                        FAILED,
                        "sleep 30 &\necho '{}'",
                        "gave no ExecCredential"),
                program(
                        Kind.PROCESSES,
                        "a login's program that fails, and prints a secret",
                        FAILED,
                        "echo \"$SECRET\"; echo \"no: $SECRET\" >&2; exit 1",
                        "failed with exit code 1"),
                program(
                        Kind.SECRETS,
                        "a login's token of two lines",
                        2,
                        begin + "printf '%s\\\\nX-Injected: 1\"}}' \"$SECRET\"",
                        "token has a character").seldom());
    }
}
