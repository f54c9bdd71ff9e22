package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

/** What is wrong about the way to the metrics is told by its name, before anything is asked. */
public class AccessChecksTest {
    private static final PrometheusAccess.OAuth2 OAUTH2 = new PrometheusAccess.OAuth2("https://login.example.org/token", "client", List.of("read"), "prom");
    private static final Secrets SECRETS = id -> id.equals("missing") ? Optional.empty() : Optional.of(new Login(id.equals("client") ? "me" : null, SecretText.of("s3cret")));
    private static final String HTTPS = "https://prometheus.example.org";
    private static final String HTTP = "http://prometheus:9090";

    private static PrometheusOptions options(String name) {
        PrometheusOptions d = PrometheusOptions.defaults();
        return new PrometheusOptions(
                name.equals("auth") ? OAUTH2 : d.auth(), name.equals("headers") ? Map.of("X-Scope-OrgID", "team") : d.headers(), name.equals("secretHeaders") ? Map.of("X-Key", "key") : d.secretHeaders(),
                name.equals("caCertificate") ? "-----BEGIN CERTIFICATE-----" : d.caCertificate(), name.equals("clientCertificateId") ? "me" : d.clientCertificateId(), name.equals("insecure"),
                name.equals("proxy") || name.equals("noProxy") ? "proxy:3128" : d.proxy(), name.equals("noProxy") ? List.of(".a") : d.noProxy(), name.equals("queryTimeout") ? "5s" : d.queryTimeout());
    }

    private static VerifyMetricsRequest request(String prometheus, String credentialsId, PrometheusOptions access, String... pages) {
        return new VerifyMetricsRequest(
                List.of(Check.ErrorRate.defaults()), prometheus, credentialsId, access, "a=\"1\"", "a=\"2\"", List.of(pages), List.of(pages), "5s", "1m", "fail");
    }

    private static DeliveryException refused(String parameter, VerifyMetricsRequest request) {
        DeliveryException e = assertThrows(parameter, DeliveryException.class, () -> AccessChecks.check(request, SECRETS));
        assertEquals(e.getMessage(), parameter, e.parameter());
        assertFalse(e.getMessage(), e.getMessage().contains("s3cret"));
        return e;
    }

    /** To the proxy the secret goes in the clear, and from there to the proxy's own loopback. */
    @Test
    public void loopbackBehindAProxyIsAnotherMachine() throws Exception {
        PrometheusOptions proxied = options("proxy");
        assertTrue(refused("prometheus", request("http://localhost:9090", "client", proxied)).getMessage().contains("without TLS"));
        AccessChecks.check(request("http://localhost:9090", "client", PrometheusOptions.defaults()), SECRETS);
        PrometheusOptions direct = new PrometheusOptions(
                proxied.auth(), proxied.headers(), proxied.secretHeaders(), null, null, false, proxied.proxy(), List.of("localhost"), proxied.queryTimeout());
        AccessChecks.check(request("http://localhost:9090", "client", direct), SECRETS);
    }

    @Test
    public void aQueryInTheServersUrlWouldSwallowThePathAndMayHoldAKey() {
        for (String end : List.of("?key=s3cret", "#", "/x?", "#/a")) {
            String message = refused("prometheus", request(HTTPS + end, null, PrometheusOptions.defaults())).getMessage();
            assertTrue(message, message.contains("has a query or a fragment"));
        }
    }

    @Test
    public void podsAreReachedThroughTheClusterAlone() throws Exception {
        for (String name : List.of("auth", "headers", "secretHeaders", "caCertificate", "clientCertificateId", "insecure", "proxy", "queryTimeout")) {
            assertTrue(refused(name, request(null, null, options(name))).getMessage().contains("since pods are read through the Kubernetes API"));
        }
        refused("credentialsId", request(null, "client", PrometheusOptions.defaults()));
        AccessChecks.check(request(null, null, PrometheusOptions.defaults()), SECRETS);
        Environment environment = new Environment((command, lines) -> { throw new AssertionError("no program is run here"); }, new ManualClock(), SECRETS, e -> {});
        assertEquals("headers", assertThrows(DeliveryException.class, () -> new MetricsGate(request(null, null, options("headers")), new Pods(), environment)).parameter());
    }

