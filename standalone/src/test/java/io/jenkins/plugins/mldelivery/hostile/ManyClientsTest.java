package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManyClientsTrial;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Clients of clusters do not fill the heap, however many accesses the authors of jobs give. */
public class ManyClientsTest {
    private static final Duration LIMIT = Duration.ofSeconds(150);
    private static final String POD = "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"containers\":[{\"name\":\"c\"}]}";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void asManyAsAllJobsMayUse() throws Exception {
        String pod = POD + ",\"status\":{},\"apiVersion\":\"v1\",\"kind\":\"Pod\"}";
        String deployment = "{\"metadata\":{\"name\":\"x\",\"uid\":\"1\"},\"spec\":{\"template\":" + POD
                + "}},\"status\":{},\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"}";
        try (ByteServer server = ByteServer.start((head, out) -> {
            byte[] body = (head.contains("/deployments/") ? deployment : pod).getBytes(StandardCharsets.UTF_8);
            out.write(ByteServer.head("200 OK", "Content-Type: application/json", "Content-Length: " + body.length));
            out.write(body);
        })) {
            String said = SmallHeap.run(
                    64, temporary.getRoot().toPath(), LIMIT, ManyClientsTrial.class, server.url(), "5");
            assertEquals("192", said.strip());
        }
    }
}
