package io.jenkins.plugins.mldelivery.image.registry;

import static io.jenkins.plugins.mldelivery.testing.RawServer.http;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.testing.RawServer;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;
import org.junit.rules.TemporaryFolder;

/** Registries that send what they should not: without end, too slowly, too large, or of no sense. Each call ends in time, with one sentence. */
public class HostileAnswersTest {
    private static final byte[] PING = http(200, Map.of("Docker-Distribution-API-Version", "registry/2.0"), "{}");
    private static final byte[] CHUNK = new byte[64 * 1024];

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final AtomicLong sent = new AtomicLong();
    private RawServer server;

    @After
    public void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    /** A registry that answers the ping, and everything else as the script says. */
    private RegistryClient client(Duration time, RawServer.Script script) throws Exception {
        server = RawServer.start((request, out) -> {
            if (request.path().equals("/v2/")) {
                out.write(PING);
            } else {
                script.answer(request, out);
            }
        });
        Clock clock = Clock.system();
        return new RegistryClient(
                server.address(), RegistrySettings.of("image", clock, new Deadline(clock, time, time.toSeconds() + "s")).withPatience(Duration.ofSeconds(2), 2));
    }

    private static DeliveryException fails(Duration within, ThrowingRunnable call) {
        long start = System.nanoTime();
        DeliveryException e = assertThrows(DeliveryException.class, call);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue("took " + took, took.compareTo(within) < 0);
        assertFalse(e.getMessage(), e.getMessage().chars().anyMatch(c -> c < ' '));
        assertTrue(e.getMessage(), e.getMessage().length() < 2000);
        return e;
    }

    private void endless(OutputStream out, String head) throws Exception {
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        while (true) {
            out.write(CHUNK);
            sent.addAndGet(CHUNK.length);
        }
    }

