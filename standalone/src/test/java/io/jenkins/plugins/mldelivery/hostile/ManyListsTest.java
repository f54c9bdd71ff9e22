package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.deploy.targets.ManyListsTrial;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What API servers list does not fill the heap, however many of their lists are read at a time. */
public class ManyListsTest {
    private static final Duration LIMIT = Duration.ofSeconds(150);
    /** All ticks of one job and all rollouts. */
    private static final int LOOKS = 20;

    /** A bit less than a page may have. */
    private static final int VALUES = 198_000;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /** As many pods of so many values as a page may have. */
    private static byte[] page(String head, String object, int values) {
        StringBuilder page = new StringBuilder("{\"kind\":\"PodList\",\"metadata\":{},\"items\":[");
        for (int i = 0; i < VALUES / values; i++) {
            page.append(i == 0 ? "" : ",").append(head);
            for (int k = 0; k < (values - 10) / 2; k++) {
                page.append(k == 0 ? "" : ",").append(object.replace("N", String.valueOf(k)));
            }
            page.append("]}}");
        }
        return page.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private String run(byte[] page) throws Exception {
        try (ByteServer server = ByteServer.start((head, out) -> {
            out.write(ByteServer.head("200 OK", "Content-Length: " + page.length));
            out.write(page);
        })) {
            return SmallHeap.run(temporary.getRoot().toPath(), LIMIT, ManyListsTrial.class, server.url(), String.valueOf(LOOKS));
        }
    }

    private static String all(String said) {
        return String.join("\n", Collections.nCopies(LOOKS, said)) + "\n";
    }

    /** Each of its pods has what no rollout looks at. */
    @Test
    public void whatNobodyLooksAtIsNotKept() throws Exception {
        byte[] page = page("{\"metadata\":{\"name\":\"p\"},\"spec\":{\"x\":[", "{\"kN\":{}}", 9_000);
        assertEquals(all("22 strangers"), run(page));
    }

    @Test
    public void anObjectAsLargeAsThePage() throws Exception {
        byte[] page = page("{\"metadata\":{\"name\":\"p\"},\"spec\":{\"x\":[", "{\"kN\":{}}", VALUES);
        assertEquals(all("an object of its answer takes more than 4 MiB of memory"), run(page));
    }

    /** Each of them is small, and rollouts look at it. */
    @Test
    public void whatRolloutsLookAt() throws Exception {
        byte[] page = page(
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{}]},\"status\":{\"containerStatuses\":[", "{\"name\":\"c\"}",
                200);
        assertEquals(all("its answer has more objects than fit in 4 MiB of memory"), run(page));
    }
}
