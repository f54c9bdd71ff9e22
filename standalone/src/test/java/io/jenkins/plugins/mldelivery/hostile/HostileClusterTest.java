package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ModelWatch;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * Whatever an API server or a pod behind it sends: a call ends in time with one sentence, and reads no more than it
 * says.
 */
public class HostileClusterTest {
    private static final long MIB = 1024 * 1024;
    /** What kernels hold on loopback, on both sides, beyond what is read. */
    private static final long IN_FLIGHT = 16 * MIB;

    private static ByteServer server;
    private static KubernetesClient client;

    @BeforeClass
    public static void start() throws Exception {
        server = HostileCluster.start();
        client = KubernetesClients.open(
                ClusterAccess.server(server.url(), null, SecretText.of("secret-token")),
                TestEnvironment.quiet(),
                Event.Stage.DEPLOY);
    }

    @AfterClass
    public static void stop() throws Exception {
        client.close();
        server.close();
    }

    private static void raw(String answer, String path) {
        client.raw("/api/v1/namespaces/" + answer + path, "GET", null);
    }

    private static String sentence(Runnable call) {
        KubernetesClientException e = assertThrows(KubernetesClientException.class, call::run);
        DeliveryException explained = KubernetesErrors.explain("read it", e);
        assertFalse(explained.getMessage().contains("secret-token"));
        return explained.getMessage();
    }

    private static void assertBounded(String expected, long bytes, Duration time, Runnable call) throws Exception {
        long before = server.sent();
        long begin = System.nanoTime();
        assertEquals(expected, sentence(call));
        long took = System.nanoTime() - begin;
        assertTrue("it took " + TimeUnit.NANOSECONDS.toMillis(took) + " ms", took < time.toNanos());
        assertReleased();
        long sent = server.sent() - before;
        assertTrue("it took " + sent / MIB + " MiB", sent <= bytes + IN_FLIGHT);
    }

