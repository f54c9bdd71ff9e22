package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.deploy.targets.PodPagesTrial;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Of pods' own pages only what is asked for takes memory, however long they are and however long another pod of the track stalls. */
public class LongPodPagesTest {
    private static final Duration LIMIT = Duration.ofSeconds(150);

    private static final int LOOKS = 12;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /** Almost 8 MiB, with a character for which Java keeps two bytes of each. */
    private static final byte[] PAGE = ("asked 1\n# \u0100\n" + ("# " + "x".repeat(97) + "\n").repeat(83_000)).getBytes(StandardCharsets.UTF_8);

    @Test
    public void asManyLooksAsRolloutsMake() throws Exception {
        CountDownLatch sent = new CountDownLatch(2 * LOOKS);
        try (ByteServer server = ByteServer.start((head, out) -> {
            if (head.contains("/stalling")) {
                sent.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                out.write(ByteServer.head("200 OK", "Content-Length: 8"));
                out.write("other 1\n".getBytes(StandardCharsets.UTF_8));
            } else {
                out.write(ByteServer.head("200 OK", "Content-Length: " + PAGE.length));
                out.write(PAGE);
                sent.countDown();
            }
        })) {
            String said = SmallHeap.run(64, temporary.getRoot().toPath(), LIMIT, PodPagesTrial.class, server.url(), String.valueOf(LOOKS), "stalling", "long-1", "long-2");
            assertEquals(String.join("\n", Collections.nCopies(LOOKS, "2")) + "\nALL", said.strip());
        }
    }
}
