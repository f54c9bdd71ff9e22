package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Result;
import hudson.util.Secret;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * More than twenty secrets in the hands of servers and tools that repeat all they are given, in every encoding: none of them is in the log, in the files of the build, in the workspace or in the list of processes.
 */
public class SecretsStayInsideTest {
    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /** What is looked for, by what it is. */
    private final Map<String, String> secrets = new LinkedHashMap<>();

    private static final String TOOL = """
            #!/bin/sh
            ps -eww -o args >> processes.txt
            cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >> processes.txt
            cat ../*@tmp/durable-*/script* ../*@tmp/durable-*/*.sh >> scripts.txt 2>/dev/null
            for word in "$@"; do
                case "$word" in
                -out=*) echo plan > "${word#-out=}";;
                -var-file=*|-backend-config=*) cat "${word#-*=}" >&2;;
                esac
            done
            case "$1" in
            plan) exit 2;;
            show) echo '{"format_version":"1.2","resource_changes":[{"address":"a.b","change":{"actions":["create"],"after":{"password":"PLANNED"},"after_sensitive":{"password":true}}}]}';;
            apply) echo '{"@level":"error","@message":"Error: it said PLANNED","type":"diagnostic","diagnostic":{"severity":"error","summary":"it said PLANNED"}}'
                echo "it said PLANNED" >&2; cat "$OLDPWD/given" >&2; exit 1;;
            esac
            exit 0
            """;

    private String secret(String what) {
        String value = "S3cr3t/" + what + "+&\"q'" + what.hashCode() + "=";
        secrets.put(what, value);
        return value;
    }

    /** As a token, which a header can hold. */
    private String token(String what) {
        String value = "t0ken-" + what + "-" + Integer.toHexString(what.hashCode()) + "/x+y==";
        secrets.put(what, value);
        return value;
    }

    @Before
    public void psIsThere() {
        assertTrue("the test lists processes", Files.isExecutable(Path.of("/bin/ps")) || Files.isExecutable(Path.of("/usr/bin/ps")));
    }

    private static void add(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
    }

