package io.jenkins.plugins.mldelivery.image.registry;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.testing.TalkingServer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.Test;

/** What is left of a call to a registry when it is over: no connection and no thread, whatever the registry sent. */
public class ConnectionsTest {
    private static final String PING = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private static final int CALLS = 20;

    private static Map<String, String[]> heads() {
        Map<String, String[]> heads = new LinkedHashMap<>();
        heads.put("headers", new String[] {"HTTP/1.1 200 OK\r\n", "X-A: " + "a".repeat(1000) + "\r\n"});
        heads.put("a header", new String[] {"HTTP/1.1 200 OK\r\nX-A: ", "a"});
        heads.put("a status", new String[] {"HTTP/1.1 200 ", "a"});
        heads.put("interim answers", new String[] {"", "HTTP/1.1 100 Continue\r\n\r\n"});
        heads.put("early hints", new String[] {"", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"});
        heads.put("no HTTP", new String[] {"", "\0"});
        heads.put("a chunk's size", new String[] {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0"});
        heads.put("a trailer", new String[] {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: a\r\n"});
        return heads;
    }

    @Test(timeout = 240_000)
    public void noneIsLeftOpenByARegistryThatBreaksTheRules() throws Exception {
        int threads = Thread.activeCount();
        Map<String, Integer> left = new LinkedHashMap<>();
        for (Map.Entry<String, String[]> head : heads().entrySet()) {
            try (TalkingServer server = new TalkingServer(connection -> {
                while (connection.request()) {
                    if (connection.isFor("/v2/")) {
                        connection.send(PING);
                    } else {
                        connection.send(head.getValue()[0]);
                        connection.sendForEver(head.getValue()[1]);
                    }
                }
            })) {
                for (int i = 0; i < CALLS; i++) {
                    pull(server.url().substring("http://".length()));
                }
                if (!server.awaitNoneOpen()) {
                    left.put(head.getKey(), server.open());
                }
            }
        }
        assertEquals("connections of " + CALLS + " calls each", Map.of(), left);
        assertTrue(Thread.activeCount() + " threads instead of " + threads, Thread.activeCount() < threads + 10);
    }

    private static void pull(String registry) {
        Deadline deadline = new Deadline(Clock.system(), Duration.ofSeconds(2), "2s");
        RegistrySettings settings = RegistrySettings.of("image", Clock.system(), deadline).withPatience(Duration.ofSeconds(1), 1);
        assertThrows(DeliveryException.class, () -> new RegistryClient(registry, settings).pull("a", "1", Platform.LINUX_AMD64));
    }
}
