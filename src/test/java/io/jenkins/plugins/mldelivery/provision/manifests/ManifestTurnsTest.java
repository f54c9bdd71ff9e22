package io.jenkins.plugins.mldelivery.provision.manifests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerRoom;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ManifestTurnsTest {
    private static final long LARGE = ManifestTurns.LARGE_OBJECT + 1L;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final ManifestTurns turns = new ManifestTurns();
    private final AnswerRoom room = new AnswerRoom();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch over = new CountDownLatch(1);

    @After
    public void end() {
        over.countDown();
        threads.shutdownNow();
    }

    /** Waits for as long as it takes. */
    private final class Patient implements ManifestTurns.Patience {
        private final String name;

        Patient(String name) {
            this.name = name;
        }

        @Override
        public void begins() {
            order.add(name + " waits");
        }

        @Override
        public Duration left() {
            return Duration.ofMinutes(1);
        }

        @Override
        public void check() throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException(name);
            }
        }
    }

    /** Has both turns taken until {@link #over}. */
    private void takeAll(boolean parse) throws Exception {
        CountDownLatch taken = new CountDownLatch(2);
        ManifestTurns.Work<Object, RuntimeException> work = () -> {
            taken.countDown();
            over.await();
            return null;
        };
        for (int i = 0; i < 2; i++) {
            threads.submit(() -> parse ? turns.parse(LARGE, new Patient("first"), work)
                    : turns.call(LARGE, new AnswerRoom(), new Patient("first"), work));
        }
        taken.await();
    }

    private Future<String> call(String name) throws Exception {
        int before = turns.waiting();
        Future<String> call = threads.submit(() -> turns.call(LARGE, room, new Patient(name), () -> {
            order.add(name);
            return name;
        }));
        while (turns.waiting() == before) {
            Thread.onSpinWait();
        }
        return call;
    }

    @Test(timeout = 60_000)
    public void twoAtATimeAndTheOthersInTheirOrder() throws Exception {
        takeAll(false);
        assertEquals("small", turns.call(ManifestTurns.LARGE_OBJECT, room, new Patient("small"), () -> "small"));
        assertEquals("small", turns.parse(ManifestTurns.LARGE_TEXT, new Patient("small"), () -> "small"));
        assertEquals("who parses does not wait for clusters", "p", turns.parse(LARGE, new Patient("p"), () -> "p"));
        Future<String> a = call("a");
        Future<String> b = call("b");
        assertFalse(a.isDone() || b.isDone());
        over.countDown();
        assertEquals("a", a.get());
        assertEquals("b", b.get());
        assertEquals(List.of("a waits", "b waits"), order.subList(0, 2));
        assertEquals("free again", "c", turns.call(LARGE, room, new Patient("c"), () -> "c"));
        assertFalse(order.contains("c waits"));
    }

    @Test(timeout = 60_000)
    public void whoFailsGivesItsTurnBack() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThrows(DeliveryException.class, () -> turns.call(LARGE, room, new Patient("x"), () -> {
                throw DeliveryException.invalid("dir", "it is wrong", "Correct it.");
            }));
        }
        assertEquals(List.of(), order);
    }

    /** A small object of which the cluster has more than was sent, such as a definition with what its server adds. */
    @Test(timeout = 60_000)
    public void anAnswerThatIsTooLargeIsAskedForAnewInATurn() throws Exception {
        String object = "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"},\"x\":["
                + "{},".repeat(30_000) + "{}]}";
        try (ByteServer server = ByteServer.start((head, out) -> out.write(
                        ("HTTP/1.1 200 OK\r\nContent-Length: " + object.length() + "\r\n\r\n" + object)
                                .getBytes(StandardCharsets.ISO_8859_1)));
                KubernetesClient client = KubernetesClients.open(
                        ClusterAccess.server(server.url(), null, null), TestEnvironment.quiet(), Event.Stage.PROVISION, room)) {
            ManifestTurns.Work<Object, RuntimeException> get =
                    () -> client.genericKubernetesResources("v1", "ConfigMap").inNamespace("ml").withName("a").get();
            assertEquals(30_001, ((List<?>) ((GenericKubernetesResource) turns.call(1, room, new Patient("a"), get))
                    .getAdditionalProperties().get("x")).size());
            assertThrows("narrow again", KubernetesClientException.class, get::run);
            takeAll(false);
            Future<Object> waits = threads.submit(() -> turns.call(1, room, new Patient("b"), get));
            while (turns.waiting() == 0) {
                Thread.onSpinWait();
            }
            assertFalse(waits.isDone());
            over.countDown();
            waits.get();
            assertEquals(List.of("b waits"), order);
        }
    }

    @Test(timeout = 60_000)
    public void aRunThatWaitsSaysSoAndEndsAtItsTimeOutAndByAnAbort() throws Exception {
        takeAll(true);
        Files.writeString(temporary.newFolder("infra").toPath().resolve("a.yaml"),
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n#" + "x".repeat(ManifestTurns.LARGE_TEXT));
        Told told = new Told();
        DeliveryException e = assertThrows(DeliveryException.class, () -> run(told, "200ms"));
        assertEquals("timeout: the manifests were not done within 200ms; nothing was applied. Give it more time, or find "
                + "out why the cluster is slow.", e.getMessage());
        assertEquals(List.of(ManifestTurns.WAITS), told.notes());

        Future<?> waits = threads.submit(() -> run(told, "1h"));
        while (turns.waiting() == 0) {
            Thread.onSpinWait();
        }
        waits.cancel(true);
        while (turns.waiting() > 0 || told.warnings().isEmpty()) {
            Thread.onSpinWait();
        }
        assertEquals(List.of("aborted; nothing was applied"), told.warnings());
    }

    private Object run(Told told, String timeout) throws Exception {
        return new ManifestProvisioner(TestEnvironment.of(told), turns, timeout).run(
                ProvisionRequest.of("infra"), LocalWorkspace.inside(temporary.getRoot().toPath()),
                ClusterAccess.server("http://127.0.0.1:" + LoopbackServer.closedPort(), null, null), NamespaceRules.any());
    }

    @Test(timeout = 60_000)
    public void aRunWithSmallManifestsDoesNotWait() throws Exception {
        takeAll(true);
        takeAll(false);
        Files.writeString(temporary.newFolder("infra").toPath().resolve("a.yaml"),
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        Told told = new Told();
        DeliveryException e = assertThrows(DeliveryException.class, () -> run(told, "1m"));
        assertTrue(e.getMessage(), e.kind() == DeliveryException.Kind.UNREACHABLE);
        assertFalse(told.notes().contains(ManifestTurns.WAITS));
    }
}
