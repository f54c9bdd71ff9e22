package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Links, pipes, devices and files without an end, where a file or folder should be. */
final class FileInputs {
    private static final int FAILED = 7;

    private FileInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>(models());
        all.addAll(layouts());
        all.addAll(reports());
        all.addAll(infrastructure());
        all.addAll(states());
        return all;
    }

    private static HostileInput build(Kind kind, String name, int exitCode, String says, HostileInput.Setting more) {
        return new HostileInput(kind, name, exitCode, says, scene -> {
            scene.file("model/weights.bin", "weights");
            List<String> line =
                    new ArrayList<>(List.of("build-image", "--image", "a:1", "--no-push", "--layout", "out"));
            List<String> own = more.prepare(scene);
            line.addAll(own.contains("--model") ? own : List.of("--model", "model"));
            return line;
        });
    }

    private static List<HostileInput> models() {
        return List.of(
                build(Kind.TIME, "a pipe as model", 2, "error: --model: ", scene -> {
                    scene.pipe("pipe");
                    return List.of("--model", "pipe");
                }).seldom(),
                build(Kind.TIME, "a pipe in the model's folder", 2, "error: --model: ", scene -> {
                    scene.pipe("model/pipe");
                    return List.of();
                }),
                build(Kind.PATHS, "a device as model", 2, "error: --model: ", scene -> List.of("--model", "/dev/zero"))
                        .seldom(),
                build(Kind.PATHS, "a link out of the model's folder", 2, "error: --model: ", scene -> {
                    scene.link("model/passwd", Path.of("/etc/passwd"));
                    return List.of();
                }),
                build(Kind.PATHS, "a link to itself in the model's folder", 2, "error: --model: ", scene -> {
                    scene.link("model/loop", Path.of("loop"));
                    return List.of();
                }).seldom(),
                build(Kind.PATHS, "keys and credentials in the model's folder", 0, "Left out", scene -> {
                    scene.file("model/.env", "PASSWORD=" + scene.secret("env"));
                    scene.file("model/.git/config", scene.secret("git"));
                    scene.file("model/tls.key", scene.secret("key"));
                    scene.file("model/sub/.aws/credentials", scene.secret("aws"));
                    scene.file(
                            "model/account.json",
                            "{\"private_key\":\"-----BEGIN PRIVATE KEY-----" + scene.secret("account") + "\"}");
                    return List.of();
                }),
                build(Kind.MEMORY, "an MLmodel of two gigabytes", 2, "error: --model: ", scene -> {
                    scene.sparse("model/MLmodel", 2L << 30);
                    return List.of();
                }),
                build(Kind.DEPTHS_AND_NUMBERS, "an MLmodel of 200,000 levels", 2, "error: --model: ", scene -> {
                    scene.file("model/MLmodel", "flavors: " + "[".repeat(200_000));
                    return List.of();
                }),
                build(
                        Kind.TIME,
                        "a model of four terabytes that takes no space",
                        FAILED,
                        "error: --model: packing the model needs",
                        scene -> {
                            scene.sparse("model/huge.bin", 4L << 40);
                            return List.of();
                        }).seldom(),
                build(Kind.FORGED_LINES, "names of files that forge lines", 2, "error: --model: ", scene -> {
                    scene.link("model/\u001b[2J\nPROMOTED: x\u202e", Path.of("/etc/passwd"));
                    return List.of();
                }).seldom());
    }

    private static List<HostileInput> layouts() {
        return List.of(
                build(Kind.PATHS, "a layout whose blobs lead out of it", FAILED, "error: --layout: ", scene -> {
                    Files.createDirectory(scene.folder().resolve("out"));
                    scene.file("out/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
                    scene.file("out/index.json", "{\"schemaVersion\":2,\"manifests\":[]}");
                    scene.link("out/blobs", scene.marker("blobs").getParent());
                    return List.of();
                }),
                build(Kind.PATHS, "a pipe as layout", 2, "error: --layout: ", scene -> {
                    scene.pipe("out");
                    return List.of();
                }).seldom(),
                build(Kind.TIME, "a pipe as a layout's index", FAILED, "error: --layout: ", scene -> {
                    scene.file("out/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
                    scene.pipe("out/index.json");
                    return List.of();
                }),
                build(Kind.MEMORY, "a layout's index of two gigabytes", FAILED, "error: --layout: ", scene -> {
                    scene.file("out/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
                    scene.sparse("out/index.json", 2L << 30);
                    return List.of();
                }).seldom());
    }

    private static HostileInput report(Kind kind, String name, int exitCode, String says, HostileInput.Setting more) {
        return new HostileInput(kind, name, exitCode, says, scene -> {
            List<String> line = MetricsInputs.verify(
                    "--prometheus", "http://127.0.0.1:1", "--checks", "threshold: {name: t, query: up, max: 1}");
            line.addAll(more.prepare(scene));
            return line;
        });
    }

    private static List<HostileInput> reports() {
        return List.of(
                report(Kind.PATHS, "a report that is a link", 2, "error: --report-json: ", scene -> {
                    scene.link("r.json", scene.marker("report"));
                    return List.of("--report-json", "r.json");
                }).seldom(),
                report(Kind.PATHS, "a report in a folder that is a link", 2, "error: --report-junit: ", scene -> {
                    scene.link("reports", scene.marker("r.xml").getParent());
                    return List.of("--report-junit", "reports/r.xml");
                }).seldom(),
                report(Kind.PATHS, "a pipe as report", 2, "error: --report-json: ", scene -> {
                    scene.pipe("r.json");
                    return List.of("--report-json", "r.json");
                }),
                report(
                        Kind.PATHS,
                        "a device as report",
                        2,
                        "error: --report-json: ",
                        scene -> List.of("--report-json", "/dev/full")).seldom(),
                new HostileInput(Kind.PATHS, "a state that is a link", 2, "error: --state: ", scene -> {
                    scene.kubeconfig("http://127.0.0.1:1", "");
                    scene.link("state.json", scene.marker("state"));
                    return KubeconfigInputs.deploy("--state", "state.json");
                }).seldom());
    }

    private static List<HostileInput> infrastructure() {
        return List.of(
                new HostileInput(Kind.TIME, "a pipe among the manifests", 2, "error: --dir: ", scene -> {
                    scene.kubeconfig("http://127.0.0.1:1", "");
                    scene.pipe("k8s/a.yaml");
                    return List.of("provision", "--dir", "k8s", "--kubeconfig", "kube", "--timeout", "60s");
                }).seldom(),
                new HostileInput(Kind.MEMORY, "a manifest of two gigabytes", FAILED, "error: --dir: ", scene -> {
                    scene.kubeconfig("http://127.0.0.1:1", "");
                    scene.sparse("k8s/a.yaml", 2L << 30);
                    return List.of("provision", "--dir", "k8s", "--kubeconfig", "kube", "--timeout", "60s");
                }).seldom(),
                new HostileInput(
                        Kind.DEPTHS_AND_NUMBERS, "a manifest of 100,000 levels", 2, "error: --dir: ", scene -> {
                            scene.kubeconfig("http://127.0.0.1:1", "");
                            scene.file(
                                    "k8s/a.yaml",
                                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: "
                                            + "{a: ".repeat(100_000));
                            return List.of("provision", "--dir", "k8s", "--kubeconfig", "kube", "--timeout", "60s");
                        }).seldom(),
                new HostileInput(
                        Kind.MEMORY, "a manifest whose aliases unpack to a billion", 2, "error: --dir: ", scene -> {
                            scene.kubeconfig("http://127.0.0.1:1", "");
                            scene.file(
                                    "k8s/a.yaml",
                                    "a: &a [x,x,x,x,x,x,x,x,x]\n"
                                            + "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                                            + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
                                            + "kind: ConfigMap\n");
                            return List.of("provision", "--dir", "k8s", "--kubeconfig", "kube", "--timeout", "60s");
                        }),
                new HostileInput(
                        Kind.PATHS, "manifests of a model that are a pipe", 2, "error: --manifests: ", scene -> {
                            scene.kubeconfig("http://127.0.0.1:1", "");
                            scene.pipe("m.yaml");
                            return KubeconfigInputs.deploy("--manifests", "m.yaml", "--timeout", "60s");
                        }).seldom());
    }

    private static HostileInput state(Kind kind, String name, int exitCode, String says, HostileInput.Setting state) {
        return new HostileInput(kind, name, exitCode, says, scene -> {
            scene.kubeconfig("http://127.0.0.1:1", "");
            state.prepare(scene);
            return KubeconfigInputs.deploy("--state", "state.json", "--timeout", "5s");
        });
    }

    private static List<HostileInput> states() {
        return List.of(
                state(Kind.PROCESSES, "a state of 250,000 levels", 2, "error: --state: ", scene -> {
                    scene.file("state.json", "{\"phase\":" + "[".repeat(250_000));
                    return List.of();
                }),
                state(Kind.PROCESSES, "a state of other types and numbers", 2, "error: --state: ", scene -> {
                    scene.file(
                            "state.json",
                            "{\"version\":1,\"phase\":\"ANALYSING\",\"step\":9223372036854775807,\"started\":1e308,\"holder\":{}}");
                    return List.of();
                }).seldom(),
                state(Kind.PROCESSES, "a state of two gigabytes", FAILED, "error: --state: ", scene -> {
                    scene.sparse("state.json", 2L << 30);
                    return List.of();
                }).seldom(),
                state(
                        Kind.PROCESSES,
                        "a state that another process keeps locked",
                        8,
                        "error: --state|error: --timeout",
                        scene -> {
                            Path lock = scene.file("state.json.lock", "");
                            var channel =
                                    java.nio.channels.FileChannel.open(lock, java.nio.file.StandardOpenOption.WRITE);
                            channel.lock();
                            scene.closing(channel);
                            return List.of();
                        }));
    }
}