    private static void addText(String id, String text) throws IOException {
        add(new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(text)));
    }

    private static void addUser(String id, String password) throws Exception {
        add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, "", "ann", password));
    }

    private static void addFile(String id, String text) throws IOException {
        add(new FileCredentialsImpl(CredentialsScope.GLOBAL, id, "", id, SecretBytes.fromBytes(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** All that a request brought, in the forms in which a careless server may repeat it. */
    private static String echo(LoopbackServer.Request request) {
        List<String> said = new ArrayList<>();
        List<String> given = new ArrayList<>(List.of(request.body()));
        request.headers().forEach((name, values) -> given.addAll(values));
        for (String one : given) {
            said.add(one);
            said.add(URLEncoder.encode(one, StandardCharsets.UTF_8));
            said.add(Base64.getEncoder().encodeToString(one.getBytes(StandardCharsets.UTF_8)));
            if (one.startsWith("Basic ")) {
                String pair = new String(Base64.getDecoder().decode(one.substring(6)), StandardCharsets.UTF_8);
                said.add(pair);
                said.add(pair.substring(pair.indexOf(':') + 1));
                said.add(URLEncoder.encode(pair, StandardCharsets.UTF_8).replace("+", "%20"));
            }
        }
        return String.join(" | ", said);
    }

    private static String json(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r");
    }

    private LoopbackServer.Answer answer(LoopbackServer.Request request, String issued) {
        String said = json(echo(request));
        if (request.path().startsWith("/oauth-good")) {
            return new LoopbackServer.Answer(200, "{\"access_token\":\"" + issued + "\",\"expires_in\":300}");
        }
        if (request.path().startsWith("/oauth")) {
            return new LoopbackServer.Answer(401, "{\"error\":\"invalid_client\",\"error_description\":\"" + said + "\"}");
        }
        if (request.path().startsWith("/v2/") && request.authorization() == null) {
            return new LoopbackServer.Answer(401, "", Map.of("WWW-Authenticate", "Basic realm=\"r\""));
        }
        if (request.path().startsWith("/v2/")) {
            return new LoopbackServer.Answer(400, "{\"errors\":[{\"code\":\"BAD\",\"message\":\"" + said + "\"}]}");
        }
        if (request.path().startsWith("/api")) {
            return new LoopbackServer.Answer(
                    403, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":403,\"reason\":\"Forbidden\",\"message\":\"" + said + "\"}",
                    Map.of("Content-Type", "application/json"));
        }
        return new LoopbackServer.Answer(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"" + said + "\"}");
    }

    private String kubeconfig(String server, String user) {
        return """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: '%s'}}]
                users: [{name: u, user: %s}]
                """.formatted(server, user);
    }

    @Test
    public void noneOfThemLeaves() throws Exception {
        String issued = token("issued by OAuth".replace(' ', '-'));
        Certificates certificates = new Certificates(temporary.getRoot().toPath());
        KeyStore client = certificates.create("client");
        String pem = Certificates.pem(client, true);
        String keyLine = pem.substring(pem.indexOf("PRIVATE KEY-----") + 17).lines().filter(line -> line.length() > 40).findFirst().orElseThrow();
        secrets.put("client key", keyLine);
        try (LoopbackServer server = LoopbackServer.start(request -> answer(request, issued))) {
            String url = server.url();
            addUser("registry", secret("registry"));
            addText("registry-token", token("registry-token") + "\n");
            addUser("prom", secret("prom"));
            addText("prom-token", token("prom-token") + "\n");
            addText("header", token("header"));
            addUser("oauth", secret("oauth"));
            addUser("aws", secret("aws"));
            addText("session", token("session"));
            addText("pem", pem);
            addFile("kube-token", kubeconfig(url, "{token: '" + token("kube-token") + "'}"));
            addFile("kube-basic", kubeconfig(url, "{username: ann, password: '" + token("kube-basic") + "'}"));
            addFile("kube-broken", kubeconfig(url, "{token: '" + token("kube-broken") + "', no-such-field: '" + token("kube-field") + "'}"));
            addFile("kube-key", kubeconfig(url, "{client-key-data: '" + token("kube-key") + "', client-certificate-data: '" + token("kube-certificate") + "'}"));
            addText("api-token", token("api-token") + "\n");
            addText("tf-variable", secret("tf-variable"));
            addText("tf-backend", secret("tf-backend"));
            addText("bad-token", "line-one-of-it\n" + token("second-line"));
            secrets.put("planned", "PLANNED-s3cr3t-value");
            String inManifest = token("in-a-manifest");
            SystemCredentialsProvider.getInstance().save();
            assertEquals("secrets of which each is in the hands of somebody", 22, secrets.size());

            WorkflowJob job = Jobs.pipeline("leaky", script(url));
            jenkins.jenkins.getWorkspaceFor(job).child("in").mkdirs();
            Path workspace = Path.of(jenkins.jenkins.getWorkspaceFor(job).getRemote());
            Files.createDirectories(workspace.resolve("infra"));
            Files.createDirectories(workspace.resolve("k8s"));
            Files.createDirectories(workspace.resolve("model"));
            Files.writeString(workspace.resolve("model/model.bin"), "weights");
            Files.writeString(workspace.resolve("ca.pem"), Certificates.pem(client, false));
            Files.writeString(workspace.resolve("infra/main.tf"), "");
            Files.writeString(workspace.resolve("infra/given"), "given nothing");
            Path tool = workspace.resolve("tool");
            Files.writeString(tool, TOOL.replace("PLANNED", secrets.get("planned")));
            assertTrue(tool.toFile().setExecutable(true));
            Files.writeString(workspace.resolve("k8s/secret.yaml"), """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: s, namespace: ml}
                    stringData: {password: '%s'}
                    """.formatted(inManifest));

            WorkflowRun run = job.scheduleBuild2(0).get();
            jenkins.assertBuildStatus(Result.SUCCESS, run);
            String log = JenkinsRule.getLog(run);
            assertEquals("each step failed with a sentence:\n" + log, 18, log.lines().filter(line -> line.startsWith("failed as it should: ")).count());
            assertTrue("servers were asked", server.requests().size() > 10);
            assertTrue("the tool ran", Files.exists(workspace.resolve("infra/processes.txt")) && Files.exists(workspace.resolve("infra/scripts.txt")));

            Map<String, String> found = new LinkedHashMap<>();
            search(run.getRootDir().toPath(), List.of(), found);
            // What the user put there himself is his.
            search(workspace.getParent(), List.of(tool, workspace.resolve("k8s/secret.yaml")), found);
            assertEquals(Map.of(), found);
        }
    }

    private String script(String url) {
        String host = url.replace("http://", "");
        String verify = "mlVerifyMetrics(checks: [threshold(name: 'p99', query: 'latency', max: 0.5, count: 1)], prometheus: '" + url + "', interval: '1s', timeout: '3s'";
        String deploy = "mlDeployModel(name: 'churn', namespace: 'ml', image: 'r.example/churn:1', progressDeadline: '5s', access: ";
        return """
                def fails(String what, Closure body) {
                    try {
                        body()
                    } catch (org.jenkinsci.plugins.workflow.steps.FlowInterruptedException e) {
                        throw e
                    } catch (Exception e) {
                        echo "failed as it should: ${what}: ${e.message}"
                    }
                }
                node {
                    fails('registry') { mlBuildImage(model: 'model', image: 'HOST/a:1', credentialsId: 'registry', timeout: '10s') }
                    fails('registry-token') { mlBuildImage(model: 'model', image: 'HOST/a:1', credentialsId: 'registry-token', timeout: '10s') }
                    fails('bad-token') { mlBuildImage(model: 'model', image: 'HOST/a:1', credentialsId: 'bad-token', timeout: '10s') }
                    fails('prom') { VERIFY, credentialsId: 'prom') }
                    fails('prom-token') { VERIFY, credentialsId: 'prom-token') }
                    fails('prom-bad') { VERIFY, credentialsId: 'bad-token') }
                    fails('header') { VERIFY, secretHeaders: ['X-Key': 'header']) }
                    fails('oauth') { VERIFY, auth: oauth2(tokenUrl: 'URL/oauth', credentialsId: 'oauth')) }
                    fails('oauth-good') { VERIFY, auth: oauth2(tokenUrl: 'URL/oauth-good', credentialsId: 'oauth')) }
                    fails('sigv4') { VERIFY, auth: sigV4(region: 'eu-central-1', credentialsId: 'aws', sessionTokenId: 'session')) }
                    fails('pem') { TLS, clientCertificateId: 'pem', caCertificate: readFile('ca.pem')) }
                    fails('kube-token') { DEPLOY kubeconfig(credentialsId: 'kube-token')) { echo 'body' } }
                    fails('kube-basic') { DEPLOY kubeconfig(credentialsId: 'kube-basic')) { echo 'body' } }
                    fails('kube-broken') { DEPLOY kubeconfig(credentialsId: 'kube-broken')) { echo 'body' } }
                    fails('kube-key') { DEPLOY kubeconfig(credentialsId: 'kube-key')) { echo 'body' } }
                    fails('api-token') { DEPLOY apiServer(url: 'URL', credentialsId: 'api-token')) { echo 'body' } }
                    fails('terraform') {
                        withCredentials([string(credentialsId: 'tf-variable', variable: 'V'), string(credentialsId: 'tf-backend', variable: 'B')]) {
                            mlProvision(dir: 'infra', executable: pwd() + '/tool', variables: [db_password: V], backendConfig: [secret_key: B])
                        }
                    }
                    fails('manifest') { mlProvision(dir: 'k8s', tool: 'kubernetes', access: kubeconfig(credentialsId: 'kube-token'), timeout: '10s') }
                }
                """.replace("VERIFY", verify).replace("TLS", verify.replace("http:", "https:")).replace("DEPLOY", deploy).replace("HOST", host).replace("URL", url);
    }

    private void search(Path root, List<Path> without, Map<String, String> found) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(Files::isRegularFile).filter(file -> !without.contains(file)).toList();
        }
        assertTrue("there is something to search", files.size() > 2);
        for (Path file : files) {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            secrets.forEach((what, value) -> {
                for (String form : forms(value)) {
                    int at = content.indexOf(form);
                    if (at >= 0) {
                        found.put(what + " in " + root.relativize(file), content.substring(Math.max(0, at - 60), Math.min(content.length(), at + form.length() + 20)));
                    }
                }
            });
        }
    }

    private static List<String> forms(String value) {
        String url = URLEncoder.encode(value, StandardCharsets.UTF_8);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        String basic = Base64.getEncoder().encodeToString(("ann:" + value).getBytes(StandardCharsets.UTF_8));
        return List.of(
                value, url, url.replace("+", "%20"), json(value), value.replace("&", "&amp;").replace("\"", "&quot;").replace("'", "&apos;"),
                Base64.getEncoder().withoutPadding().encodeToString(bytes), basic.substring(8, basic.length() - 4),
                // OAuth encodes a client's secret before it goes into the pair.
                Base64.getEncoder().withoutPadding().encodeToString(("ann:" + url).getBytes(StandardCharsets.UTF_8)).substring(8),
                Base64.getEncoder().withoutPadding().encodeToString(("Basic " + basic).getBytes(StandardCharsets.UTF_8)).substring(20));
    }
}