    @Test
    public void whatContradictsOrHasNoEffectIsRefused() throws Exception {
        refused("credentialsId", request(HTTPS, "client", options("auth")));
        for (String name : List.of("caCertificate", "clientCertificateId", "insecure")) {
            String told = refused(name, request("http://me:pw@prometheus:9090/?key=pw", null, options(name))).getMessage();
            assertTrue(told, told.startsWith(name + ": it has no effect on 'http://****@prometheus:9090/', which is reached without TLS."));
            refused(name, request(null, null, options(name), HTTP));
        }
        PrometheusOptions d = PrometheusOptions.defaults();
        AccessChecks.check(request(HTTP, null, new PrometheusOptions(OAUTH2, Map.of(), Map.of(), null, null, true, null, List.of(), "20s").withPlainHttp(true)));
        refused("caCertificate", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of(), "-----BEGIN CERTIFICATE-----", null, true, null, List.of(), "20s")));
        refused("noProxy", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, null, List.of(".a"), "20s")));
        for (String secret : List.of("Authorization", "cookie", "Proxy-Authorization")) {
            assertTrue(refused("headers", request(HTTPS, null, new PrometheusOptions(null, Map.of(secret, "s3cret"), Map.of(), null, null, false, null, List.of(), "20s"))).getMessage().contains("secretHeaders"));
        }
        refused("secretHeaders", request(HTTPS, null, new PrometheusOptions(null, Map.of("x-key", "a"), Map.of("X-Key", "key"), null, null, false, null, List.of(), "20s")));
        refused("secretHeaders", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of("X-Key", "missing"), null, null, false, null, List.of(), "20s")));
        refused("secretHeaders", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of("X-Key", " "), null, null, false, null, List.of(), "20s")));
        refused("queryTimeout", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, null, List.of(), "soon")));
        refused("queryTimeout", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, null, List.of(), "11m")));
        refused("caCertificate", request(HTTPS, null, options("caCertificate")));
        refused("clientCertificateId", request(HTTPS, null, options("clientCertificateId"), HTTPS));
        refused("proxy", request(HTTPS, null, new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, "proxy", List.of(), "20s")));
        refused("credentialsId", request(HTTPS, "missing", d));
    }

    @Test
    public void aSecretIsNotSentWithoutTls() throws Exception {
        PrometheusOptions secretHeader = options("secretHeaders");
        PrometheusOptions plainTokens = new PrometheusOptions(
                new PrometheusAccess.OAuth2("http://login.example.org/token?key=s3cret", "client", List.of(), null), Map.of(), Map.of(), null, null, false, null, List.of(), "20s");
        String told = refused("prometheus", request(HTTP, "client", PrometheusOptions.defaults())).getMessage();
        assertEquals("prometheus: a secret would be sent to 'http://prometheus:9090' without TLS. Give an https URL, or set allowPlainHttp, only in a network that you trust.", told);
        refused("prometheus", request(HTTP, null, secretHeader));
        refused("prometheus", request(HTTP, null, options("auth")));
        assertTrue(refused("auth", request(HTTPS, null, plainTokens)).getMessage().contains("'http://login.example.org/token'"));
        refused("scrapeCanary", request(null, "client", PrometheusOptions.defaults(), HTTPS, HTTP));
        refused("prometheus", request("HTTP://127.0.0.1.example.org", "client", PrometheusOptions.defaults()));
        for (PrometheusOptions options : List.of(secretHeader, options("auth"))) {
            AccessChecks.check(request(HTTP, null, options.withPlainHttp(true)), SECRETS);
        }
        AccessChecks.check(request(HTTPS, null, plainTokens.withPlainHttp(true)), SECRETS);
        for (String own : List.of("http://127.0.0.1:9090", "http://localhost:9090/x", "http://[::1]:9090")) {
            AccessChecks.check(request(own, "client", PrometheusOptions.defaults()));
        }
        AccessChecks.check(request(HTTP, null, options("headers")), SECRETS);
        refused("allowPlainHttp", request(HTTP, null, PrometheusOptions.defaults().withPlainHttp(true)));
        refused("allowPlainHttp", request(HTTPS, "client", PrometheusOptions.defaults().withPlainHttp(true)));
        refused("allowPlainHttp", request(null, null, PrometheusOptions.defaults().withPlainHttp(true)));
    }

    @Test
    public void whatFitsIsTakenForAServerAndForPages() throws Exception {
        for (String name : List.of("auth", "headers", "secretHeaders", "insecure", "proxy", "noProxy", "queryTimeout")) {
            AccessChecks.check(request(HTTPS, null, options(name)), SECRETS);
            AccessChecks.check(request(null, null, options(name), HTTPS), SECRETS);
        }
    }

    @Test
    public void theRequestSurvivesARestart() throws Exception {
        PrometheusOptions all = new PrometheusOptions(OAUTH2, Map.of("A", "1"), Map.of("B", "id"), "pem", "me", true, true, "proxy:3128", List.of(".a"), "5s");
        VerifyMetricsRequest request = request(HTTPS, null, all, HTTPS);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(request);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(request, in.readObject());
        }
        PrometheusAccess access = all.access(HTTPS, null);
        assertEquals(OAUTH2, access.authentication());
        assertEquals(List.of(new PrometheusAccess.Header("A", "1", null), new PrometheusAccess.Header("B", null, "id")), access.headers());
        assertEquals(Duration.ofSeconds(5), access.queryTimeout());
        assertEquals(PrometheusAccess.DEFAULT_QUERY_TIMEOUT, PrometheusOptions.defaults().access(HTTPS, null).queryTimeout());
        assertEquals(PrometheusAccess.of(HTTPS, "client"), PrometheusOptions.defaults().access(HTTPS, "client"));
    }
}
