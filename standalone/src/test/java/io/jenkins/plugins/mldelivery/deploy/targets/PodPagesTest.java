package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.WholePages;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Pods whose pages are not what they should be. */
public class PodPagesTest {
    private static final byte[] MIB =
            "a_total{x=\"yyyyyyyyyyyyyyyyyyyyyyyyy\"} 1\n".repeat(26_000).getBytes(StandardCharsets.US_ASCII);

    private final Executor threads = new SharedThreads("pages", 8, new OwnerShares(8, 8)).of(Owner.only());
    private ByteServer server;
    private KubernetesClient client;

    @Before
    public void start() throws Exception {
        server = ByteServer.start((head, out) -> {
            String pod = head.split(" ")[1].replaceFirst(".*/pods/([a-z]+).*", "$1");
            switch (pod) {
                case "good" ->
                    out.write((new String(ByteServer.head("200 OK"), StandardCharsets.US_ASCII) + "up 1\n")
                            .getBytes(StandardCharsets.US_ASCII));
                case "large" -> {
                    out.write(ByteServer.head("200 OK"));
                    for (int i = 0; i < 5; i++) {
                        out.write(MIB);
                    }
                }
                case "endless" -> {
                    out.write(ByteServer.head("200 OK"));
                    while (true) {
                        out.write(MIB);
                    }
                }
                case "stalling" -> {
                    out.write(ByteServer.head("200 OK", "Content-Length: 100"));
                    out.flush();
                    Thread.sleep(60_000);
                }
                case "none" -> out.write(ByteServer.head("404 Not Found", "Content-Length: 0"));
                default ->
                    out.write((new String(ByteServer.head("502 Bad Gateway"), StandardCharsets.US_ASCII)
                                    + "it is not well")
                            .getBytes(StandardCharsets.US_ASCII));
            }
        });
        client = KubernetesClients.open(
                ClusterAccess.server(server.url(), null, SecretText.of("token")),
                TestEnvironment.quiet(),
                Event.Stage.DEPLOY);
    }

    @After
    public void stop() throws Exception {
        client.close();
        server.close();
    }

    /** Those that could not be read the last time. */
    private Set<String> bad = Set.of();

    private List<TrackMetrics.Page> read(String... names) throws Exception {
        WholePages whole = new WholePages();
        read(whole, names);
        return whole.pages();
    }

    private void read(TrackMetrics.Reader reader, String... names) throws Exception {
        List<Pod> pods = IntStream.range(0, names.length)
                .mapToObj(i -> new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("ml")
                        .withName(names[i] + "-" + i)
                        .withUid("u" + i)
                        .endMetadata()
                        .build())
                .toList();
        new PodPages(client, threads, "the metrics of the canary pods", bad, reader)
                .read(pods, new PageAddress(8080, "/metrics"));
    }

    private String refused(String... names) {
        return assertThrows(DeliveryException.class, () -> read(names)).getMessage();
    }

    @Test
    public void aBadPodCostsItsOwnPageAlone() throws Exception {
        long begin = System.nanoTime();
        List<TrackMetrics.Page> pages = read("good", "endless", "good", "sick", "none", "good");
        assertEquals(
                List.of("good-0/u0", "good-2/u2", "good-5/u5"),
                pages.stream().map(TrackMetrics.Page::source).toList());
        assertEquals("up 1\n", pages.get(0).text());
        assertTrue(System.nanoTime() - begin < Duration.ofSeconds(15).toNanos());
        assertEquals("a pod without metrics is none", List.of(), read("none"));
        assertEquals(List.of(), read());
    }

    /** What is read, and what is told of the rest. */
    private static final class Told implements TrackMetrics.Reader {
        private final WholePages whole = new WholePages();
        private final Map<String, String> failed = new TreeMap<>();
        private final List<String> late = new ArrayList<>();

        @Override
        public TrackMetrics.Part begin(String source, Instant at) {
            return whole.begin(source, at);
        }

        @Override
        public void failed(String source, String problem) {
            failed.put(source, problem);
        }

        @Override
        public void late(List<String> sources) {
            late.addAll(sources);
        }
    }

