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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.Test;

/** Pages by URL, from a real HTTP server. */
public class UrlMetricsTest {
    private static final String UNREAD =
            "; without all pages of a version a look is no evidence, since the pod that fails may be the one that can't answer";

    private final List<String> notes = new ArrayList<>();

    private UrlMetrics urls(List<String> canary, List<String> stable, Login login) throws DeliveryException {
        return new UrlMetrics(canary, stable, PrometheusAccess.of(null, login == null ? null : "login"), Sources.context(id -> Optional.ofNullable(login), Clock.system(), notes));
    }

    private static List<PageSource.Page> read(UrlMetrics metrics, Track track) throws Exception {
        return metrics.read(track, MetricNames.all(), Sources.budget());
    }

    @Test
    public void readsThePagesOfTheTrackThatIsAskedFor() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "page{path=\"" + r.path() + "\"} 1\n"))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/c"), List.of(server.url() + "/s1", server.url() + "/s2"), null);
            assertEquals(List.of("page{path=\"/c\"} 1\n"), read(metrics, Track.CANARY).stream().map(p -> p.text().page()).toList());
            assertEquals(List.of(server.url() + "/s1", server.url() + "/s2"), read(metrics, Track.STABLE).stream().map(p -> p.source()).toList());
            assertEquals(null, server.requests().get(0).authorization());
        }
    }

    @Test
    public void aUrlThatIsNamedTwiceIsReadOnceWhichIsTold() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "a 1\n"))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/c", server.url() + "/c"), List.of(server.url() + "/s"), null);
            assertEquals(1, read(metrics, Track.CANARY).size());
            assertEquals(1, server.requests().size());
            assertEquals(List.of("info: scrapeCanary names a URL more than once, which is read once"), notes);
        }
    }

    @Test
    public void aLookWithoutOnePageIsNotComplete() throws Exception {
        boolean[] up = {false};
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(r.path().equals("/b") && !up[0] ? 503 : 200, "a 1"))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/a", server.url() + "/b"), List.of(), null);
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY));
            assertTrue(e.isPartial());
            assertEquals(server.url() + "/b answered with status 503" + UNREAD, e.getMessage());
            up[0] = true;
            assertEquals(2, read(metrics, Track.CANARY).size());
        }
    }

    @Test
    public void aPageThatWantsALoginSaysWhereItIsGiven() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(401, ""))) {
            String url = server.url() + "/metrics";
            String remedy = " Give credentials that may query it, ";
            assertEquals("credentialsId: " + url + " asks for a login (status 401)." + remedy + "here or in auth.", refused(urls(List.of(url), List.of(), null)));
            Login login = new Login("ann", SecretText.of("secret"));
            assertEquals("credentialsId: " + url + " refuses the login (status 401)." + remedy + "and see that they have not expired.", refused(urls(List.of(url), List.of(), login)));
        }
    }

    private static String refused(UrlMetrics metrics) {
        return assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY)).failure("scrapeCanary").getMessage();
    }

    @Test
    public void thePagesAreReachedAsTheAccessSays() throws Exception {
        AtomicInteger given = new AtomicInteger();
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"access_token\":\"t" + given.incrementAndGet() + "\"}"));
                LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer("Bearer t1".equals(r.authorization()) ? 401 : 200, "a 1"))) {
            PrometheusAccess access = PrometheusAccess.of(null, null)
                    .with(new PrometheusAccess.OAuth2(tokens.url(), "login", List.of(), null))
                    .withHeaders(List.of(new PrometheusAccess.Header("X-Scope-OrgID", "team", null)))
                    .withProxy(server.url(), List.of("127.0.0.1"));
            UrlMetrics metrics = new UrlMetrics(
                    List.of("http://model.invalid/metrics"), List.of(), access, Sources.context(id -> Optional.of(new Login("ann", SecretText.of("secret"))), Clock.system(), notes));
            assertTrue(assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY)).getMessage().contains("status 401"));
            assertEquals("a token that was refused is not used again", 1, read(metrics, Track.CANARY).size());
            assertEquals(List.of("team", "team"), server.requests().stream().map(r -> r.header("X-Scope-OrgID")).toList());
            assertTrue(server.requests().get(0).header("Accept").contains("openmetrics"));
            assertEquals("identity", server.requests().get(0).header("Accept-Encoding"));
        }
    }

    @Test
    public void onePageOfSeveralIsNotEnough() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(r.path().equals("/up") ? 200 : 503, "a 1"))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/down", server.url() + "/up", "http://127.0.0.1:" + LoopbackServer.closedPort()), List.of(), null);
            assertEquals(server.url() + "/down answered with status 503, and so 1 more page" + UNREAD,
                    assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY)).getMessage());
        }
    }

    @Test
    public void noPageAtAllIsUnavailableByTheTracksParameter() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(404, ""))) {
            UrlMetrics metrics = urls(List.of(server.url() + "/m"), List.of("http://127.0.0.1:" + LoopbackServer.closedPort() + "/m"), null);
            MetricSource.Unavailable canary = assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY));
            assertEquals("scrapeCanary", canary.failure("x").parameter());
            assertEquals(server.url() + "/m answered with status 404", canary.getMessage());
            MetricSource.Unavailable stable = assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.STABLE));
            assertEquals("scrapeStable", stable.failure("x").parameter());
            assertTrue(stable.getMessage(), stable.getMessage().contains("connection refused"));
        }
    }

    @Test
    public void aPageThatIsNotWholeOrNoneIsNotRead() throws Exception {
        Map<String, String> pages = Map.of(
                "a 1\na{b=\"c} 2\na 3\n", "line 2 is no sample: a text in quotes has no end",
                "# HELP a\n\na{b=\"c\"} 2,5\n", "line 3 is no sample: '2,5' is not a valid value",
                "<html>a 1</html>", "line 1 is no sample: '<html>a' is not a valid name",
                "{\"status\": \"success\"}", "line 1 is no sample: the labels are not readable");
        for (Map.Entry<String, String> page : pages.entrySet()) {
            try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, page.getKey()))) {
                assertEquals(server.url() + " can't be read: " + page.getValue(),
                        assertThrows(MetricSource.Unavailable.class,
                                () -> read(urls(List.of(server.url()), List.of(), null), Track.CANARY)).getMessage());
            }
        }
    }

    @Test
    public void aPageOfAnotherTypeIsNotRead() throws Exception {
        Map<String, String> types = Map.of(
                "text/html; charset=utf-8", "it is text/html and no metrics page in text",
                "application/vnd.google.protobuf", "it is application/vnd.google.protobuf and no metrics page in text",
                "application/openmetrics-text; version=1.0.0",
                "it does not end with '# EOF' as OpenMetrics does, so a part of it is missing");
        for (Map.Entry<String, String> type : types.entrySet()) {
            try (LoopbackServer server = LoopbackServer.start(
                    r -> new LoopbackServer.Answer(200, "a 1\n", Map.of("Content-Type", type.getKey())))) {
                assertTrue(assertThrows(MetricSource.Unavailable.class,
                        () -> read(urls(List.of(server.url()), List.of(), null), Track.CANARY))
                        .getMessage().endsWith(" can't be read: " + type.getValue()));
            }
        }
    }

    @Test
    public void aPageThatWantsALoginSaysSo() throws Exception {
        for (int status : List.of(401, 403)) {
            try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(status, ""))) {
                UrlMetrics metrics = urls(List.of(server.url() + "/m"), List.of(), null);
                MetricSource.Unavailable refused =
                        assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY));
                assertEquals(server.url() + "/m asks for a login (status " + status
                        + "); give credentials that may query it, here or in auth", refused.getMessage());
            }
        }
    }

    @Test
    public void whatIsNoUrlIsRefusedWithoutTellingItsPassword() {
        for (String url : List.of(
                "", "model:8080", "ftp://host/m", "http://", "/metrics", "http://host name/", "http://user:secret@host/m", "https://user:secret@host", "user:secret@host", "http://host:99999/m",
                "http://user:secret@" + "h".repeat(10_000))) {
            DeliveryException e = assertThrows(url, DeliveryException.class, () -> urls(List.of(url), List.of(), null));
            assertEquals("scrapeCanary", e.parameter());
            assertFalse(e.getMessage(), e.getMessage().contains("secret") || e.getMessage().length() > 500);
        }
    }

    @Test
    public void thereAreAsManyPagesAsALookCanRead() throws Exception {
        DeliveryException e = assertThrows(DeliveryException.class, () -> urls(List.of(), IntStream.range(0, 501).mapToObj(i -> "http://127.0.0.1/" + i).toList(), null));
        assertEquals("scrapeStable: there are 501 URLs, more than 500. Give those of some pods, or let Prometheus collect the metrics.", e.getMessage());
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "a 1"))) {
            UrlMetrics metrics = urls(IntStream.range(0, 500).mapToObj(i -> server.url() + "/" + i).toList(), List.of(), null);
            List<PageSource.Page> pages = read(metrics, Track.CANARY);
            assertEquals(IntStream.range(0, 500).mapToObj(i -> server.url() + "/" + i).toList(), pages.stream().map(PageSource.Page::source).toList());
        }
    }

    @Test
    public void theLoginIsSent() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "a 1"))) {
            read(urls(List.of(server.url()), List.of(), new Login("ann", SecretText.of("pä:ss"))), Track.CANARY);
            read(urls(List.of(server.url()), List.of(), new Login(null, SecretText.of("t0ken\n"))), Track.CANARY);
            assertEquals("Basic YW5uOnDDpDpzcw==", server.requests().get(0).authorization());
            assertEquals("Bearer t0ken", server.requests().get(1).authorization());
        }
    }

    /** Eight stalled pages are all that are read at a time: the others have their turn nevertheless, and first the next time. */
    @Test(timeout = 30_000)
    public void pagesThatStallDoNotHoldUpTheOthers() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, r.path().startsWith("/stalls") ? null : "a 1"))) {
            List<String> all = new ArrayList<>(IntStream.range(0, 9).mapToObj(i -> server.url() + "/stalls" + i).toList());
            all.add(server.url() + "/well");
            UrlMetrics metrics = new UrlMetrics(
                    all, List.of(), PrometheusAccess.of(null, null).withQueryTimeout(Duration.ofSeconds(1)), Sources.context(id -> Optional.empty(), Clock.system(), notes));
            String stalled = server.url() + "/stalls0 gave no answer in time, and so 8 more pages" + UNREAD;
            assertEquals(stalled, assertThrows(MetricSource.Unavailable.class, () -> read(metrics, Track.CANARY)).getMessage());
            assertEquals("who answered last time goes first", stalled, assertThrows(MetricSource.Unavailable.class,
                    () -> metrics.read(Track.CANARY, MetricNames.all(), Sources.budget(Duration.ofMillis(900)))).getMessage());
        }
    }

    @Test(timeout = 10_000)
    public void anAnswerThatStallsBehindItsHeadersIsGivenUpAtTheLooksEnd() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            UrlMetrics metrics = urls(List.of(server.url()), List.of(), null);
            MetricSource.Unavailable e = assertThrows(
                    MetricSource.Unavailable.class, () -> metrics.read(Track.CANARY, MetricNames.all(), Sources.budget(Duration.ofMillis(300))));
            assertEquals(server.url() + " gave no answer in time", e.getMessage());
        }
    }

    @Test
    public void aPageBeyondTheLimitIsGivenUp() throws Exception {
        String large = "b 1\n".repeat(4 * 1024 * 1024 + 1);
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, large))) {
            MetricSource.Unavailable e = assertThrows(
                    MetricSource.Unavailable.class, () -> urls(List.of(server.url()), List.of(), null).read(Track.CANARY, MetricNames.of(List.of("a"), List.of()), Sources.budget()));
            assertEquals(server.url() + " sent more than 16 MiB; let it show fewer metrics", e.getMessage());
        }
    }

    /** It may be an echo of what was sent. */
    @Test
    public void aPackingThatIsNoneIsNotQuoted() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "a 1", Map.of("Content-Encoding", "Bearer s3cret")))) {
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> read(urls(List.of(server.url()), List.of(), null), Track.CANARY));
            assertTrue(e.getMessage(), e.getMessage().contains(" sent an answer packed with something unknown, which"));
        }
    }

    @Test
    public void anAnswerThatIsPackedIsRefused() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "a 1", Map.of("Content-Encoding", "GZip")))) {
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> read(urls(List.of(server.url()), List.of(), null), Track.CANARY));
            assertEquals(server.url() + " sent an answer packed with 'gzip', which was not asked for; have it, or the proxy before it, send it as it is", e.getMessage());
        }
    }

    @Test(timeout = 10_000)
    public void anInterruptEndsTheRequest() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> read(urls(List.of(server.url()), List.of(), null), Track.CANARY));
        }
    }
}
