package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The ways to a Prometheus server on the command line, judged by what the server was sent; and that no secret is ever printed. */
public class PrometheusAccessCommandTest {
    private static final String THRESHOLD = "threshold: {name: p99, query: latency, max: 0.5, count: 1}";
    private static final String OK = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"0.25\"]}}";
    private static final String SECRET = "s3cret";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folder() {
        cli = new Cli(temporary.getRoot().toPath());
        cli.variables.put("CLIENT_USERNAME", "ann");
        cli.variables.put("CLIENT_PASSWORD", SECRET);
        cli.variables.put("KEY_TOKEN", SECRET + "-key");
    }

    /** Passes, verbose, and prints no secret. */
    private void passes(String url, String... options) {
        Cli.Outcome outcome = run(url, options);
        assertEquals(outcome.err(), 0, outcome.code());
    }

    private Cli.Outcome run(String url, String... options) {
        List<String> args = new ArrayList<>(List.of("verify-metrics", "--checks", THRESHOLD, "--prometheus", url, "--interval", "100ms", "--timeout", "2s", "--json", "--verbose"));
        args.addAll(List.of(options));
        Cli.Outcome outcome = cli.run(args.toArray(String[]::new));
        assertFalse(outcome.out() + outcome.err(), (outcome.out() + outcome.err()).contains(SECRET));
        return outcome;
    }