    @Test
    public void aPageThatIsNotReadIsTold() throws Exception {
        Told told = new Told();
        read(told, "good", "endless", "sick", "none");
        assertEquals(
                Map.of(
                        "endless-1/u1", "port 8080, /metrics: its answer has more than 8 MiB",
                        "sick-2/u2", "port 8080, /metrics: status 502: it is not well",
                        "none-3/u3", "port 8080, /metrics: status 404, while others have such a page"),
                told.failed);
        assertEquals(List.of(), told.late);
        Told none = new Told();
        read(none, "none", "none");
        assertEquals("a version without metrics lacks nothing", Map.of(), none.failed);
    }

    @Test
    public void manyPodsThatStallEndInTime() throws Exception {
        String[] names = new String[41];
        java.util.Arrays.fill(names, "stalling");
        names[0] = "good";
        bad = Set.of("stalling-40/u40");
        long begin = System.nanoTime();
        Told told = new Told();
        read(told, names);
        assertEquals(1, told.whole.pages().size());
        assertEquals("those that had their time, and one that had it the last time", 5, told.failed.size());
        assertEquals(
                "port 8080, /metrics: it could not be read the last time, and there was no time to ask it again",
                told.failed.get("stalling-40/u40"));
        assertEquals("nobody asked them", 35, told.late.size());
        assertTrue(System.nanoTime() - begin < PodPages.TIME.plusSeconds(5).toNanos());
        awaitNoConnections();
    }

    private void awaitNoConnections() throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (server.open() > 0) {
            assertTrue(server.open() + " connections are left", System.nanoTime() < end);
            Thread.sleep(10);
        }
    }

    /** What its reader does not want any more is not read on, and what it thinks of a page is no failure of all. */
    @Test
    public void aPageThatIsNotWantedIsGivenUp() throws Exception {
        WholePages whole = new WholePages();
        List<String> refused = new ArrayList<>();
        TrackMetrics.Reader choosy = (source, at) -> source.startsWith("good")
                ? whole.begin(source, at)
                : new TrackMetrics.Part() {
                    @Override
                    public boolean take(byte[] bytes) {
                        refused.add(source);
                        return false;
                    }

                    @Override
                    public void end() {
                        throw new AssertionError("it was given up");
                    }
                };
        read(choosy, "endless", "good", "large");
        assertEquals(
                List.of("good-1/u1"),
                whole.pages().stream().map(TrackMetrics.Page::source).toList());
        assertEquals(List.of("endless-0/u0", "large-2/u2"), refused.stream().sorted().toList());
        read(choosy, "endless");
        awaitNoConnections();
    }

    /** Such as one whose look is over, whether pods send something or not. */
    @Test
    public void aReaderThatEndsTheReadingLeavesNothingOpen() throws Exception {
        TrackMetrics.Reader over = new TrackMetrics.Reader() {
            @Override
            public TrackMetrics.Part begin(String source, Instant at) {
                return new TrackMetrics.Part() {
                    @Override
                    public boolean take(byte[] bytes) {
                        throw new IllegalStateException("taken");
                    }

                    @Override
                    public void end() {}
                };
            }

            @Override
            public void check() {
                throw new IllegalStateException("waited");
            }
        };
        for (List<String> one : List.of(List.of("good", "taken"), List.of("stalling", "waited"))) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> read(over, one.get(0)));
            assertEquals(one.get(1), e.getMessage());
            awaitNoConnections();
        }
    }

    @Test
    public void whatNoneOfThemSays() {
        assertEquals(
                "cluster: could not read the metrics of the canary pods through the API server: status 502: it is not"
                        + " well. Try again later, or ask the cluster's administrator.",
                refused("sick", "sick"));
        assertEquals(
                "cluster: could not read the metrics of the canary pods: the page of pod endless-0 can't be used, since"
                        + " its answer has more than 8 MiB. Check what the model serves there, or use a Prometheus"
                        + " server.",
                refused("endless"));
        assertEquals(
                "cluster: the metrics of the canary pods have more than 16 MiB together. Let the model export fewer"
                        + " series, or use a Prometheus server.",
                refused("large", "large", "large", "large", "large"));
    }
}
