package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.Before;
import org.junit.Test;

/**
 * Every source of metrics: its host is checked before a request is sent, and of its secrets nothing is told, whatever a server repeats of what
 * it was sent. Pods are read through the cluster's API server, whose host is checked with the cluster's access.
 */
public class HostsAndSecretsTest {
    private static final String SCALAR = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"4\"]}}";
    private static final String MATRIX = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";
    private static final String PASSWORD = "p4ss/word+of ann";
    private static final String TOKEN = "t0ken-of-the-robot";
    private static final String KEY = "k3y-in-a-header";
    private static final String ISSUED = "1ssued-by-the-endpoint";
    private static final Map<String, Login> LOGINS = Map.of(
            "pair", new Login("ann", SecretText.of(PASSWORD)),
            "token", new Login(null, SecretText.of(TOKEN)),
            "key", new Login(null, SecretText.of(KEY)));

    private final List<String> notes = new ArrayList<>();
    private KnownSecrets known;
    private HostRules hosts = HostRules.standard();

    /** Asks a source once; the URL is that of the server that the case is about. */
    private interface Ask {
        void of(String url) throws MetricSource.Unavailable, DeliveryException, InterruptedException;
    }

    /**
     * A source.
     *
     * @param parameter the parameter that names its URL
     */
    private record Source(String parameter, Ask ask) {}

    @Before
    public void fresh() {
        known = new KnownSecrets();
        notes.clear();
    }

    private SourceContext context() {
        Secrets secrets = known.learning(id -> Optional.ofNullable(LOGINS.get(id)));
        return new SourceContext(secrets, known, hosts, Clock.system(), new TakenNotes(notes), new SharedReads());
    }

    private static PrometheusAccess access(String url, PrometheusAccess.Authentication login) {
        return PrometheusAccess.of(url, null).with(login).withHeaders(List.of(new PrometheusAccess.Header("X-Key", null, "key")));
    }

