package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A login or right that a server refuses ends every command with the same exit code, whatever the server is. */
public class RefusedLoginsTest {
    private static final String STATUS = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"code\":%d,"
            + "\"message\":\"no\",\"reason\":\"%s\"}";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folders() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        Files.createDirectories(cli.folder.resolve("model"));
        Files.writeString(cli.folder.resolve("model/MLmodel"), "flavors: {python_function: {}}\n");
        Files.createDirectories(cli.folder.resolve("infra"));
        Files.writeString(cli.folder.resolve("infra/a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ml}\n");
        cli.variables.putAll(Map.of("R_USERNAME", "ann", "R_PASSWORD", "not-the-right-one"));
    }

    @Test
    public void ofARegistry() throws Exception {
        for (int status : List.of(401, 403)) {
            try (LoopbackServer registry = server(status, "")) {
                String image = authority(registry) + "/ml/churn:1";
                refused(status, List.of("build-image", "--model", "model", "--image", image));
                refused(status, List.of("build-image", "--model", "model", "--image", image, "--credentials-id", "R"));
                refused(status, List.of("build-image", "--model", "model", "--image", "churn:1", "--layout", "oci-" + status, "--no-push", "--base", image));
            }
        }
    }

    @Test
    public void ofAPrometheusServer() throws Exception {
        for (int status : List.of(401, 403)) {
            try (LoopbackServer server = server(status, "{}")) {
                refused(status, verify("--prometheus", server.url()));
                refused(status, verify("--prometheus", server.url(), "--credentials-id", "R"));
                refused(status, verify("--prometheus", server.url(), "--auth", "sigV4: {region: eu-central-1, credentialsId: R}"));
                refused(status, verify("--prometheus", server.url(), "--secret-headers", "X-Key=R"));
            }
        }
    }

    @Test
    public void ofATokenEndpoint() throws Exception {
        for (int status : List.of(400, 401, 403)) {
            try (LoopbackServer server = server(status, "{\"error\":\"invalid_client\"}")) {
                refused(status, verify("--prometheus", "http://127.0.0.1:1", "--auth", "oauth2: {tokenUrl: '" + server.url() + "', credentialsId: R}"));
            }
        }
    }

    @Test
    public void ofMetricsPages() throws Exception {
        for (int status : List.of(401, 403)) {
            try (LoopbackServer server = server(status, "")) {
                refused(status, List.of(
                        "verify-metrics", "--checks", "errorRate", "--scrape-canary", server.url() + "/a", "--scrape-stable", server.url() + "/b",
                        "--interval", "100ms", "--timeout", "300ms"));
            }
        }
    }

    @Test
    public void ofACluster() throws Exception {
        for (int status : List.of(401, 403)) {
            try (LoopbackServer server = server(status, STATUS.formatted(status, status == 401 ? "Unauthorized" : "Forbidden"))) {
                Kubeconfigs.write(cli.folder.resolve("kube"), URI.create(server.url()).getPort());
                refused(status, List.of("provision", "--dir", "infra", "--kubeconfig", "kube"));
                refused(status, List.of("deploy-model", "--name", "churn", "--image", "churn:1", "--no-resolve-tag", "--kubeconfig", "kube", "--timeout", "1m"));
            }
        }
    }

    private static List<String> verify(String... options) {
        List<String> args = new ArrayList<>(List.of(
                "verify-metrics", "--checks", "threshold: {name: p99, query: latency, max: 1}", "--interval", "100ms", "--timeout", "300ms"));
        args.addAll(List.of(options));
        return args;
    }

    private void refused(int status, List<String> args) {
        Cli.Outcome outcome = cli.run(args.toArray(String[]::new));
        assertEquals(status + " of " + args + ":\n" + outcome.err(), Kind.REFUSED.exitCode(), outcome.code());
        assertTrue(outcome.error(), outcome.error().endsWith("."));
    }

    private static LoopbackServer server(int status, String body) throws Exception {
        Map<String, String> headers = status == 401 ? Map.of("WWW-Authenticate", "Basic realm=\"r\"") : Map.of();
        return LoopbackServer.start(request -> new LoopbackServer.Answer(status, body, headers));
    }

    private static String authority(LoopbackServer server) {
        return URI.create(server.url()).getAuthority();
    }
}
