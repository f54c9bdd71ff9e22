package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The ways to a Prometheus server, each with a real one at its end: tokens, TLS, proxies, retries and answers that are none. */
public class PrometheusAccessTest {
    private static final String OK = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"4\"]}}";
    private static final String PASSWORD = "changeit";

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
            assertTrue(e.getMessage(), e.getMessage().startsWith("oauth2: the token endpoint ") && e.getMessage().contains("(invalid_client: unknown)") && !e.getMessage().contains("s:cret"));
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
            assertEquals("query=sum%28m%20or%20n%29&timeout=20000ms", server.requests().get(1).query());
        }
    }

    @Test
    public void whatPassesIsTriedAgainWithinTheLook() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (LoopbackServer server = LoopbackServer.start(r -> asked.incrementAndGet() < 3 ? new LoopbackServer.Answer(asked.get() == 1 ? 503 : 429, "", Map.of("Retry-After", "2")) : new LoopbackServer.Answer(200, OK))) {
            Prometheus prometheus = prometheus(PrometheusAccess.of(server.url(), null));
            prometheus.beginLook(Duration.ofSeconds(10));
            assertEquals(4, prometheus.query("m").get(0).value(), 0);
            assertEquals(Duration.ofSeconds(4), Duration.between(new ManualClock().now(), clock.now()));
            asked.set(0);
            prometheus.beginLook(Duration.ofSeconds(1));
            assertTrue("no longer than the look", assertThrows(MetricSource.Unavailable.class, () -> prometheus.query("m")).getMessage().endsWith("answered with status 503"));
        }
    }

    @Test
    public void answersThatAreNoneAreToldInWords() throws Exception {
        assertTrue(unavailable(new LoopbackServer.Answer(200, OK, Map.of(LoopbackServer.MISSING, "50"))).endsWith("can't be reached (the answer broke off)"));
        assertTrue(unavailable(new LoopbackServer.Answer(200, "x".repeat(50 * 1024 * 1024))).endsWith("sent more than 32 MiB"));
        assertTrue(unavailable(new LoopbackServer.Answer(200, OK.replace("\"4\"", "\"four\""))).contains("sent a broken answer"));
        assertTrue(invalid(new LoopbackServer.Answer(200, "<html>log in</html>")).contains("is no Prometheus server (status 200 with an HTML page, as of a login)"));
        assertTrue(invalid(new LoopbackServer.Answer(302, "", Map.of("Location", "https://login.example.org/?key=secret"))).contains("redirects to 'https://login.example.org/', which is not followed"));
        ask(new LoopbackServer.Answer(200, OK.replace("{\"status\"", "{\"infos\":[\"odd\"],\"isPartial\":true,\"status\"")));
        assertTrue(notes.toString(), notes.contains("info: odd") && notes.get(0).contains("gave an incomplete answer"));
    }

    @Test
    public void bothSidesShowTheirCertificates() throws Exception {
        KeyStore own = pair("server");
        KeyStore client = pair("client");
        try (LoopbackServer server = LoopbackServer.startTls(context(own, client), true, r -> new LoopbackServer.Answer(200, OK))) {
            String ca = pem(own, false);
            ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(ca, "pem", false), pem(client, true)));
            ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(ca, "p12", false), Base64.getEncoder().encodeToString(Files.readAllBytes(file("client")))));
            ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(null, "pem", true), pem(client, true)));
            assertThrows("without one", MetricSource.Unavailable.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(ca, null, false))));
            String untrusted = assertThrows(MetricSource.Unavailable.class, () -> ask(prometheus(PrometheusAccess.of(server.url(), null).withTls(null, "pem", false), pem(client, true)))).getMessage();
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

    private KeyStore pair(String name) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", "EC", "-alias", name, "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1",
                        "-storetype", "PKCS12", "-keystore", file(name).toString(), "-storepass", PASSWORD, "-validity", "2")
                .inheritIO().start();
        assertEquals(0, keytool.waitFor());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Files.readAllBytes(file(name))), PASSWORD.toCharArray());
        return store;
    }

    private Path file(String name) {
        return folder.getRoot().toPath().resolve(name + ".p12");
    }

    private static SSLContext context(KeyStore own, KeyStore trusted) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("ca", trusted.getCertificate(trusted.aliases().nextElement()));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static String pem(KeyStore store, boolean withKey) throws Exception {
        String alias = store.aliases().nextElement();
        Base64.Encoder lines = Base64.getMimeEncoder();
        String certificate = "-----BEGIN CERTIFICATE-----\n" + lines.encodeToString(store.getCertificate(alias).getEncoded()) + "\n-----END CERTIFICATE-----\n";
        return withKey ? certificate + "-----BEGIN PRIVATE KEY-----\n" + lines.encodeToString(store.getKey(alias, PASSWORD.toCharArray()).getEncoded()) + "\n-----END PRIVATE KEY-----\n" : certificate;
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
        prometheus.beginLook(Duration.ZERO);
        assertEquals(4, prometheus.query("sum(m or n)").get(0).value(), 0);
    }

    private Prometheus prometheus(PrometheusAccess access) throws DeliveryException {
        return prometheus(access, null);
    }

    private Prometheus prometheus(PrometheusAccess access, String certificate) throws DeliveryException {
        assertFalse(access.toString().contains("cret"));
        Secrets secrets = id -> Optional.ofNullable(switch (id) {
            case "login" -> new Login("ann", SecretText.of("s:cret"));
            case "token" -> new Login(null, SecretText.of("t0ken"));
            case "pem" -> new Login(null, SecretText.of(certificate));
            case "p12" -> new Login(certificate, SecretText.of(PASSWORD));
            default -> null;
        });
        return new Prometheus(access, secrets, clock, null, null, new TakenNotes(notes));
    }
}
