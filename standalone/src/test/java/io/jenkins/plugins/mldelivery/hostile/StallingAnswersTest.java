package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.PageRequests;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.PartedAnswer;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Whoever stalls on a connection that jobs share does not hold up the list of another one. */
public class StallingAnswersTest {
    /** Less than a stalled answer has. */
    private static final int SECONDS = 25;
    private static final int PODS = 1_000;
    /** More than a connection has threads. */
    private static final int STALLED = 80;

    private static final String SPEC = "\"spec\":{\"containers\":[{\"name\":\"c\"}]}";
    private static final byte[] LIST = ("{\"kind\":\"PodList\",\"metadata\":{},\"items\":["
                    + ("{\"metadata\":{\"name\":\"" + "p".repeat(2_000) + "\"}," + SPEC + "},").repeat(PODS - 1)
                    + "{\"metadata\":{\"name\":\"last\"}," + SPEC + "}]}")
            .getBytes(StandardCharsets.UTF_8);

    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private CountDownLatch stalled;
    private ByteServer server;
    private KubernetesClient client;

    @Before
    public void start() throws Exception {
        server = ByteServer.start((head, out) -> {
            out.write(ByteServer.head("200 OK", "Content-Length: " + LIST.length));
            boolean stalls = head.contains("/stalling");
            out.write(LIST, 0, stalls ? LIST.length - 1_000 : LIST.length);
            out.flush();
            if (stalls) {
                stalled.countDown();
                over.await();
            }
        });
        client = TestEnvironment.open(ClusterAccess.server(server.url(), null, null));
        assertEquals("before, while classes are loaded", PODS, list("other"));
    }

    @After
    public void stop() throws Exception {
        over.countDown();
        client.close();
        threads.shutdownNow();
        server.close();
    }

    private int list(String namespace) {
        List<String> names = new ArrayList<>();
        ApiLists.read(client, "/api/v1/namespaces/" + namespace + "/pods", Map.of(), Pod.class, pod -> {
            names.add(pod.getMetadata().getName().substring(0, 1));
            return 1;
        });
        return names.size();
    }

    private void assertListIsRead() throws Exception {
        Future<Integer> other = threads.submit(() -> list("other"));
        assertEquals(PODS, (int) other.get(SECONDS, TimeUnit.SECONDS));
    }

    @Test
    public void listsThatStall() throws Exception {
        stalled = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            threads.submit(() -> list("stalling"));
        }
        stalled.await();
        assertListIsRead();
    }

    /** The parts of some have come and nobody has asked for more; of the others nothing comes. */
    @Test
    public void pagesOfPodsThatStall() throws Exception {
        stalled = new CountDownLatch(20);
        HttpClient http = new PageRequests(threads, Duration.ofSeconds(SECONDS)).on(client.getHttpClient());
        for (int i = 0; i < STALLED; i++) {
            PartedAnswer.send(
                    http,
                    http.newHttpRequestBuilder()
                            .uri(server.url() + "/api/v1/namespaces/ml/pods/stalling-" + i + ":8080/proxy/metrics")
                            .build(),
                    (parts, body) -> body.consume());
        }
        stalled.await();
        assertListIsRead();
    }
}
