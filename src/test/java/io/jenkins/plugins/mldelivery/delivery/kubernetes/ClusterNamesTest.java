package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.mldelivery.delivery.AbortableWork;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.HangingNames;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** Whose the threads are that resolve the names of clusters. */
public class ClusterNamesTest {
    private static final int SHARE = 3;
    /** Threads of a connection that the jobs of one folder have together. */
    private static final int OF_A_FOLDER = 24;
    private static final String LEASE = """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "x", "namespace": "a"}}
            """;

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ClusterConnections connections = new ClusterConnections(4);
    private final HangingNames names = new HangingNames(SHARE);

    @After
    public void end() {
        names.close();
        connections.close();
        timer.shutdownNow();
    }

    private static Environment environment(Executor resolvers) {
        return new Environment(
                new LocalCommands(), Clock.system(), Secrets.none(), EventSink.none(), new KnownSecrets(),
                HostRules.standard(), resolvers);
    }

    private Environment greedy() {
        return environment(names.of(Owner.ofJob("greedy")));
    }

    private static ClusterAccess access(String url) {
        return ClusterAccess.server(url, null, SecretText.of("token"));
    }

    private static Object lease(KubernetesClient client) {
        return client.leases().inNamespace("a").withName("x").get();
    }

    /** Asks, and does not wait for the answer: a step in a loop that is aborted each time. */
    private void ask(KubernetesClient client) throws InterruptedException {
        AbortableWork work = new AbortableWork();
        Future<?> abort = timer.scheduleWithFixedDelay(
                () -> {
                    if (waiting() > 0) {
                        work.abort();
                    }
                },
                0,
                5,
                TimeUnit.MILLISECONDS);
        assertThrows(KubernetesClientException.class, () -> work.run(() -> lease(client)));
        abort.cancel(false);
        Thread.interrupted();
    }

    private static long waiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("ml-delivery-cluster"))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().endsWith(".NameLookup")))
                .count();
    }

    /** Soon: the thread that waited has to notice. */
    private static void assertNobodyWaits() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (waiting() > 0) {
            assertTrue("the call goes on", System.nanoTime() < end);
            Thread.sleep(5);
        }
    }

    private void keeps(int threads) throws InterruptedException {
        while (names.kept() < threads || waiting() > 0) {
            Thread.sleep(5);
        }
        assertEquals(threads, names.kept());
    }

    @Test
    public void callsThatAreGivenUpTakeNoMoreThreadsThanTheirOwnerMayHave() throws Exception {
        for (int i = 0; i < 4 * SHARE; i++) {
            try (ClusterConnection connection = connections.connect(access("https://c" + i + ".example.invalid"), greedy())) {
                ask(connection.client());
            }
            assertNobodyWaits();
        }
        keeps(SHARE);
    }

    @Test
    public void soItIsWithAClientOfItsOwn() throws Exception {
        for (int i = 0; i < 4 * SHARE; i++) {
            try (KubernetesClient client =
                    KubernetesClients.open(access("https://c" + i + ".example.invalid"), greedy(), Event.Stage.PROVISION)) {
                ask(client);
            }
            assertNobodyWaits();
        }
        keeps(SHARE);
    }

    /** Its look-ups hang, so each of its calls waits for one of them for ten seconds, more calls than there are threads. */
    @Test
    public void aFolderWithHangingNamesHoldsUpNobodyElseOnASharedConnection() throws Exception {
        HangingNames hanging = new HangingNames(20);
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, LEASE))) {
            ClusterAccess same = access(server.url().replace("127.0.0.1", "localhost"));
            List<CompletableFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Owner owner = Owner.ofJob("bad/" + i % 4);
                KubernetesClient bad =
                        connections.of(owner).connect(same, environment(hanging.of(owner))).client();
                calls.add(asked(bad));
            }
            for (String job : List.of("good/a", "good/b", "single")) {
                try (ClusterConnection other = connections
                        .of(Owner.ofJob(job))
                        .connect(same, environment(task -> new Thread(task).start()))) {
                    assertEquals(200, asked(other.client()).get(5, TimeUnit.SECONDS).code());
                }
            }
            assertEquals("nobody has given up", List.of(), calls.stream().filter(Future::isDone).toList());
            while (waiting() < OF_A_FOLDER) {
                Thread.sleep(5);
            }
            assertEquals("its other calls wait for their turn", OF_A_FOLDER, waiting());
        } finally {
            hanging.close();
        }
    }

    private static CompletableFuture<HttpResponse<String>> asked(KubernetesClient client) {
        HttpClient http = client.getHttpClient();
        return http.sendAsync(
                http.newHttpRequestBuilder()
                        .uri(client.getMasterUrl() + "apis/coordination.k8s.io/v1/namespaces/a/leases/x")
                        .build(),
                String.class);
    }

    /** An owner who has no thread left holds up none of those who share the connection with it. */
    @Test
    public void theyAreThoseOfWhoeverAsksAndNotOfWhoeverConnectedFirst() throws Exception {
        AtomicInteger looked = new AtomicInteger();
        Executor good = task -> {
            looked.incrementAndGet();
            new Thread(task).start();
        };
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, LEASE))) {
            ClusterAccess same = access(server.url().replace("127.0.0.1", "localhost"));
            try (ClusterConnection first = connections.connect(same, greedy());
                    ClusterConnection second = connections.connect(same, environment(good))) {
                try (ClusterConnection given = connections.connect(same, greedy())) {
                    ask(given.client());
                }
                keeps(1);
                assertNotNull(lease(second.client()));
                assertEquals(1, looked.get());
                assertNotNull("by the connection that is there", lease(first.client()));
                assertEquals(1, names.kept());
                try (ModelWatch watch = second.watch("a", "churn", () -> {})) {
                    while (looked.get() < 2) {
                        Thread.sleep(5);
                    }
                }
                assertTrue("names of one who does not watch: " + names.kept(), names.kept() == 1);
            }
        }
    }
}
