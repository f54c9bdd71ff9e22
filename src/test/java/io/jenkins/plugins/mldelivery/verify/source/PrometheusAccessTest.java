package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.ConnectProxy;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.net.URI;
import java.nio.file.Files;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The ways to a Prometheus server, each with a real one at its end: tokens, TLS, proxies, retries and answers that are none. */
public class PrometheusAccessTest {
    private static final String OK = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"4\"]}}";

    /** Names the file of the authorities that Java trusts. */
    private static final String PLATFORM = "javax.net.ssl.trustStore";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ManualClock clock = new ManualClock();
    private final List<String> notes = new ArrayList<>();

    @Test
    public void anOAuth2TokenIsUsedUntilItExpiresOrIsRefused() throws Exception {
        AtomicInteger given = new AtomicInteger();
        String[] valid = {""};
        try (LoopbackServer tokens = LoopbackServer.start(r -> {
                    valid[0] = "t" + given.incrementAndGet();
                    return new LoopbackServer.Answer(200, "{\"access_token\":\"" + valid[0] + "\",\"token_type\":\"Bearer\",\"expires_in\":300}");
                });
                LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(("Bearer " + valid[0]).equals(r.authorization()) ? 200 : 401, OK))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of(server.url(), null).with(new PrometheusAccess.OAuth2(tokens.url() + "/token", "login", List.of("a", "b"), null)));
            ask(prometheus);
            ask(prometheus);
            assertEquals("one token for both", 1, given.get());
            assertEquals("grant_type=client_credentials&scope=a+b", tokens.requests().get(0).body());
            assertEquals("Basic YW5uOnMlM0FjcmV0", tokens.requests().get(0).authorization());
            clock.sleep(Duration.ofSeconds(271));
            ask(prometheus);
            assertEquals("renewed before its end", 2, given.get());
            valid[0] = "revoked";
            ask(prometheus);
            assertEquals("renewed when refused", 3, given.get());
        }
    }

    @Test
    public void aTokenEndpointThatRefusesIsTold() throws Exception {
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(401, "{\"error\":\"invalid_client\",\"error_description\":\"unknown\"}"))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of("http://127.0.0.1:1", null).with(new PrometheusAccess.OAuth2(tokens.url(), "login", List.of(), null)));
            DeliveryException e = assertThrows(DeliveryException.class, () -> ask(prometheus));
            assertTrue(e.getMessage(), e.getMessage().startsWith("auth: the token endpoint ") && e.getMessage().contains("(invalid_client: unknown)") && !e.getMessage().contains("s:cret"));
        }
    }

    @Test
    public void headersAndSignaturesAreSent() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK))) {
            ask(prometheus(PrometheusAccess.of(server.url(), null)
                    .withHeaders(List.of(new PrometheusAccess.Header("X-Scope-OrgID", "team", null), new PrometheusAccess.Header("X-Key", null, "token")))
                    .with(new PrometheusAccess.SigV4("eu-central-1", "login", "token", null))));
            LoopbackServer.Request request = server.requests().get(0);
            assertEquals("team", request.header("X-Scope-OrgID"));
            assertEquals("t0ken", request.header("X-Key"));
            assertEquals("t0ken", request.header("X-Amz-Security-Token"));
            assertTrue(request.authorization(), request.authorization().startsWith("AWS4-HMAC-SHA256 Credential=ann/20260101/eu-central-1/aps/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, "));
        }
        for (PrometheusAccess.Header wrong : List.of(new PrometheusAccess.Header("a b", "x", null), new PrometheusAccess.Header("Host", "x", null), new PrometheusAccess.Header("a", "x\ny", null), new PrometheusAccess.Header("a", null, null))) {
            assertEquals("headers", assertThrows(DeliveryException.class, () -> prometheus(PrometheusAccess.of("http://h", null).withHeaders(List.of(wrong)))).parameter());
        }
    }

    @Test
    public void aProxyThatRefusesPostIsAskedByGet() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer("POST".equals(r.method()) ? 405 : 200, OK))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of(server.url(), null));
            ask(prometheus);
            ask(prometheus);
            assertEquals(List.of("POST", "GET", "GET"), server.requests().stream().map(LoopbackServer.Request::method).toList());
            assertEquals("query=sum%28m%20or%20n%29&timeout=20000ms&limit=50001", server.requests().get(1).query());
        }
    }

    @Test
    public void whatPassesIsTriedAgainWithinTheLook() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (LoopbackServer server = LoopbackServer.start(r -> asked.incrementAndGet() < 3 ? new LoopbackServer.Answer(asked.get() == 1 ? 503 : 429, "", Map.of("Retry-After", "2")) : new LoopbackServer.Answer(200, OK))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of(server.url(), null));
            prometheus.beginLook(Duration.ofSeconds(10), Deadline.in(Duration.ofSeconds(30)));
            assertEquals(4, prometheus.query("m").get(0).value(), 0);
            assertEquals(Duration.ofSeconds(4), Duration.between(new ManualClock().now(), clock.now()));
            asked.set(0);
            prometheus.beginLook(Duration.ofSeconds(1), Deadline.in(Duration.ofSeconds(30)));
            assertTrue("no longer than the look", assertThrows(MetricSource.Unavailable.class, () -> prometheus.query("m")).getMessage().endsWith("answered with status 503"));
        }
    }

    @Test
    public void answersThatAreNoneAreToldInWords() throws Exception {
        assertTrue(unavailable(new LoopbackServer.Answer(200, OK.substring(0, OK.length() - 3), Map.of(LoopbackServer.MISSING, "50"))).endsWith("can't be reached (the answer broke off)"));
        assertTrue(invalid(new LoopbackServer.Answer(200, "{" + "\"a\":1,".repeat(6 * 1024 * 1024))).endsWith("sent more than 32 MiB for 'sum(m or n)'. Narrow it with labels."));
        assertTrue(unavailable(new LoopbackServer.Answer(200, OK.replace("\"4\"", "\"four\""))).contains("sent a broken answer"));
        assertTrue(invalid(new LoopbackServer.Answer(200, "<html>log in</html>")).contains("is not a Prometheus server (status 200 with an HTML page, as of a login)"));
        assertTrue(invalid(new LoopbackServer.Answer(302, "", Map.of("Location", "https://login.example.org/?key=secret"))).contains("redirects to 'https://login.example.org/', which is not followed"));
        assertTrue(unavailable(new LoopbackServer.Answer(200, OK.replace("{\"status\"", "{\"isPartial\":true,\"status\"")))
                .endsWith("gave an incomplete answer (some of its storage did not answer)"));
        ask(new LoopbackServer.Answer(200, OK.replace("{\"status\"", "{\"infos\":[\"odd\"],\"status\"")));
        assertTrue(notes.toString(), notes.contains("info: odd"));
    }

    @Test
    public void bothSidesShowTheirCertificates() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        KeyStore own = certificates.create("server");
        KeyStore client = certificates.create("client");
        try (LoopbackServer server = LoopbackServer.startTls(Certificates.context(own, client), true, r -> new LoopbackServer.Answer(200, OK))) {
            String ca = Certificates.pem(own, false);
            ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(ca, "pem", false), Certificates.pem(client, true)));
            ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(ca, "p12", false), Base64.getEncoder().encodeToString(Files.readAllBytes(certificates.file("client")))));
            ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(null, "pem", true), Certificates.pem(client, true)));
            assertThrows("without one", MetricSource.Unavailable.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(ca, null, false))));
            String untrusted = assertThrows(MetricSource.Unavailable.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(null, "pem", false), Certificates.pem(client, true)))).getMessage();
            assertTrue(untrusted, untrusted.contains("its certificate is not trusted"));
        }
        assertEquals("caCertificate", assertThrows(DeliveryException.class, () -> prometheus(PrometheusAccess.of("https://h", null).withTls("none", null, false))).parameter());
        assertEquals("clientCertificateId", assertThrows(DeliveryException.class, () -> prometheus(PrometheusAccess.of("https://h", null).withTls(null, "token", false))).parameter());
    }

    @Test
    public void theProxyIsUsedButForTheHostsThatGoWithoutIt() throws Exception {
        try (LoopbackServer proxy = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK))) {
            String address = proxy.url().substring("http://".length());
            ask(prometheus(PrometheusAccess.of("http://prometheus.invalid:9090", null).withProxy(address, List.of(".example.org"))));
            assertEquals(1, proxy.requests().size());
            assertThrows(MetricSource.Unavailable.class, () -> ask(prometheus(PrometheusAccess.of("http://prometheus.invalid:9090", null).withProxy(address, List.of("*.invalid")))));
            assertEquals(1, proxy.requests().size());
        }
        assertEquals("proxy", assertThrows(DeliveryException.class, () -> prometheus(PrometheusAccess.of("http://h", null).withProxy("proxy", List.of()))).parameter());
    }

    @Test
    public void tlsGoesThroughTheProxyInATunnel() throws Exception {
        KeyStore own = new Certificates(folder.getRoot().toPath()).create("server");
        try (LoopbackServer server = LoopbackServer.startTls(Certificates.context(own, own), false, r -> new LoopbackServer.Answer(200, OK));
                ConnectProxy proxy = new ConnectProxy(URI.create(server.url()).getPort(), 200);
                ConnectProxy asking = new ConnectProxy(URI.create(server.url()).getPort(), 407)) {
            PrometheusAccess access = PrometheusAccess.of(server.url(), "login").withTls(Certificates.pem(own, false), null, false);
            ask(prometheus(access.withProxy(proxy.address(), List.of())));
            assertEquals("CONNECT " + server.url().substring("https://".length()) + " HTTP/1.1", proxy.asked().get(0));
            assertEquals(1, server.requests().size());
            ask(prometheus(access.withProxy(asking.address(), List.of("127.0.0.1"))));
            assertEquals("without it", List.of(), asking.asked());
            DeliveryException refused = assertThrows(DeliveryException.class, () -> ask(prometheus(access.withProxy(asking.address(), List.of()))));
            assertEquals("proxy: the proxy asks for a login (status 407), which can't be given. Give a proxy without a login, or one that lets this machine through.", refused.getMessage());
        }
    }

    @Test
    public void theTokenEndpointMayHaveACertificateOfAPublicAuthority() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        KeyStore own = certificates.create("private");
        KeyStore known = certificates.create("public");
        try (LoopbackServer tokens = LoopbackServer.startTls(Certificates.context(known, known), false, r -> new LoopbackServer.Answer(200, "{\"access_token\":\"t\"}"));
                LoopbackServer server = LoopbackServer.startTls(Certificates.context(own, own), false, r -> new LoopbackServer.Answer(200, OK));
                LoopbackServer impostor = LoopbackServer.startTls(Certificates.context(known, known), false, r -> new LoopbackServer.Answer(200, OK))) {
            System.setProperty(PLATFORM, certificates.file("public").toString());
            System.setProperty(PLATFORM + "Password", Certificates.PASSWORD);
            PrometheusAccess.OAuth2 login = new PrometheusAccess.OAuth2(tokens.url(), "login", List.of(), null);
            String ca = Certificates.pem(own, false);
            ask(prometheus(PrometheusAccess.of(server.url(), null).with(login).withTls(ca, null, false)));
            assertEquals("Bearer t", server.requests().get(0).authorization());
            Prometheus other = prometheus(PrometheusAccess.of(impostor.url(), null).with(login).withTls(ca, null, false));
            assertTrue("Prometheus itself has one of the given authority", assertThrows(MetricSource.Unavailable.class, () -> ask(other)).getMessage().contains("is not trusted"));
        } finally {
            System.clearProperty(PLATFORM);
            System.clearProperty(PLATFORM + "Password");
        }
    }

    @Test
    public void whatAServerRepeatsOfTheSecretsIsNotTold() throws Exception {
        for (PrometheusAccess.Authentication how : List.of(new PrometheusAccess.Credentials("login"), new PrometheusAccess.Credentials("token"), new PrometheusAccess.SigV4("eu-central-1", "login", "token", null))) {
            List<PrometheusAccess.Header> headers = List.of(new PrometheusAccess.Header("X-Key", null, "key"));
            Function<LoopbackServer.Request, String> echo = r -> (r.authorization() + " " + r.header("X-Key") + " " + r.header("X-Amz-Security-Token") + " s:cret").replace("\"", "");
            try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"you sent " + echo.apply(r) + "\"}"));
                    LoopbackServer warner = LoopbackServer.start(r -> new LoopbackServer.Answer(200, OK.replace("{\"status\"", "{\"warnings\":[\"you sent " + echo.apply(r) + "\"],\"status\"")))) {
                Prometheus prometheus = prometheus(PrometheusAccess.of(server.url(), null).with(how).withHeaders(headers));
                notes.clear();
                Prometheus warning = prometheus(PrometheusAccess.of(warner.url(), null).with(how).withHeaders(headers));
                String told = assertThrows(DeliveryException.class, () -> ask(prometheus)).getMessage()
                        + assertThrows(MetricSource.Unavailable.class, () -> ask(warning)).getMessage() + notes;
                assertTrue(told, told.contains("you sent ") && told.contains("****"));
                for (String secret : how instanceof PrometheusAccess.Credentials c && c.credentialsId().equals("token") ? List.of("t0ken", "k3y") : List.of("s:cret", "YW5uOnM6Y3JldA==", "k3y")) {
                    assertFalse(told, told.contains(secret));
                }
            }
        }
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(400, "{\"error\":\"invalid_client\",\"error_description\":\"s:cret is wrong\"}"))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of("http://127.0.0.1:1", null).with(new PrometheusAccess.OAuth2(tokens.url(), "login", List.of(), null)));
            assertTrue(assertThrows(DeliveryException.class, () -> ask(prometheus)).getMessage().contains("(invalid_client: **** is wrong)"));
        }
    }

    @Test
    public void whoRefusesTheLoginIsNamed() throws Exception {
        for (int status : new int[] {401, 403}) {
            try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(status, ""))) {
                assertEquals("credentialsId", assertThrows(DeliveryException.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), "login")))).parameter());
                assertEquals("auth", assertThrows(DeliveryException.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), null).with(new PrometheusAccess.SigV4("eu-central-1", "login", null, null))))).parameter());
                PrometheusAccess header = PrometheusAccess.of(server.url(), null).withHeaders(List.of(new PrometheusAccess.Header("X-Key", null, "login")));
                assertEquals("secretHeaders", assertThrows(DeliveryException.class, () -> ask(prometheus(header))).parameter());
                assertEquals(
                        "credentialsId: " + server.url() + " asks for a login (status " + status + "). Give credentials that may query it, here or in auth.",
                        assertThrows(DeliveryException.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), null)))).getMessage());
            }
        }
        try (LoopbackServer proxy = LoopbackServer.start(r -> new LoopbackServer.Answer(407, ""))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of("http://prometheus.invalid", "login").withProxy(proxy.url(), List.of()));
            assertEquals("proxy", assertThrows(DeliveryException.class, () -> ask(prometheus)).parameter());
        }
    }

    @Test
    public void aLoginThatIsIncompleteIsRefused() throws Exception {
        for (PrometheusAccess.Authentication wrong : List.of(
                new PrometheusAccess.OAuth2("login.example.org", "login", List.of(), null), new PrometheusAccess.OAuth2(null, "login", List.of(), null), new PrometheusAccess.OAuth2("https://h", null, List.of(), null),
                new PrometheusAccess.OAuth2("https://h", "token", List.of(), null), new PrometheusAccess.OAuth2("https://h", "missing", List.of(), null), new PrometheusAccess.OAuth2("https://h", "login", List.of("a b"), null),
                new PrometheusAccess.SigV4(null, "login", null, null), new PrometheusAccess.SigV4("eu central", "login", null, null), new PrometheusAccess.SigV4("eu-central-1", null, null, null),
                new PrometheusAccess.SigV4("eu-central-1", "token", null, null), new PrometheusAccess.SigV4("eu-central-1", "login", "missing", null), new PrometheusAccess.SigV4("eu-central-1", "login", null, "a/b"))) {
            assertEquals(wrong.toString(), "auth", assertThrows(wrong.toString(), DeliveryException.class, () -> prometheus(PrometheusAccess.of("http://h", null).with(wrong))).parameter());
        }
        String none = assertThrows(DeliveryException.class, () -> prometheus(PrometheusAccess.of("http://h", null).with(new PrometheusAccess.OAuth2(null, "login", List.of(), null)))).getMessage();
        assertEquals("auth: oauth2 has no tokenUrl. Give the URL of the token endpoint, such as https://login.example.org/oauth2/token.", none);
        String masked = assertThrows(DeliveryException.class, () -> prometheus(PrometheusAccess.of("http://h", null).with(new PrometheusAccess.OAuth2("https://me:pw@h/", "login", List.of(), null)))).getMessage();
        assertTrue(masked, masked.contains("the tokenUrl 'https://****@h/' is not an http or https URL"));
    }

    private String unavailable(LoopbackServer.Answer answer) {
        return assertThrows(MetricSource.Unavailable.class, () -> ask(answer)).getMessage();
    }

    private String invalid(LoopbackServer.Answer answer) {
        return assertThrows(DeliveryException.class, () -> ask(answer)).getMessage();
    }

    private void ask(LoopbackServer.Answer answer) throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> answer)) {
            ask(prometheus(PrometheusAccess.of(server.url(), null)));
        }
    }

    private static void ask(Prometheus prometheus) throws Exception {
        prometheus.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(30)));
        assertEquals(4, prometheus.query("sum(m or n)").get(0).value(), 0);
    }

    private Prometheus prometheus(PrometheusAccess access) throws DeliveryException {
        return prometheus(access, null);
    }

    private Prometheus prometheus(PrometheusAccess access, String certificate) throws DeliveryException {
        assertFalse(access.toString().contains("cret"));
        Secrets secrets = id -> Optional.ofNullable(switch (id) {
            case "login" -> new Login("ann", SecretText.of("s:cret"));
            case "key" -> new Login(null, SecretText.of("k3y"));
            case "token" -> new Login(null, SecretText.of("t0ken"));
            case "pem" -> new Login(null, SecretText.of(certificate));
            case "p12" -> new Login(certificate, SecretText.of(Certificates.PASSWORD));
            default -> null;
        });
        return new Prometheus(access, null, null, Sources.context(secrets, clock, notes));
    }
}