    private Prometheus prometheus(String url, PrometheusAccess.Authentication login) throws DeliveryException {
        Prometheus prometheus = new Prometheus(access(url, login), null, null, context());
        prometheus.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(20)));
        return prometheus;
    }

    /** All of them. */
    private Map<String, Source> sources() {
        PrometheusAccess.Authentication pair = new PrometheusAccess.Credentials("pair");
        PrometheusAccess.Authentication token = new PrometheusAccess.Credentials("token");
        PrometheusAccess.Authentication aws = new PrometheusAccess.SigV4("eu-central-1", "pair", "token", null);
        Map<String, Source> sources = new LinkedHashMap<>();
        sources.put("instant query", new Source("prometheus", url -> prometheus(url, pair).query("up")));
        sources.put("range query", new Source("prometheus", url -> {
            Instant now = Instant.now();
            prometheus(url, token).queryRange("up", now.minusSeconds(60), now, Duration.ofSeconds(15));
        }));
        sources.put("signed query", new Source("prometheus", url -> prometheus(url, aws).query("up")));
        sources.put("scrape", new Source("scrapeCanary", url -> {
            ScrapeSource scrape =
                    ScrapeSource.ofUrls(List.of(url + "/metrics"), List.of(url), MetricNames.of(List.of("n"), List.of()), access(null, pair), context());
            scrape.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(20)));
            scrape.counters(new Selector("n", null, "labels"), Track.CANARY, Instant.EPOCH);
        }));
        sources.put("token endpoint", new Source("auth", url -> {
            try (LoopbackServer behind = LoopbackServer.start(request -> new LoopbackServer.Answer(200, SCALAR))) {
                prometheus(behind.url(), new PrometheusAccess.OAuth2(url + "/token", "pair", List.of(), null)).query("up");
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        }));
        sources.put("query with an issued token", new Source("prometheus", url -> {
            String answer = "{\"access_token\":\"" + ISSUED + "\",\"expires_in\":300}";
            try (LoopbackServer tokens = LoopbackServer.start(request -> new LoopbackServer.Answer(200, answer))) {
                hosts = also(tokens);
                prometheus(url, new PrometheusAccess.OAuth2(tokens.url(), "pair", List.of(), null)).query("up");
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        }));
        return sources;
    }

    /** The rules of the case, and the host of its own token endpoint. */
    private HostRules also(LoopbackServer server) throws DeliveryException {
        return hosts.equals(HostRules.standard()) ? hosts : only("127.0.0.1:1", authority(server));
    }

    private static HostRules only(String... lines) throws DeliveryException {
        return HostRules.of("allowedHosts", List.of(lines));
    }

    private static String authority(LoopbackServer server) {
        return URI.create(server.url()).getAuthority();
    }

    @Test(timeout = 120_000)
    public void noMetadataServiceIsAskedInWhateverFormItIsWritten() {
        for (Map.Entry<String, Source> source : sources().entrySet()) {
            for (String host : List.of("169.254.169.254", "2852039166", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200")) {
                String what = source.getKey() + " of " + host;
                DeliveryException e = assertThrows(what, DeliveryException.class, () -> source.getValue().ask().of("http://" + host));
                assertEquals(what, Kind.REFUSED, e.kind());
                assertEquals(what, source.getValue().parameter(), e.parameter());
                assertTrue(e.getMessage(), e.getMessage().contains("so no request is sent to it"));
            }
        }
    }

    @Test(timeout = 120_000)
    public void onlyAHostThatTheAdministratorAllowsIsAsked() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, SCALAR))) {
            for (Map.Entry<String, Source> source : sources().entrySet()) {
                hosts = only("127.0.0.1:1");
                DeliveryException e = assertThrows(source.getKey(), DeliveryException.class, () -> source.getValue().ask().of(server.url()));
                assertEquals(source.getKey(), Kind.REFUSED, e.kind());
                assertEquals(source.getKey(), source.getValue().parameter(), e.parameter());
            }
            assertEquals("no request came", List.of(), server.requests());
        }
    }

    @Test(timeout = 60_000)
    public void aProxyIsCheckedAsWell() throws Exception {
        PrometheusAccess proxied = access("http://prometheus.invalid", new PrometheusAccess.NoLogin()).withProxy("169.254.169.254:80", List.of());
        Prometheus prometheus = new Prometheus(proxied, null, null, context());
        prometheus.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(20)));
        DeliveryException e = assertThrows(DeliveryException.class, () -> prometheus.query("up"));
        assertEquals("proxy", e.parameter());
        assertEquals(Kind.REFUSED, e.kind());
    }

    @Test(timeout = 120_000)
    public void noRedirectIsFollowed() throws Exception {
        try (LoopbackServer elsewhere = LoopbackServer.start(request -> new LoopbackServer.Answer(200, SCALAR));
                LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(307, "", Map.of("Location", elsewhere.url())))) {
            for (Map.Entry<String, Source> source : sources().entrySet()) {
                assertThrows(source.getKey(), Exception.class, () -> source.getValue().ask().of(server.url()));
            }
            assertEquals("no secret goes where a server leads", List.of(), elsewhere.requests());
            assertTrue(server.requests().size() >= sources().size());
        }
    }

    /** What a server may put its guest's secrets into. */
    private static Map<String, Function<String, LoopbackServer.Answer>> answers() {
        Map<String, Function<String, LoopbackServer.Answer>> answers = new LinkedHashMap<>();
        answers.put("a wrong query", said -> new LoopbackServer.Answer(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"" + said + "\"}"));
        answers.put("an error", said -> new LoopbackServer.Answer(422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"" + said + "\"}"));
        answers.put("a long error", said -> new LoopbackServer.Answer(
                422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"" + "x".repeat(980) + " " + said + said + "\"}"));
        answers.put("warnings", said -> new LoopbackServer.Answer(200, SCALAR.replace("\"data\"", "\"warnings\":[\"" + said + "\"],\"infos\":[\"" + said + "\"],\"data\"")));
        answers.put("warnings of a range", said -> new LoopbackServer.Answer(200, MATRIX.replace("\"data\"", "\"warnings\":[\"" + said + "\"],\"data\"")));
        answers.put("a result's type", said -> new LoopbackServer.Answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"" + said + "\",\"result\":[]}}"));
        answers.put("a number", said -> new LoopbackServer.Answer(200, SCALAR.replace("\"4\"", "\"" + said + "\"")));
        answers.put("a page", said -> new LoopbackServer.Answer(503, "<html>" + said));
        answers.put("a redirect", said -> new LoopbackServer.Answer(302, "", Map.of("Location", "http://elsewhere.invalid/?q=" + said.replace(' ', '+'))));
        answers.put("a coding", said -> new LoopbackServer.Answer(200, "x", Map.of("Content-Encoding", said)));
        answers.put("metrics", said -> new LoopbackServer.Answer(200, "n{a=\"" + said + "\"} 1\nn{a=\"" + said + "\"} 1\n# " + said + "\nn{" + said + "\n"));
        answers.put("an error of OAuth 2.0", said -> new LoopbackServer.Answer(400, "{\"error\":\"" + said + "\",\"error_description\":\"" + said + "\"}"));
        answers.put("a type of token", said -> new LoopbackServer.Answer(
                200, "{\"access_token\":\"" + ISSUED + "\",\"token_type\":\"" + said + ISSUED + "\"}"));
        answers.put("a token that can't be sent", said -> new LoopbackServer.Answer(200, "{\"access_token\":\"" + ISSUED + " " + said + "\"}"));
        return answers;
    }

    /** All that was sent, and the secrets by themselves in the forms that servers write them in. */
    private static String repeated(LoopbackServer.Request request) {
        List<String> said = new ArrayList<>(List.of("you", "sent"));
        for (String name : List.of("Authorization", "X-Key", "X-Amz-Security-Token")) {
            said.add(String.valueOf(request.header(name)));
        }
        for (String secret : List.of(PASSWORD, TOKEN, KEY)) {
            said.add(secret);
            said.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            said.add(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
        }
        said.add(request.body().replaceAll("[^ -~]", ""));
        return String.join(" ", said).replace("\\", "").replace("\"", "");
    }

    /** What must not be found: only what this source was given, or was issued. */
    private static List<String> forbidden(String source) {
        List<String> forbidden = new ArrayList<>(List.of(KEY));
        if (source.equals("range query") || source.equals("signed query")) {
            forbidden.add(TOKEN);
        }
        if (!source.equals("range query")) {
            forbidden.add(PASSWORD);
        }
        if (source.contains("token")) {
            forbidden.add(ISSUED);
        }
        List<String> forms = new ArrayList<>(forbidden);
        for (String secret : forbidden) {
            forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            forms.add(Base64.getEncoder().withoutPadding().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
        }
        if (source.equals("instant query") || source.equals("scrape")) {
            forms.add(Base64.getEncoder().withoutPadding().encodeToString(("ann:" + PASSWORD).getBytes(StandardCharsets.UTF_8)));
        }
        return forms;
    }

    @Test(timeout = 240_000)
    public void nothingThatAServerRepeatsIsTold() throws Exception {
        int told = 0;
        for (Map.Entry<String, Function<String, LoopbackServer.Answer>> answer : answers().entrySet()) {
            try (LoopbackServer server = LoopbackServer.start(request -> answer.getValue().apply(repeated(request)))) {
                for (Map.Entry<String, Source> source : sources().entrySet()) {
                    fresh();
                    String text = told(() -> source.getValue().ask().of(server.url()));
                    for (String form : forbidden(source.getKey())) {
                        assertFalse(source.getKey() + ", " + answer.getKey() + ": " + form + " in " + text, text.contains(form));
                    }
                    told += text.contains("****") ? 1 : 0;
                }
            }
        }
        assertTrue("servers repeat secrets in this test, and were masked " + told + " times", told > 20);
    }

    /** A pod's page and what an API server says of it: they have no login, and may know the secrets of others. */
    @Test(timeout = 60_000)
    public void nothingThatAPodRepeatsIsTold() throws Exception {
        known.learn(SecretText.of(PASSWORD));
        for (TrackMetrics pods : List.<TrackMetrics>of(
                track -> {
                    throw DeliveryException.failed("cluster", "the pod said " + PASSWORD, "Ask it not to say " + PASSWORD + ".", new IllegalStateException(PASSWORD));
                },
                track -> {
                    throw new IllegalStateException(PASSWORD);
                },
                track -> List.of(new TrackMetrics.Page("pod " + PASSWORD, "n{a=\"" + PASSWORD + "\"} 1\nn{a=\"" + PASSWORD + "\"} 1\n")),
                track -> List.of(new TrackMetrics.Page("pod " + PASSWORD, "n{a=\"" + PASSWORD + " ".repeat(70_000))))) {
            notes.clear();
            String text = told(() -> {
                ScrapeSource source = ScrapeSource.ofPods(pods, MetricNames.of(List.of("n"), List.of()), context());
                source.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(20)));
                source.counters(new Selector("n", null, "labels"), Track.CANARY, Instant.EPOCH);
            });
            assertFalse(text, text.contains(PASSWORD));
            assertTrue(text, text.contains("****"));
        }
    }

    private interface Work {
        void run() throws MetricSource.Unavailable, DeliveryException, InterruptedException;
    }

    /** Everything that somebody may read of it: the notes and the whole of an exception, as the engine lets them out. */
    private String told(Work work) throws InterruptedException {
        StringWriter all = new StringWriter();
        PrintWriter out = new PrintWriter(all, true);
        try {
            work.run();
        } catch (MetricSource.Unavailable e) {
            known.mask((Throwable) e).printStackTrace(out);
            known.mask(e.failure("prometheus")).printStackTrace(out);
        } catch (DeliveryException e) {
            known.mask(e).printStackTrace(out);
        }
        notes.forEach(note -> out.println(known.mask(note)));
        return all.toString();
    }
}
