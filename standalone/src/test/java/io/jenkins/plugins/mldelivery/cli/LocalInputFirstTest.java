package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What is wrong on this machine is told before any server is asked: an answer that is waited for, or a login that is refused, hides it. */
public class LocalInputFirstTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;
    private LoopbackServer server;
    private String authority;

    @Before
    public void folders() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        cli.variables.put("KUBECONFIG", "kube");
        server = LoopbackServer.start(request -> new LoopbackServer.Answer(404, "{}"));
        authority = URI.create(server.url()).getAuthority();
        Kubeconfigs.write(cli.folder.resolve("kube"), URI.create(server.url()).getPort());
        write("model/weights.bin", "weights");
        write("infra/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ml}\n");
        write("broken/a.yaml", "kind: [");
        Files.createSymbolicLink(cli.folder.resolve("link"), Path.of("elsewhere"));
        Files.createDirectory(cli.folder.resolve("folder"));
    }

    @After
    public void stop() {
        server.close();
    }

    @Test
    public void ofBuildImage() {
        told("--model: ", "build-image", "--model", "nope", "--image", authority + "/ml/churn:1");
        told("--model: ", "build-image", "--model", "folder", "--image", authority + "/ml/churn:1", "--base", authority + "/base:1");
        told("--layout: ", "build-image", "--model", "model", "--image", authority + "/ml/churn:1", "--layout", "model/weights.bin");
        told("--credentials-id: ", "build-image", "--model", "model", "--image", authority + "/ml/churn:1", "--credentials-id", "nobody");
    }

    @Test
    public void ofProvision() {
        told("--dir: ", "provision", "--dir", "nope", "--kubeconfig", "kube");
        told("", "provision", "--dir", "broken", "--kubeconfig", "kube");
        told("--kubeconfig: ", "provision", "--dir", "infra", "--kubeconfig", "nope");
    }

    @Test
    public void ofDeployModel() {
        deploy("--manifests: ", "--manifests", "nope.yaml");
        deploy("--manifests: ", "--manifests", "broken/a.yaml");
        deploy("--report: ", "--report", "link");
        deploy("--report: ", "--report", "folder");
        deploy("--state: ", "--state", "folder");
        deploy("--kubeconfig: ", "--kubeconfig", "nope");
        deploy("--kubeconfig: ", "--kubeconfig", "nope", "--dry-run");
        deploy("--registry-credentials-id: ", "--registry-credentials-id", "nobody");
        deploy("--ca-certificate: ", "--checks", "errorRate", "--prometheus", server.url(), "--ca-certificate", "nope.pem");
        deploy("--credentials-id: ", "--checks", "errorRate", "--prometheus", server.url(), "--credentials-id", "nobody");
    }

    @Test
    public void ofVerifyMetrics() {
        verify("--report-json: ", "--report-json", "link");
        verify("--report-junit: ", "--report-junit", "folder");
        verify("--ca-certificate: ", "--ca-certificate", "nope.pem");
        verify("--client-certificate-id: ", "--client-certificate-id", "nobody");
        verify("--secret-headers: ", "--secret-headers", "X-Key=nobody");
    }

    /** A limit of nothing is the fault, not what can't be read within it. */
    @Test
    public void aTimeOutOfNothing() {
        for (String zero : List.of("0s", "0m")) {
            String error = "--timeout: there is no time to do anything. ";
            told(error, "build-image", "--model", "model", "--image", authority + "/ml/churn:1", "--timeout", zero);
            told(error, "provision", "--dir", "infra", "--timeout", zero);
            told(error, "deploy-model", "--name", "churn", "--image", authority + "/ml/churn:1", "--timeout", zero);
            told(error, "deploy-model", "--name", "churn", "--image", authority + "/ml/churn:1", "--timeout", zero, "--dry-run");
            told(error, "deploy-model", "--name", "churn", "--undo", "--timeout", zero);
            verify("--timeout: ", "--timeout", zero);
            verify("--timeout: ", "--timeout", zero, "--ca-certificate", "infra/a.yaml");
            verify("--query-timeout: ", "--query-timeout", zero);
            deploy("--verify-timeout: ", "--checks", "errorRate", "--verify-timeout", zero);
            deploy("--query-timeout: ", "--checks", "errorRate", "--prometheus", server.url(), "--query-timeout", zero);
        }
    }

    private void deploy(String beginning, String... more) {
        told(beginning, with(List.of("deploy-model", "--name", "churn", "--image", authority + "/ml/churn:1", "--timeout", "2s"), more));
    }

    private void verify(String beginning, String... more) {
        told(beginning, with(List.of(
                "verify-metrics", "--checks", "threshold: {name: p99, query: latency, max: 1}", "--prometheus", server.url()), more));
    }

    private static String[] with(List<String> args, String... more) {
        List<String> all = new ArrayList<>(args);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void told(String beginning, String... args) {
        cli.fails(Kind.INVALID_INPUT, beginning, args);
        assertEquals("what was asked by " + List.of(args), List.of(), server.requests());
    }

    private void write(String file, String text) throws Exception {
        Path path = cli.folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
