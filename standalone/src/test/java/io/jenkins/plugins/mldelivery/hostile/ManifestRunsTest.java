package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer.Answer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** As many runs with as large manifests as there may be, at a cluster that does not say whether it takes them. */
public class ManifestRunsTest {
    private static final Duration LIMIT = Duration.ofSeconds(240);
    private static final int RUNS = 24;
    private static final int VALUES = 140_000;
    private static final String HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ";
    private static final String KINDS = "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":"
            + "[{\"name\":\"configmaps\",\"namespaced\":true,\"kind\":\"ConfigMap\",\"verbs\":[\"get\"]}]}";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private List<String> runs(int heap, String... folders) throws Exception {
        try (LoopbackServer server = LoopbackServer.start(request ->
                request.path().equals("/api/v1") ? new Answer(200, KINDS)
                        : request.method().equals("GET") ? new Answer(404, "{\"kind\":\"Status\",\"code\":404}") : new Answer(200, null))) {
            String[] arguments = new String[folders.length + 3];
            arguments[0] = server.url();
            arguments[1] = String.valueOf(RUNS);
            arguments[2] = "20s";
            System.arraycopy(folders, 0, arguments, 3, folders.length);
            List<String> said = SmallHeap.run(heap, temporary.getRoot().toPath(), LIMIT, ManifestRunsTrial.class, arguments)
                    .lines().toList();
            assertEquals(said.toString(), "ALL", said.get(said.size() - 1));
            assertEquals(said.toString(), RUNS + 1, said.size());
            return said.subList(0, RUNS);
        }
    }

    private void write(String folder, String text) throws Exception {
        Files.writeString(temporary.newFolder(folder).toPath().resolve("a.yaml"), text);
    }

    /** Of texts with one character beyond Latin-1, Java takes twice the room; and who waits for its turn has read none. */
    @Test
    public void textsAreNotHeldByThoseWhoWait() throws Exception {
        write("wide", HEAD + "a}\n" + ("# " + "x".repeat(1_000) + "\n").repeat(8_200) + "# \u20ac\n");
        for (String run : runs(256, "wide")) {
            assertTrue(run, run.matches("wide: (timeout: the manifests were not done within 20s|cluster: ).*"));
        }
    }

    @Test
    public void theyDoNotTakeTheHeap() throws Exception {
        StringBuilder one = new StringBuilder(HEAD).append("a}\ndata:\n");
        for (int i = 0; i < VALUES; i++) {
            one.append("  k").append(i).append(": \"v").append(i).append("ab\"\n");
        }
        write("one", one.toString());
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            many.append("---\n").append(HEAD).append("a").append(i).append("}\ndata:\n  k: ").append("x".repeat(26_000)).append("\n");
        }
        write("many", many.toString());
        // Small as texts, but not as values.
        write("dense", HEAD + "a}\ndata: [" + "{},".repeat(290_000) + "{}]");
        write("short", HEAD + "a}\ndata: [" + "{},".repeat(43_000) + "{}]");
        for (String run : runs(384, "one", "many", "dense", "short")) {
            assertTrue(run, run.matches("\\w+: (timeout: the manifests were not done within 20s|cluster: ).*"));
        }
    }
}
