package io.jenkins.plugins.mldelivery.hostile;

import static io.jenkins.plugins.mldelivery.testing.RawServer.http;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import io.jenkins.plugins.mldelivery.testing.HostileRegistry;
import io.jenkins.plugins.mldelivery.testing.RawServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Registries, and the token services that they name. */
final class RegistryInputs {
    private static final int FAILED = 7;
    private static final int REFUSED = 5;
    private static final int TIMEOUT = 8;
    private static final int UNREACHABLE = 6;
    private static final String CONFIG =
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + Digests.of("tar") + "\"]}}";

    private static final Set<String> SIMILAR = Set.of("many names", "a long text", "a long challenge", "an endless error", "endless chunks", "endless headers");

    private RegistryInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>();
        HostileRegistry.KINDS.forEach((name, script) -> {
            HostileInput input = base(
                    name.contains("challenge") ? Kind.DEPTHS_AND_NUMBERS : Kind.MEMORY, "a registry with " + name, script, exitCode(name), "");
            all.add(SIMILAR.contains(name) ? input.seldom() : input);
        });
        all.addAll(layers());
        all.addAll(logins());
        return all;
    }

    private static int exitCode(String name) {
        return name.startsWith("many") || name.startsWith("a long text") || name.endsWith("endless error")
                ? 2
                : name.contains("headers") || name.contains("challenge") ? UNREACHABLE : FAILED;
    }

    /** Packs a small model, on a base image of this registry. */
    private static HostileInput base(Kind kind, String name, RawServer.Script script, int exitCode, String says) {
        return new HostileInput(kind, name, exitCode, exitCode == TIMEOUT ? "error: --(base|timeout): " : "error: --base: .*" + says, scene -> {
            RawServer registry = scene.closing(RawServer.start((request, out) -> {
                if (request.path().equals("/v2/")) {
                    out.write(http(200, Map.of(), ""));
                } else {
                    script.answer(request, out);
                }
            }));
            List<String> line = build(scene, "--base", registry.address() + "/base:1", "--layout", "out", "--no-push");
            line.addAll(List.of("--timeout", exitCode == TIMEOUT ? "3s" : "60s"));
            return line;
        });
    }

    static List<String> build(Scene scene, String... more) throws Exception {
        scene.file("model/weights.bin", "weights");
        List<String> line = new ArrayList<>(List.of("build-image", "--model", "model"));
        if (!List.of(more).contains("--image")) {
            line.addAll(List.of("--image", "team/churn:1"));
        }
        line.addAll(List.of(more));
        return line;
    }

    private static RawServer.Script layer(String size, RawServer.Script blob) {
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"config\":{\"mediaType\":\"" + MediaTypes.OCI_CONFIG + "\",\"digest\":\""
                + Digests.of(CONFIG) + "\",\"size\":" + CONFIG.length() + "},\"layers\":[{\"mediaType\":\"" + MediaTypes.OCI_LAYER_GZIP + "\",\"digest\":\"" + Digests.of("layer")
                + "\",\"size\":" + size + "}]}";
        return (request, out) -> {
            if (request.path().contains("/manifests/")) {
                out.write(http(200, Map.of("Content-Type", MediaTypes.OCI_MANIFEST), manifest));
            } else if (request.path().endsWith(Digests.of(CONFIG))) {
                out.write(http(200, Map.of(), CONFIG));
            } else {
                blob.answer(request, out);
            }
        };
    }

    private static List<HostileInput> layers() {
        return List.of(
                base(Kind.TIME, "a layer of 2^62 bytes", layer("4611686018427387904", (request, out) -> {}), 2, "has a size of")
                        .seldom(),
                base(Kind.DEPTHS_AND_NUMBERS, "a layer of 1e308 bytes", layer("1e308", (request, out) -> {}), 2, "")
                        .seldom(),
                base(Kind.TIME, "a layer that comes a few bytes at a time", layer("1000000", (request, out) -> {
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    while (true) {
                        out.write(new byte[100]);
                        out.flush();
                        Thread.sleep(20);
                    }
                }), TIMEOUT, ""),
                base(Kind.MEMORY, "a layer that is longer than it should be", layer("100000", (request, out) -> {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    while (true) {
                        out.write(new byte[65_536]);
                    }
                }), FAILED, "").seldom(),
                base(Kind.TIME, "a registry that asks to wait for 24 days", (request, out) -> out.write(http(429, Map.of("Retry-After", "2147483"), "{}")), TIMEOUT, "asks to wait")
                        .seldom(),
                base(Kind.DEPTHS_AND_NUMBERS, "a manifest of 500,000 levels", (request, out) -> out.write(http(
                        200, Map.of("Content-Type", MediaTypes.OCI_MANIFEST), "{\"a\":" + "[".repeat(500_000) + "]".repeat(500_000) + "}")), 2, "")
                                .seldom(),
                base(Kind.FORGED_LINES, "a registry whose error forges lines", (request, out) -> out.write(http(
                        400, Map.of(), "{\"errors\":[{\"code\":\"X\",\"message\":\"bad\\nPROMOTED: all\\u001b[8mha:\\u009b\\u202e\"}]}")), FAILED, "bad\\\\nPROMOTED"));
    }

    private interface Registry {
        RawServer.Script of(Scene scene) throws Exception;
    }

    private static HostileInput login(Kind kind, String name, int exitCode, String says, Registry registry) {
        return new HostileInput(kind, name, exitCode, says, scene -> {
            RawServer server = scene.closing(RawServer.start(registry.of(scene)));
            scene.variable("REG_USERNAME", "robot");
            scene.variables().putIfAbsent("REG_PASSWORD", scene.secret("registry"));
            return build(scene, "--image", server.address() + "/team/churn:1", "--credentials-id", "reg");
        });
    }

    private static RawServer.Script challenge(String challenge) {
        return (request, out) -> out.write(http(401, Map.of("WWW-Authenticate", challenge), "{}"));
    }

    private static List<HostileInput> logins() {
        return List.of(
                login(Kind.SECRETS, "a registry that repeats the login", REFUSED, "--credentials-id", scene -> (request, out) -> out.write(
                        http(401, Map.of("WWW-Authenticate", "Basic realm=\"a\""), "{\"errors\":[{\"code\":\"X\",\"message\":\"" + request.headers().get("Authorization") + "\"}]}"))),
                login(Kind.SECRETS, "a password with a line's end in it", REFUSED, "--credentials-id", scene -> {
                    scene.variable("REG_PASSWORD", scene.secret("first") + "\r\nX-Injected: " + scene.secret("second"));
                    return challenge("Basic realm=\"a\"");
                }).seldom(),
                login(Kind.HOSTS, "a token service that is a metadata service", FAILED, "--image", scene -> challenge("Bearer realm=\"http://169.254.169.254/token\""))
                        .seldom(),
                login(Kind.HOSTS, "a token service that is a metadata service in one number", FAILED, "--image", scene -> challenge("Bearer realm=\"http://2852039166/token\""))
                        .seldom(),
                login(Kind.HOSTS, "a redirect to another server of this machine", FAILED, "", scene -> {
                    RawServer other = scene.closing(RawServer.start((request, out) -> {
                        if (request.headers().containsKey("Authorization")) {
                            java.nio.file.Files.createFile(scene.marker("sent-the-login"));
                        }
                        out.write(http(404, Map.of(), "{}"));
                    }));
                    scene.marker("sent-the-login");
                    return (request, out) -> out.write(
                            request.headers().containsKey("Authorization")
                                    ? http(307, Map.of("Location", "http://" + other.address() + "/v2/"), "")
                                    : http(401, Map.of("WWW-Authenticate", "Basic realm=\"a\""), "{}"));
                }),
                login(Kind.HOSTS, "a redirect to a metadata service", REFUSED, "", scene -> (request, out) -> out.write(
                        request.path().equals("/v2/")
                                ? http(200, Map.of(), "")
                                : http(307, Map.of("Location", "http://[::ffff:a9fe:a9fe]/latest/meta-data"), ""))),
                new HostileInput(Kind.TIME, "a registry that takes connections and says nothing", TIMEOUT, "error: --timeout: ", scene -> {
                    ByteServer silent = scene.server((head, out) -> Thread.sleep(60_000));
                    return build(scene, "--image", silent.url().replace("http://", "") + "/team/churn:1", "--timeout", "4s");
                }).seldom(),
                new HostileInput(Kind.HOSTS, "a login for plain HTTP beyond this machine", 6, "", scene -> {
                    scene.variable("REG_USERNAME", "robot");
                    scene.variable("REG_PASSWORD", scene.secret("plain"));
                    return build(scene, "--image", "192.0.2.1:5000/team/churn:1", "--credentials-id", "reg");
                }).seldom());
    }
}
