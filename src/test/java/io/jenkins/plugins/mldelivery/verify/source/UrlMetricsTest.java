package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

/** Pages by URL, from a real HTTP server. */
public class UrlMetricsTest {
    @Test
    public void readsThePagesOfTheTrackThatIsAskedFor() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "page of " + r.path()))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/c"), List.of(server.url() + "/s1", server.url() + "/s2"), null);
            assertEquals(List.of("page of /c"), metrics.scrape(Track.CANARY).stream().map(p -> p.text()).toList());
            assertEquals(List.of(server.url() + "/s1", server.url() + "/s2"), metrics.scrape(Track.STABLE).stream().map(p -> p.source()).toList());
            assertEquals(null, server.requests().get(0).authorization());
        }
    }

    private final List<String> notes = new ArrayList<>();

    private UrlMetrics urls(List<String> canary, List<String> stable, Login login) throws DeliveryException {
        return new UrlMetrics(canary, stable, PrometheusAccess.of(null, login == null ? null : "login"), id -> Optional.ofNullable(login), Clock.system(), new TakenNotes(notes));
    }

    @Test
    public void onePageThatIsAwayIsToldOnceAndThatItIsBack() throws Exception {
        boolean[] up = {false};
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(r.path().equals("/b") && !up[0] ? 503 : 200, "text"))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/a", server.url() + "/b"), List.of(), null);
            metrics.scrape(Track.CANARY);
            metrics.scrape(Track.CANARY);
            up[0] = true;
            assertEquals(2, metrics.scrape(Track.CANARY).size());
            assertEquals(List.of("warning: " + server.url() + "/b answered with status 503; the other canary pages are read without it", "info: " + server.url() + "/b can be read again"), notes);
        }
    }

    @Test
    public void thePagesAreReachedAsTheAccessSays() throws Exception {
        AtomicInteger given = new AtomicInteger();
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"access_token\":\"t" + given.incrementAndGet() + "\"}"));
                LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer("Bearer t1".equals(r.authorization()) ? 401 : 200, "text"))) {
            PrometheusAccess access = PrometheusAccess.of(null, null)
                    .with(new PrometheusAccess.OAuth2(tokens.url(), "login", List.of(), null))
                    .withHeaders(List.of(new PrometheusAccess.Header("X-Scope-OrgID", "team", null)))
                    .withProxy(server.url(), List.of("127.0.0.1"));
            UrlMetrics metrics = new UrlMetrics(
                    List.of("http://model.invalid/metrics"), List.of(), access, id -> Optional.of(new Login("ann", SecretText.of("secret"))), Clock.system(), new TakenNotes(notes));
            assertTrue(assertThrows(DeliveryException.class, () -> metrics.scrape(Track.CANARY)).getMessage().contains("status 401"));
            assertEquals("a token that was refused is not used again", 1, metrics.scrape(Track.CANARY).size());
            assertEquals(List.of("team", "team"), server.requests().stream().map(r -> r.header("X-Scope-OrgID")).toList());
            assertTrue(server.requests().get(0).header("Accept").contains("openmetrics"));
        }
    }

    @Test
    public void onePageOfSeveralIsEnough() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(r.path().equals("/up") ? 200 : 503, "text"))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/down", server.url() + "/up", "http://127.0.0.1:" + LoopbackServer.closedPort()), List.of(), null);
            assertEquals(1, metrics.scrape(Track.CANARY).size());
        }
    }

    @Test
    public void noPageAtAllIsUnreachableByTheTracksParameter() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(404, ""))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/m"), List.of("http://127.0.0.1:" + LoopbackServer.closedPort() + "/m"), null);
            DeliveryException canary = assertThrows(DeliveryException.class, () -> metrics.scrape(Track.CANARY));
            assertEquals(DeliveryException.Kind.UNREACHABLE, canary.kind());
            assertEquals("scrapeCanary: " + server.url() + "/m answered with status 404.", canary.getMessage());
            DeliveryException stable = assertThrows(DeliveryException.class, () -> metrics.scrape(Track.STABLE));
            assertEquals("scrapeStable", stable.parameter());
            assertTrue(stable.getMessage(), stable.getMessage().contains("connection refused"));
        }
    }

    @Test
    public void whatIsNoUrlIsRefusedWithoutTellingItsPassword() {
        for (String url : List.of("", "model:8080", "ftp://host/m", "http://", "/metrics", "http://host name/", "http://user:secret@host/m", "https://user:secret@host")) {
            DeliveryException e = assertThrows(url, DeliveryException.class, () -> urls(List.of(url), List.of(), null));
            assertEquals("scrapeCanary", e.parameter());
            assertFalse(e.getMessage(), e.getMessage().contains("secret"));
        }
    }

    @Test
    public void theLoginIsSent() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "a 1"))) {
            urls(List.of(server.url()), List.of(), new Login("ann", SecretText.of("pä:ss"))).scrape(Track.CANARY);
            urls(List.of(server.url()), List.of(), new Login(null, SecretText.of("t0ken"))).scrape(Track.CANARY);
            assertEquals("Basic YW5uOnDDpDpzcw==", server.requests().get(0).authorization());
            assertEquals("Bearer t0ken", server.requests().get(1).authorization());
        }
    }

    @Test(timeout = 10_000)
    public void anAnswerThatStallsBehindItsHeadersIsGivenUp() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            Http http = new Http(Authorizer.none());
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> http.send(HttpCall.get(URI.create(server.url()), Map.of()), Duration.ofMillis(300)));
            assertEquals(server.url() + " gave no answer in time", e.getMessage());
        }
    }

    @Test
    public void aPageBeyondTheLimitIsGivenUp() throws Exception {
        String large = "x".repeat(32 * 1024 * 1024 + 1);
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, large))) {
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> new Http(Authorizer.none()).send(HttpCall.get(URI.create(server.url()), Map.of()), Http.PATIENCE));
            assertEquals(server.url() + " sent more than 32 MiB", e.getMessage());
        }
    }

    @Test(timeout = 10_000)
    public void anInterruptEndsTheRequest() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> new Http(Authorizer.none()).send(HttpCall.get(URI.create(server.url()), Map.of()), Http.PATIENCE));
        }
    }
}
