package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Whatever servers send and people write, the parsers of this package end, with a value or with what is wrong. */
@RunWith(JUnitQuickcheck.class)
public class HostileSourcesTest {
    private static final String PAGE = "# HELP a b\n# TYPE a counter\na{b=\"c\\\"\",d=\"e\\\\\"} 1.5 99\na_total{x=\"1\"} 3\na_created 1.5e9\nh_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 3\n"
            + "{\"a\",q=\"z\"} 7\nprocess_start_time_seconds 1.7e9\n# EOF\n";
    private static final String MATRIX = "{\"status\":\"success\",\"warnings\":[\"w\"],\"infos\":[\"i\"],\"isPartial\":true,\"data\":{\"resultType\":\"matrix\",\"result\":["
            + "{\"metric\":{\"__name__\":\"m\",\"instance\":\"i\",\"le\":\"+Inf\"},\"values\":[[1.5,\"4\"],[2.5,\"5\"]]},"
            + "{\"metric\":{\"__name__\":\"m\",\"instance\":\"i\",\"le\":\"0.1\"},\"value\":[1700000000.123,\"1e3\"],"
            + "\"histograms\":[[3,{\"count\":\"10\",\"sum\":\"1\",\"buckets\":[[0,\"1\",\"2\",\"3\"],[3,\"-0.1\",\"0.1\",\"2\"]]}]]}]}}";
    private static final String ERROR = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:1: parse error\"}";
    private static final String SCALAR = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1435781460.781,\"1\"]}}";

    private final List<String> notes = new ArrayList<>();

