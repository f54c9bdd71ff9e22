package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.WholePages;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Pods that hold up looks at the same cluster: those of other jobs, and the next ones of their own track. */
public class TrackPagesTest {
    /** All looks that one job makes at a time. */
    private static final int LOOKS = 12;

    private final CountDownLatch stalled = new CountDownLatch(4 * LOOKS);
    private final ClusterConnections connections = new ClusterConnections();
    private ByteServer server;

    @Before
    public void start() throws Exception {
        server = ByteServer.start((head, out) -> {
            String pod = pod(head);
            if (pod.startsWith("stalling")) {
                out.write(ByteServer.head("200 OK", "Content-Length: 100"));
                out.flush();
                stalled.countDown();
                Thread.sleep(60_000);
            } else if (pod.startsWith("sick")) {
                out.write(ByteServer.head("403 Forbidden", "Content-Length: 0"));
            } else {
                out.write((new String(ByteServer.head("200 OK", "Content-Length: 5"), StandardCharsets.US_ASCII)
                                + "up 1\n")
                        .getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    @After
    public void stop() throws Exception {
        connections.close();
        server.close();
    }

    private static String pod(String head) {
        return head.split(" ")[1].replaceFirst(".*/pods/([a-z0-9-]+).*", "$1");
    }

    private static List<Pod> pods(String... names) {
        return IntStream.range(0, names.length)
                .mapToObj(i -> new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("ml")
                        .withName(names[i] + "-" + i)
                        .withUid("u")
                        .endMetadata()
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build())
                .toList();
    }

    private static List<Pod> same(int count, String name) {
        return pods(IntStream.range(0, count).mapToObj(i -> name).toArray(String[]::new));
    }

    private ClusterConnection connect(String job) throws Exception {
        return connections
                .of(Owner.ofJob(job))
                .connect(ClusterAccess.server(server.url(), null, SecretText.of("token")), TestEnvironment.quiet());
    }

    private static TrackPages pages(ClusterConnection connection) {
        return new TrackPages(connection.client(), connection.pages(), PodSettings.defaults());
    }

    /** As a look whose time is over. */
    private static final class Over implements TrackMetrics.Reader {
        private final WholePages whole = new WholePages();

        @Override
        public TrackMetrics.Part begin(String source, Instant at) {
            return whole.begin(source, at);
        }

        @Override
        public void check() {
            throw new IllegalStateException("over");
        }
    }

    @Test
    public void podsOfOneJobDoNotHoldUpTheLooksOfAnother() throws Exception {
        List<Thread> looks = new ArrayList<>();
        try (ClusterConnection bad = connect("team/bad");
                ClusterConnection good = connect("team/good")) {
            assertEquals("they share a configured cluster", bad.client(), good.client());
            for (int i = 0; i < LOOKS; i++) {
                Thread look = new Thread(() -> {
                    try {
                        pages(bad).read(Track.CANARY, same(4, "stalling"), new WholePages());
                    } catch (Exception e) {
                        // It is interrupted at the end.
                    }
                });
                look.start();
                looks.add(look);
            }
            stalled.await();
            long begin = System.nanoTime();
            WholePages whole = new WholePages();
            pages(good).read(Track.CANARY, same(12, "good"), whole);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertEquals(12, whole.pages().size());
            assertTrue("it took " + took, took.toSeconds() < 5);
        } finally {
            looks.forEach(Thread::interrupt);
            for (Thread look : looks) {
                look.join();
            }
        }
    }

    @Test
    public void thoseThatTheLastLookHadNoTimeForComeFirst() throws Exception {
        List<Pod> all = pods("stalling", "stalling", "stalling", "stalling", "good", "good");
        try (ClusterConnection connection = connect("team/a")) {
            TrackPages pages = pages(connection);
            Over first = new Over();
            assertThrows(IllegalStateException.class, () -> pages.read(Track.CANARY, all, first));
            assertEquals(List.of(), first.whole.pages());
            Over second = new Over();
            assertThrows(IllegalStateException.class, () -> pages.read(Track.CANARY, all, second));
            assertEquals(
                    List.of("good-4/u", "good-5/u"),
                    second.whole.pages().stream().map(TrackMetrics.Page::source).toList());
        }
    }

    @Test
    public void thoseThatCouldNotBeReadComeLast() throws Exception {
        List<Pod> all = pods("sick", "sick", "sick", "sick", "good", "good");
        try (ClusterConnection connection = connect("team/a")) {
            TrackPages pages = pages(connection);
            pages.read(Track.CANARY, all, new WholePages());
            int before = server.heads().size();
            pages.read(Track.CANARY, all, new WholePages());
            Set<String> first = new TreeSet<>(server.heads().subList(before, before + 4).stream().map(TrackPagesTest::pod).toList());
            assertTrue("four are asked at a time: " + first, first.containsAll(Set.of("good-4", "good-5")));
        }
    }
}