    /** Nobody reads on after the call has ended. */
    private static void assertReleased() throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (server.open() > 0) {
            assertTrue("a connection is still open", System.nanoTime() < end);
            Thread.sleep(10);
        }
    }

    @Test
    public void aPageWithoutEnd() throws Exception {
        String more =
                "cluster: could not read it: its answer has more than 4 MiB. Check that the address is an API server's"
                        + " and that nothing between changes what it answers.";
        int asked = server.heads().size();
        for (String answer : List.of("endless", "chunked", "lying-length")) {
            assertBounded(more, 4 * MIB, Duration.ofSeconds(10), () -> raw(answer, "/pods/a:8080/proxy/metrics"));
            assertBounded(more, 4 * MIB, Duration.ofSeconds(10), () -> client.pods()
                    .inNamespace(answer)
                    .withName("a")
                    .get());
        }
        assertEquals("it was asked again", asked + 2 * 3, server.heads().size());
        assertBounded(
                "cluster: could not read it: its answer comes in too many tiny parts. Check that the address is an API"
                        + " server's and that nothing between changes what it answers.",
                MIB,
                Duration.ofSeconds(10),
                () -> raw("tiny-chunks", "/pods/a:8080/proxy/metrics"));
    }

    @Test
    public void aLogWithoutEnd() throws Exception {
        String more = "cluster: could not read it: its answer has more than 512 KiB. Check that the address is an API"
                + " server's and that nothing between changes what it answers.";
        assertBounded(more, MIB, Duration.ofSeconds(10), () -> raw("endless", "/pods/a/log?limitBytes=262144"));
    }

    @Test
    public void anErrorWithoutEnd() throws Exception {
        String more = "cluster: could not read it: its answer has more than 256 KiB. Check that the address is an API"
                + " server's and that nothing between changes what it answers.";
        assertBounded(more, MIB, Duration.ofSeconds(10), () -> raw("error", "/pods/a:8080/proxy/metrics"));
        long begin = System.nanoTime();
        String dots =
                sentence(() -> client.pods().inNamespace("dots").withName("a").get());
        assertTrue(dots, dots.startsWith("cluster: could not read it: no. . . "));
        assertTrue(
                "quadratic time",
                System.nanoTime() - begin < Duration.ofSeconds(5).toNanos());
    }

    @Test
    public void aBombIsNotUnpacked() throws Exception {
        assertBounded(
                "cluster: could not read it: its answer is compressed, which was not asked for. Check that the address"
                        + " is an API server's and that nothing between changes what it answers.",
                2 * MIB,
                Duration.ofSeconds(60),
                () -> raw("gzip-bomb", "/pods/a:8080/proxy/metrics"));
        assertTrue(server.heads().stream().allMatch(head -> head.contains("\r\nAccept-Encoding: identity\r\n")));
    }

    @Test
    public void manySmallValues() throws Exception {
        String values =
                "cluster: could not read it: its answer has more than 4 MiB. Check that the address is an API"
                        + " server's and that nothing between changes what it answers.";
        for (String answer : List.of("objects", "pods")) {
            assertBounded(values, 4 * MIB, Duration.ofSeconds(10), () -> client.pods()
                    .inNamespace(answer)
                    .list());
        }
        String deep =
                "cluster: could not read it: its answer is nested more than 200 levels deep. Check that the address is"
                        + " an API server's and that nothing between changes what it answers.";
        assertBounded(deep, 4 * MIB, Duration.ofSeconds(10), () -> client.pods()
                .inNamespace("deep")
                .list());
    }

    @Test
    public void pagesWithoutEnd() throws Exception {
        assertBounded(
                "cluster: could not read it: its answer has more than 24 MiB. Check that the address is an API"
                        + " server's and that nothing between changes what it answers.",
                26 * MIB,
                Duration.ofSeconds(20),
                () -> ApiLists.read(client, "/api/v1/namespaces/pages/pods", Map.of("a", "b"), Pod.class, pod -> 0));
    }

    @Test
    public void whatIsNoJson() throws Exception {
        String no = "cluster: could not read it: its answer is not JSON. Check that the address is an API server's and"
                + " that nothing between changes what it answers.";
        assertBounded(no, MIB, Duration.ofSeconds(5), () -> client.pods()
                .inNamespace("yaml")
                .list());
        String error = sentence(() -> raw("yaml", "/error/x"));
        assertTrue(
                error,
                error.startsWith("cluster: could not read it: status 500: kind: Status a0: &a0 [x,x,")
                        && error.length() < 450);
        assertBounded(
                "cluster: could not read it: its answer can't be read. Check that the address is an API server's and"
                        + " that nothing between changes what it answers.",
                MIB,
                Duration.ofSeconds(5),
                () -> client.apps()
                        .deployments()
                        .inNamespace("number")
                        .withName("a")
                        .get());
    }

    /** They are opened again and again, but each time later. */
    @Test
    public void watchesWithoutEnd() throws Exception {
        try (ClusterConnections connections = new ClusterConnections();
                ByteServer own = HostileCluster.start()) {
            for (String answer : List.of("endless", "one-line")) {
                long before = own.sent();
                try (ClusterConnection connection = connections.connect(
                                ClusterAccess.server(own.url(), null, SecretText.of("secret-token")),
                                TestEnvironment.quiet());
                        ModelWatch watch = connection.watch(answer, "churn", () -> {})) {
                    Thread.sleep(4_000);
                    assertFalse(watch.refused());
                }
                // Two watches, each opened at 0, 0.5, 1.5 and 3.5 s.
                long sent = own.sent() - before;
                assertTrue("it took " + sent / MIB + " MiB", sent > 0 && sent < 2 * 5 * (2 * MIB + IN_FLIGHT / 2));
            }
        }
    }

    /** All at once, since each of them takes as long as a call may. */
    @Test
    public void answersThatTakeForEver() throws Exception {
        Map<String, CompletableFuture<String>> calls = new LinkedHashMap<>();
        long begin = System.nanoTime();
        for (String answer : List.of(
                "drip", "drip-head", "informational", "silent", "headers", "one-header", "long-extension", "later")) {
            calls.put(
                    answer,
                    CompletableFuture.supplyAsync(
                            () -> sentence(() -> client.pods()
                                    .inNamespace(answer)
                                    .withName("a")
                                    .get()),
                            call -> new Thread(call).start()));
        }
        for (Map.Entry<String, CompletableFuture<String>> call : calls.entrySet()) {
            String said = call.getValue().get(45, TimeUnit.SECONDS);
            assertTrue(call.getKey() + ": " + said, said.startsWith("cluster: could not read it: "));
        }
        assertTrue(System.nanoTime() - begin < Duration.ofSeconds(40).toNanos());
        assertEquals(
                "cluster: could not read it: its answer was not complete within 35 s. Check the kubeconfig's server"
                        + " address, and that the cluster is up.",
                calls.get("drip").get());
        assertEquals(
                "cluster: could not read it: it did not answer within 10 s. Check the kubeconfig's server address, and"
                        + " that the cluster is up.",
                calls.get("silent").get());
        assertReleased();
    }
}