    @Test(timeout = 60_000)
    public void anEndlessManifestIsCutAtFourMebibytes() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> endless(out, "HTTP/1.1 200 OK\r\n\r\n"));
        DeliveryException e = fails(Duration.ofSeconds(10), () -> client.manifest("a", "1"));
        assertTrue(e.getMessage(), e.getMessage().contains("the answer is longer than 4194304 bytes"));
        assertEquals("it was not asked for again", 2, server.requests().size());
        assertTrue("read " + sent, sent.get() < 40_000_000);
    }

    @Test(timeout = 60_000)
    public void ofAnEndlessErrorTheBeginningIsRead() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> endless(out, "HTTP/1.1 400 No\r\n\r\n"));
        DeliveryException e = fails(Duration.ofSeconds(10), () -> client.manifest("a", "1"));
        assertTrue(e.getMessage(), e.getMessage().contains("answered HTTP 400. "));
        assertTrue("read " + sent, sent.get() < 20_000_000);
    }

    @Test(timeout = 60_000)
    public void anAnswerDropByDropEndsAtTheDeadline() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(3), (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(' ');
                out.flush();
                Thread.sleep(100);
            }
        });
        assertEquals(Kind.TIMEOUT, fails(Duration.ofSeconds(6), () -> client.manifest("a", "1")).kind());
    }

    @Test(timeout = 60_000)
    public void headersDropByDropEndAsNoAnswer() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write("X-Drop: 1\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                Thread.sleep(200);
            }
        });
        DeliveryException e = fails(Duration.ofSeconds(10), () -> client.manifest("a", "1"));
        assertTrue(e.getMessage(), e.getMessage().contains("no answer in time"));
    }

    @Test(timeout = 60_000)
    public void headersWithoutEndAreRefused() throws Exception {
        String header = "X-A: " + "a".repeat(1000) + "\r\n";
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(header.getBytes(StandardCharsets.US_ASCII));
                sent.addAndGet(header.length());
            }
        });
        fails(Duration.ofSeconds(15), () -> client.manifest("a", "1"));
        assertTrue("read " + sent, sent.get() < 100_000_000);
    }

    @Test(timeout = 60_000)
    public void interimAnswersWithoutEndEnd() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(5), (request, out) -> {
            while (true) {
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        });
        fails(Duration.ofSeconds(12), () -> client.manifest("a", "1"));
    }

    @Test(timeout = 60_000)
    public void compressedAnswersAreNotUnpacked() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> {
            assertFalse(request.headers().containsKey("Accept-Encoding"));
            out.write(http(200, Map.of("Content-Encoding", "gzip"), "\u001f\u008b"));
        });
        DeliveryException e = fails(Duration.ofSeconds(10), () -> client.pull("a", "1", Platform.LINUX_AMD64));
        assertTrue(e.getMessage(), e.getMessage().contains("it is not valid JSON"));
    }

    @Test(timeout = 60_000)
    public void chunksOfNoSenseEnd() throws Exception {
        for (String body : List.of("ffffffffffffffff\r\nabc", "-1\r\nabc", "zz\r\n", "7fffffff\r\nabc", "1;" + "x".repeat(1_000_000) + "\r\na")) {
            RegistryClient client = client(Duration.ofSeconds(6), (request, out) ->
                    out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII)));
            fails(Duration.ofSeconds(10), () -> client.manifest("a", "1"));
            server.close();
        }
    }

    @Test(timeout = 60_000)
    public void lengthsThatCanNotBeAreNotBelieved() throws Exception {
        String digest = Digests.of("x");
        for (String length : List.of("99999999999999999999", "-5", "abc", "9223372036854775807", "1e9")) {
            RegistryClient client = client(Duration.ofSeconds(6), (request, out) -> out.write(
                    ("HTTP/1.1 200 OK\r\nDocker-Content-Digest: " + digest + "\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
            try {
                assertTrue(client.head("a", "1").orElseThrow().size() >= 0);
            } catch (DeliveryException e) {
                assertEquals(length, Kind.UNREACHABLE, e.kind());
            }
            server.close();
        }
    }

    /** A first blob of 2^62 bytes was stored until the time was over, or the disk full. */
    @Test(timeout = 60_000)
    public void aLayerOfAnImpossibleSizeIsRefusedBeforeItIsRead() throws Exception {
        for (String size : List.of("4611686018427387904", "9223372036854775807", "99999999999999999999", "-1", "1e3", "\"10\"", "1099511627777", "9".repeat(1000))) {
            RegistryClient client = client(Duration.ofSeconds(10), (request, out) -> out.write(http(
                    200, Map.of("Content-Type", MediaTypes.OCI_MANIFEST), manifest("[{\"mediaType\":\"" + MediaTypes.OCI_LAYER + "\",\"digest\":\"" + Digests.of("l") + "\",\"size\":" + size + "}]"))));
            DeliveryException e = fails(Duration.ofSeconds(8), () -> client.pull("a", "1", Platform.LINUX_AMD64));
            assertEquals(e.getMessage(), Kind.INVALID_INPUT, e.kind());
            server.close();
        }
    }

    @Test(timeout = 60_000)
    public void aLayerThatTheDiskCanNotHoldIsRefusedBeforeItIsRead() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(10), (request, out) -> endless(out, "HTTP/1.1 200 OK\r\n\r\n"));
        Path file = temporary.getRoot().toPath().resolve("blob");
        long more = Math.min(Descriptor.MAX_SIZE, Files.getFileStore(temporary.getRoot().toPath()).getUsableSpace() * 2);
        DeliveryException e = fails(Duration.ofSeconds(5), () -> client.download("a", new Descriptor("x", Digests.of("l"), more), file, n -> {}));
        assertTrue(e.getMessage(), e.getMessage().matches("image: the blob [0-9a-f]{12} needs \\d+\\.\\d [KMGTPE]iB, and the disk of '.*' has \\d+\\.\\d [KMGTPE]iB free\\. Free some disk space on the machine\\."));
        assertEquals(0, sent.get());
        assertFalse(Files.exists(file));
    }

    @Test(timeout = 60_000)
    public void aBlobNeverGetsMoreBytesThanItsDescriptorSays() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> endless(out, "HTTP/1.1 200 OK\r\n\r\n"));
        Path file = temporary.getRoot().toPath().resolve("blob");
        AtomicLong received = new AtomicLong();
        DeliveryException e = fails(Duration.ofSeconds(10), () -> client.download("a", new Descriptor("x", Digests.of("l"), 100_000), file, received::set));
        assertTrue(e.getMessage(), e.getMessage().contains("more than 100000 bytes instead of"));
        assertTrue(received.get() <= 100_000);
        assertFalse(Files.exists(file));
        DeliveryException small = fails(Duration.ofSeconds(10), () -> client.small("a", new Descriptor("x", Digests.of("l"), 10)));
        assertTrue(small.getMessage(), small.getMessage().contains("longer than 10 bytes"));
    }

    @Test(timeout = 60_000)
    public void aBlobDropByDropEndsAtTheDeadlineAndByAnAbort() throws Exception {
        RegistryClient client = client(Duration.ofSeconds(3), (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                Thread.sleep(50);
            }
        });
        Path file = temporary.getRoot().toPath().resolve("blob");
        Descriptor blob = new Descriptor("x", Digests.of("l"), 1_000_000);
        assertEquals(Kind.TIMEOUT, fails(Duration.ofSeconds(6), () -> client.download("a", blob, file, n -> {})).kind());
        RegistryClient other = new RegistryClient(server.address(), RegistrySettings.of("image", Clock.system(), new Deadline(Clock.system(), Duration.ofMinutes(5), "5m")));
        Thread abort = new Thread(() -> {}, "none");
        Thread me = Thread.currentThread();
        abort = new Thread(() -> {
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                return;
            }
            me.interrupt();
        });
        abort.start();
        assertThrows(InterruptedException.class, () -> other.download("a", blob, file, n -> {}));
        abort.join();
        assertFalse(Files.exists(file));
    }

    @Test(timeout = 60_000)
    public void manifestsOfManyValuesOrLevelsAreRefused() throws Exception {
        String values = "{\"schemaVersion\":2,\"config\":{},\"layers\":[" + "{},".repeat(1_000_000) + "{}]}";
        String levels = "{\"a\":" + "[".repeat(500_000) + "]".repeat(500_000) + "}";
        String twice = "{\"schemaVersion\":2,\"schemaVersion\":2}";
        for (String document : List.of(values, levels, twice, "[]", "null", "", "{}{}", "{\"n\":" + "1".repeat(100_000) + "}")) {
            RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> out.write(http(200, Map.of("Content-Type", MediaTypes.OCI_MANIFEST), document)));
            DeliveryException e = fails(Duration.ofSeconds(10), () -> client.pull("a", "1", Platform.LINUX_AMD64));
            assertEquals(e.getMessage(), Kind.INVALID_INPUT, e.kind());
            server.close();
        }
    }

    @Test(timeout = 60_000)
    public void aPauseThatIsLongerThanTheStepIsNotWaitedFor() throws Exception {
        for (String pause : List.of("100", "9223372036854775807", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT")) {
            RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> out.write(http(429, Map.of("Retry-After", pause), "{}")));
            DeliveryException e = fails(Duration.ofSeconds(10), () -> client.manifest("a", "1"));
            assertEquals(e.getMessage(), Kind.TIMEOUT, e.kind());
            assertTrue(e.getMessage(), e.getMessage().contains("asks to wait"));
            server.close();
        }
    }

    @Test(timeout = 60_000)
    public void textsOfErrorsCanNotForgeLinesOfALog() throws Exception {
        String error = "{\"errors\":[{\"code\":\"X\",\"message\":\"bad\\nPROMOTED: all\\u001b[8mha:\\u009b\\u202eabc" + "m".repeat(5000) + "\"}]}";
        RegistryClient client = client(Duration.ofSeconds(20), (request, out) -> out.write(http(400, Map.of(), error)));
        DeliveryException e = fails(Duration.ofSeconds(10), () -> client.manifest("a", "1"));
        assertTrue(e.getMessage(), e.getMessage().contains("X bad\\nPROMOTED: all\\u001b[8mha:\\u009b\\u202eabcmmm"));
        assertTrue(e.getMessage(), e.getMessage().length() < 600);
    }

    @Test(timeout = 60_000)
    public void redirectsThatNeverEndOrLeadNowhereAreRefused() throws Exception {
        for (String location : List.of(
                "/v2/a/manifests/1", "ftp://127.0.0.1/x", "http://", "http://[::::]/", "file:///etc/passwd", "http://user:pass@127.0.0.1:1/", "//",
                "http://127.0.0.1:99999/", "x".repeat(50_000))) {
            RegistryClient client = client(Duration.ofSeconds(10), (request, out) -> out.write(http(307, Map.of("Location", location), "")));
            fails(Duration.ofSeconds(8), () -> client.manifest("a", "1"));
            assertTrue(server.requests().size() < 10);
            server.close();
        }
    }

    @Test(timeout = 60_000)
    public void anUploadThatIsAnsweredWithNonsenseEnds() throws Exception {
        byte[] bytes = new byte[1000];
        Descriptor blob = new Descriptor("x", Digests.of(bytes), bytes.length);
        for (String range : List.of("0-999999999999999999", "0-99999999999999999999999", "5-1", "", "0-999", "0-0", "-".repeat(10_000))) {
            RegistryClient client = client(Duration.ofSeconds(5), (request, out) -> out.write(
                    http(request.method().equals("PUT") ? 404 : request.method().equals("HEAD") ? 404 : request.method().equals("GET") ? 204 : 202,
                            Map.of("Location", "/v2/a/blobs/uploads/1", "Range", range), "")));
            fails(Duration.ofSeconds(9), () -> client.upload("a", blob, bytes, n -> {}));
            server.close();
        }
    }

    private static String manifest(String layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"config\":{\"mediaType\":\"" + MediaTypes.OCI_CONFIG + "\",\"digest\":\"" + Digests.of("{}")
                + "\",\"size\":2},\"layers\":" + layers + "}";
    }
}