    @Property(trials = 400)
    public void anyPage(@From(HostileText.class) @HostileText.Like({PAGE, "a{b=\"c\"} 1e308 9223372036854775807\nh_bucket{le=\"1\"} -1e308"}) String page) {
        HostileText.survives(page, () -> {
            ScrapeSource source = ScrapeSource.ofPods(
                    track -> List.of(new TrackMetrics.Page("pod", page), new TrackMetrics.Page("other", "a 1\n")), MetricNames.of(List.of("a"), List.of("h")),
                    Sources.context(Secrets.none(), Clock.system(), new ArrayList<>()));
            source.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(20)));
            source.mayHave(List.of("a", "h_bucket"), Track.CANARY);
            source.counters(new Selector("a", "b=~\"(c|d)*\"", "labels"), Track.CANARY, Instant.now());
            return source.histograms(Selector.of("h"), Track.CANARY, Instant.now());
        }, MetricSource.Unavailable.class);
    }

    /** What is kept of a page is what the whole page says. */
    @Property(trials = 300)
    public void nothingIsLostByKeepingWhatIsRead(@From(HostileText.class) @HostileText.Like(PAGE) String page) throws Exception {
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        String text = new String(bytes, StandardCharsets.UTF_8);
        ExpositionPage whole;
        ExpositionPage kept;
        try {
            whole = ExpositionParser.read(Sources.text(text), "a", new SharedTexts(Sources.budget()), Deadline.none());
        } catch (LimitExceededException e) {
            return;
        }
        try {
            PageFilter filter = new PageFilter(MetricNames.of(List.of("a"), List.of()), Sources.budget());
            for (int at = 0; at < bytes.length; at += 7) {
                int size = Math.min(7, bytes.length - at);
                filter.accept(Arrays.copyOfRange(bytes, at, at + size), size);
            }
            kept = ExpositionParser.read(filter.text(PageFilter.End.ANY), "a", new SharedTexts(Sources.budget()), Deadline.none());
        } catch (LimitExceededException | MalformedException e) {
            return;
        }
        assertEquals(whole.lines().size(), kept.lines().size());
        assertEquals(whole, kept);
    }

    @Property(trials = 600)
    public void anyAnswer(@From(HostileText.class) @HostileText.Like({MATRIX, ERROR, SCALAR}) String json) {
        HostileText.survives(json, () -> {
            ApiAnswer answer = ApiAnswer.parse(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), Sources.budget(), AskedRange.NONE);
            SeriesReader reader = new SeriesReader(new TakenNotes(new ArrayList<>()));
            reader.counters(answer.rows());
            reader.natives(answer.rows());
            return reader.classic(answer.rows(), Sources.budget());
        }, IOException.class);
    }

    @Property(trials = 400)
    public void anyRetryAfter(@From(HostileText.class) @HostileText.Like({"120", "Wed, 21 Oct 2026 07:28:00 GMT"}) String header) {
        HostileText.survives(header, () -> {
            Duration wait = RetryAfter.of(header, Instant.now());
            return wait == null ? null : Instant.now().plus(wait);
        });
    }

    @Property(trials = 400)
    public void anyProxy(@From(HostileText.class) @HostileText.Like({"proxy.example.org:3128", "http://[::1]:3128/"}) String proxy) {
        HostileText.survives(proxy, () -> ProxyRule.parse(proxy, List.of(proxy, ".example.com")).of(URI.create("http://a.example.org")));
    }

    @Property(trials = 400)
    public void anyUrl(@From(HostileText.class) @HostileText.Like({"https://ann:s3cret@prometheus:9090/x?a=b#c", "http://[fe80::1%25eth0]:80"}) String url) {
        HostileText.survives(url, () -> {
            assertTrue(Urls.shown(url).length() <= 210);
            return Urls.uri("prometheus", url);
        });
    }

    @Property(trials = 200)
    public void anyCertificate(
            @From(HostileText.class)
            @HostileText.Like({
                "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQW5hIHRlc3QgYXV0aG9yaXR5MAoGCCqGSM49BAMCMA8x\nDTALBgNVBAMMBHRlc3QwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAP\n-----END CERTIFICATE-----",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBHDBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIAAAAAAAAAAACAggA\nMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAAAAAAAAAAAAAAAAAAAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
                "MIIJqQIBAzCCCW8GCSqGSIb3DQEHAaCCCWAEgglcMIIJWDCCA48GCSqGSIb3DQEHBqCCA4A="}) String pem) {
        HostileText.survives(pem, () -> new Prometheus(PrometheusAccess.of("https://h", null).withTls(pem, null, false), null, null, Sources.context(Secrets.none(), Clock.system(), notes)));
        HostileText.survives(pem, () -> new Prometheus(
                PrometheusAccess.of("https://h", null).withTls(null, "own", false), null, null,
                Sources.context(id -> Optional.of(new Login(pem, SecretText.of("pw"))), Clock.system(), notes)));
    }

    @Property(trials = 120)
    public void anyTokenAnswer(
            @From(HostileText.class)
            @HostileText.Like({"{\"access_token\":\"t0ken\",\"token_type\":\"bearer\",\"expires_in\":9223372036854775807}", "{\"error\":\"invalid_client\",\"error_description\":\"no\"}"}) String json)
            throws Exception {
        try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(200, json.isEmpty() ? " " : json));
                LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, SCALAR))) {
            PrometheusAccess access = PrometheusAccess.of(server.url(), null).with(new PrometheusAccess.OAuth2(tokens.url(), "client", List.of("a"), null));
            Prometheus prometheus = new Prometheus(access, null, null, Sources.context(id -> Optional.of(new Login("ann", SecretText.of("s3cret"))), Clock.system(), notes));
            HostileText.survives(json, () -> prometheus.query("x"), MetricSource.Unavailable.class);
        }
    }

    /** Each of these was an overflow, or never ended. */
    @Test(timeout = 20_000)
    public void numbersAtTheEndsOfTheirRanges() throws Exception {
        for (String seconds : List.of("9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "1e999", "0", "1", "null", "\"1e308\"", "{}", "true")) {
            String json = "{\"access_token\":\"t0ken\",\"expires_in\":" + seconds + "}";
            try (LoopbackServer tokens = LoopbackServer.start(r -> new LoopbackServer.Answer(200, json));
                    LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(200, SCALAR))) {
                PrometheusAccess access = PrometheusAccess.of(server.url(), null).with(new PrometheusAccess.OAuth2(tokens.url(), "client", List.of(), null));
                Prometheus prometheus = new Prometheus(access, null, null, Sources.context(id -> Optional.of(new Login("ann", SecretText.of("s3cret"))), Clock.system(), notes));
                assertEquals(seconds, 1, prometheus.query("x").get(0).value(), 0);
            }
        }
        for (String header : List.of("999999999", "9".repeat(100_000), "Mon, 01 Jan 9999 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "-1", "")) {
            Duration wait = RetryAfter.of(header, Instant.now());
            assertTrue(header, wait == null || Instant.now().plus(wait).isAfter(Instant.EPOCH));
        }
    }

    /** Names with the same hash, of which a map takes long to find one. */
    @Test(timeout = 10_000)
    public void namesWithTheSameHash() {
        List<String> names = new ArrayList<>(List.of(""));
        for (int bit = 0; bit < 16; bit++) {
            List<String> longer = new ArrayList<>();
            names.forEach(name -> {
                longer.add(name + "Aa");
                longer.add(name + "BB");
            });
            names.clear();
            names.addAll(longer);
        }
        assertEquals(names.get(0).hashCode(), names.get(names.size() - 1).hashCode());
        Map<String, NavigableSet<Long>> scraped = new HashMap<>();
        Map<String, Long> started = new HashMap<>();
        names.forEach(name -> {
            scraped.put(name, new TreeSet<>(List.of(1L)));
            started.put(name, 1L);
        });
        assertEquals(names.size(), new Reading(List.of(), scraped, started).scraped().size());
        assertEquals(names.size(), new HistogramReading(List.of(), scraped, started).started().size());
    }
}