    @Test
    public void oauth2() throws Exception {
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"access_token\":\"" + SECRET + "-t\",\"token_type\":\"Bearer\",\"expires_in\":300}"));
                LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK))) {
            passes(server.url(), "--auth", "oauth2: {tokenUrl: '" + tokens.url() + "/token', credentialsId: client, scopes: [metrics, read], audience: prom}");
            assertEquals("Bearer " + SECRET + "-t", server.requests().get(0).authorization());
            assertEquals("grant_type=client_credentials&scope=metrics+read&audience=prom", tokens.requests().get(0).body());
            assertTrue(tokens.requests().get(0).authorization().startsWith("Basic "));
            assertEquals("/token", tokens.requests().get(0).path());
        }
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(401, "{\"error\":\"invalid_client\",\"error_description\":\"" + SECRET + "\"}"))) {
            Cli.Outcome outcome = run("http://127.0.0.1:1", "--auth", "oauth2: {tokenUrl: '" + tokens.url() + "', credentialsId: client}");
            assertEquals(Kind.REFUSED.exitCode(), outcome.code());
            assertTrue(outcome.error(), outcome.error().startsWith("error: --auth: the token endpoint http://127.0.0.1:"));
        }
    }

    @Test
    public void insecureDoesNotCoverAnotherHostThatGivesTokens() throws Exception {
        KeyStore own = new Certificates(cli.folder).create("server");
        String token = "{\"access_token\":\"" + SECRET + "-t\",\"token_type\":\"Bearer\",\"expires_in\":300}";
        try (LoopbackServer tokens = LoopbackServer.startTls(Certificates.context(own, own), false, r -> new LoopbackServer.Answer(200, token));
                LoopbackServer server = LoopbackServer.startTls(Certificates.context(own, own), false, r -> new LoopbackServer.Answer(200, OK))) {
            String auth = "oauth2: {tokenUrl: '%s/token', credentialsId: client}";
            String other = tokens.url().replace("127.0.0.1", "localhost");
            Cli.Outcome outcome = run(server.url(), "--insecure", "--auth", String.format(auth, other));
            assertEquals(outcome.err(), Kind.UNREACHABLE.exitCode(), outcome.code());
            assertTrue(outcome.error(), outcome.error().contains("its certificate is not trusted"));
            assertTrue("the client's secret was not sent", tokens.requests().isEmpty());
            passes(server.url(), "--insecure", "--auth", String.format(auth, tokens.url()));
        }
    }

    @Test
    public void sigV4() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK))) {
            passes(server.url() + "/workspaces/ws-1", "--auth", "sigV4: {region: eu-central-1, credentialsId: client, sessionTokenId: key}");
            LoopbackServer.Request request = server.requests().get(0);
            assertEquals("/workspaces/ws-1/api/v1/query", request.path());
            assertEquals(SECRET + "-key", request.header("X-Amz-Security-Token"));
            assertTrue(request.header("X-Amz-Date").matches("\\d{8}T\\d{6}Z"));
            assertTrue(request.authorization(), request.authorization().matches(
                    "AWS4-HMAC-SHA256 Credential=ann/\\d{8}/eu-central-1/aps/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}"));
        }
    }

    @Test
    public void headers() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK))) {
            passes(server.url(), "--headers", "X-Scope-OrgID=team-a|team=b", "--headers", "X-Other=2", "--secret-headers", "X-Api-Key=key", "--credentials-id", "client");
            LoopbackServer.Request request = server.requests().get(0);
            assertEquals("team-a|team=b", request.header("X-Scope-OrgID"));
            assertEquals("2", request.header("X-Other"));
            assertEquals(SECRET + "-key", request.header("X-Api-Key"));
            assertTrue("the plain login stays", request.authorization().startsWith("Basic "));
        }
    }

    @Test
    public void bothSidesShowTheirCertificates() throws Exception {
        Certificates certificates = new Certificates(cli.folder);
        KeyStore own = certificates.create("server");
        KeyStore client = certificates.create("client");
        Files.writeString(cli.folder.resolve("ca.pem"), Certificates.pem(own, false));
        Files.writeString(cli.folder.resolve("client.pem"), Certificates.pem(client, true));
        cli.variables.put("P12_CERTIFICATE", "client.p12");
        cli.variables.put("P12_PASSWORD", Certificates.PASSWORD);
        cli.variables.put("PEM_CERTIFICATE", cli.folder.resolve("client.pem").toString());
        cli.variables.put("GONE_CERTIFICATE", "gone.pem");
        cli.variables.put("LOCKED_CERTIFICATE", "client.p12");
        cli.variables.put("LOCKED_PASSWORD", SECRET);
        try (LoopbackServer server = LoopbackServer.startTls(Certificates.context(own, client), true, r -> new LoopbackServer.Answer(200, OK))) {
            passes(server.url(), "--ca-certificate", "ca.pem", "--client-certificate-id", "p12");
            passes(server.url(), "--ca-certificate", "ca.pem", "--client-certificate-id", "pem");
            passes(server.url(), "--insecure", "--client-certificate-id", "pem");
            Cli.Outcome untrusted = run(server.url(), "--client-certificate-id", "pem");
            assertEquals(Kind.UNREACHABLE.exitCode(), untrusted.code());
            assertTrue(untrusted.error(), untrusted.error().contains("its certificate is not trusted"));
            assertEquals("a server that wants a certificate and gets none", Kind.UNREACHABLE.exitCode(), run(server.url(), "--ca-certificate", "ca.pem").code());
            wrong("--client-certificate-id: the client certificate 'locked' can't be used (", server.url(), "--client-certificate-id", "locked");
            wrong("--client-certificate-id: could not read 'gone.pem' (no such file: ", server.url(), "--client-certificate-id", "gone");
            wrong("--client-certificate-id: there is no client certificate with the id 'no-one'. Set the environment variable NO_ONE_CERTIFICATE", server.url(), "--client-certificate-id", "no-one");
            wrong("--ca-certificate: could not read 'gone.pem' (no such file: ", server.url(), "--ca-certificate", "gone.pem");
            wrong("--ca-certificate: 'client.p12' is not a PEM file. ", server.url(), "--ca-certificate", "client.p12");
            Files.writeString(cli.folder.resolve("empty.pem"), "none");
            wrong("--ca-certificate: it can't be used (there is no certificate in it)", server.url(), "--ca-certificate", "empty.pem");
        }
    }

    @Test
    public void proxy() throws Exception {
        try (LoopbackServer proxy = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK))) {
            String address = proxy.url().substring("http://".length());
            passes("http://prometheus.invalid:9090", "--proxy", address);
            assertEquals("prometheus.invalid:9090", proxy.requests().get(0).header("Host"));
            assertEquals(Kind.UNREACHABLE.exitCode(), run("http://prometheus.invalid:9090", "--proxy", address, "--no-proxy", "a,.invalid").code());
            assertEquals(1, proxy.requests().size());
        }
        wrong("--proxy: 'proxy' is not a valid host and port. ", "http://h", "--proxy", "proxy");
        wrong("--proxy: '****@proxy:1' is not a valid host and port. ", "http://h", "--proxy", "http://me:" + SECRET + "@proxy:1");
        wrong("--no-proxy: there is no proxy to go without. ", "http://h", "--no-proxy", "a");
    }

    @Test
    public void queryTimeout() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            long began = System.nanoTime();
            Cli.Outcome outcome = run(server.url(), "--query-timeout", "1s");
            long seconds = (System.nanoTime() - began) / 1_000_000_000L;
            assertEquals(outcome.err(), Kind.UNREACHABLE.exitCode(), outcome.code());
            assertTrue(outcome.error(), outcome.error().contains("gave no answer in time"));
            assertTrue("it took " + seconds + " s; the default would have been 20", seconds < 15);
            assertEquals("query=latency&timeout=1000ms&limit=50001", server.requests().get(0).body());
        }
        wrong("--query-timeout: 'soon' is not a valid duration. ", "http://h", "--query-timeout", "soon");
        wrong("--query-timeout: it is not from 1s to 10m. ", "http://h", "--query-timeout", "500ms");
    }

    @Test
    public void pagesAreReachedTheSameWay() throws Exception {
        AtomicLong looks = new AtomicLong();
        try (LoopbackServer models = LoopbackServer.start(r -> {
            boolean canary = r.path().equals("/canary");
            long n = canary ? looks.incrementAndGet() : looks.get();
            return new LoopbackServer.Answer(200, "http_requests_total{code=\"200\"} " + n * 900 + "\nhttp_requests_total{code=\"500\"} " + n * (canary ? 100 : 5) + "\n");
        })) {
            Cli.Outcome outcome = cli.run(
                    "verify-metrics", "--checks", "errorRate", "--scrape-canary", models.url() + "/canary", "--scrape-stable", models.url() + "/stable", "--interval", "50ms", "--headers", "X-Scope-OrgID=team",
                    "--secret-headers", "Authorization=key");
            assertEquals(outcome.err(), Kind.ROLLED_BACK.exitCode(), outcome.code());
            assertFalse(outcome.err(), outcome.err().contains(SECRET));
            assertEquals("team", models.requests().get(0).header("X-Scope-OrgID"));
            assertEquals(SECRET + "-key", models.requests().get(1).authorization());
        }
    }

    @Test
    public void wrongValuesAreRefusedByTheirNames() {
        wrong("--credentials-id: auth says already how to log in. ", "https://h", "--credentials-id", "client", "--auth", "sigV4: {region: eu-central-1, credentialsId: client}");
        wrong("--auth: it is neither oauth2 nor sigV4 with its parameters. ", "https://h", "--auth", "basic: {}");
        wrong("--auth: it is neither oauth2 nor sigV4 with its parameters. ", "https://h", "--auth", "oauth2");
        wrong("--auth: it is not valid YAML. ", "https://h", "--auth", "oauth2: {clientSecret: " + SECRET);
        wrong("--auth: oauth2 has no parameter 'clientSecret'. ", "https://h", "--auth", "oauth2: {clientSecret: " + SECRET + "}");
        wrong("--auth: a parameter of oauth2 has a value of the wrong kind. ", "https://h", "--auth", "oauth2: {tokenUrl: [" + SECRET + ", 2]}");
        wrong("--auth: oauth2 has no tokenUrl. ", "https://h", "--auth", "oauth2: {credentialsId: client}");
        wrong("--auth: there are no credentials with the id 'nobody'", "https://h", "--auth", "oauth2: {tokenUrl: 'https://t', credentialsId: nobody}");
        wrong("--auth: the credentials 'key' are a token. ", "https://h", "--auth", "oauth2: {tokenUrl: 'https://t', credentialsId: key}");
        wrong("--auth: no region is given. ", "https://h", "--auth", "sigV4: {credentialsId: client}");
        wrong("--headers: 'a b' is not a valid name of a header. ", "https://h", "--headers", "a b=1");
        wrong("--headers: the header 'Host' is set already. ", "https://h", "--headers", "Host=x");
        wrong("--headers: the value of 'Authorization' is a secret. ", "https://h", "--headers", "Authorization=Bearer " + SECRET);
        wrong("--secret-headers: there are no credentials with the id 'nobody'", "https://h", "--secret-headers", "X-Key=nobody");
        wrong("--insecure: it has no effect on 'http://h', which is reached without TLS. ", "http://h", "--insecure");
    }

    private void wrong(String beginning, String url, String... options) {
        List<String> args = new ArrayList<>(List.of("verify-metrics", "--checks", THRESHOLD, "--prometheus", url));
        args.addAll(List.of(options));
        String error = cli.fails(Kind.INVALID_INPUT, beginning, args.toArray(String[]::new));
        assertFalse(error, error.contains(SECRET));
        args.add("--verbose");
        assertFalse("nor in the stack trace", cli.run(args.toArray(String[]::new)).err().contains(SECRET));
    }

    @Test
    public void aRolloutDoesNotBeginWhenItsGateCanNotSee() throws Exception {
        String[][] wrong = {
            {"--proxy: there is no server to use it for, since pods are read through the Kubernetes API. ", "--proxy", "proxy:1"},
            {"--credentials-id: there are no credentials with the id 'nobody'", "--prometheus", "https://h", "--credentials-id", "nobody"},
            {"--client-certificate-id: there is no client certificate with the id 'nobody'", "--prometheus", "https://h", "--client-certificate-id", "nobody"},
        };
        for (String[] one : wrong) {
            List<String> args = new ArrayList<>(List.of("deploy-model", "--name", "churn", "--image", "a/b:1", "--checks", "errorRate"));
            args.addAll(List.of(one).subList(1, one.length));
            cli.fails(Kind.INVALID_INPUT, one[0], args.toArray(String[]::new));
            assertEquals("nothing was begun", List.of(), cli.files());
        }
        assertNull(cli.variables.get("KUBECONFIG"));
    }
}
