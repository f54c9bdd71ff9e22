package io.jenkins.plugins.mldelivery.delivery.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.TalkingServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLException;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;

/** HTTP with servers that keep its rules, and with servers that do not. */
@RunWith(JUnitQuickcheck.class)
public class HttpTransportTest {
    private static final Map<String, String> NONE = Map.of();

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final HttpTransport transport = new HttpTransport(null);

    private static HttpRequest get(String url) {
        return new HttpRequest("GET", URI.create(url), NONE, null);
    }

    private static HttpContent content(String text) {
        return HttpContent.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpRoute loopback() {
        return new HttpRoute(List.of(InetAddress.getLoopbackAddress()), null);
    }

    private HttpAnswer send(HttpRequest request, Duration time) throws IOException {
        return transport.send(request, loopback(), Deadline.in(time));
    }

    private String text(String url) throws IOException {
        try (HttpAnswer answer = send(get(url), Duration.ofSeconds(10))) {
            return answer.status() + " " + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    public void contentOfEveryFrame() throws Exception {
        String[][] frames = {
            {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 hello"},
            {"HTTP/1.1 200\r\ncontent-length:5\r\nContent-Length: 5\r\n\r\nhello", "200 hello"},
            {"HTTP/1.0 200 OK\n\nhello", "200 hello"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nX: y\r\n\r\n", "200 hello"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 "},
            {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "204 "},
            {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 "},
        };
        for (String[] frame : frames) {
            try (TalkingServer server = new TalkingServer(connection -> {
                connection.request();
                connection.send(frame[0]);
            })) {
                assertEquals(frame[0], frame[1], text(server.url()));
            }
        }
    }

    @Test
    public void aRequestIsWhatRfc9112Wants() throws Exception {
        try (TalkingServer server = new TalkingServer(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        })) {
            URI uri = URI.create(server.url() + "/a%20b?c=d#e");
            send(new HttpRequest("POST", uri, Map.of("X-A", "ä b"), content("x=1")), Duration.ofSeconds(5)).close();
            assertEquals("POST /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + uri.getPort() + "\r\nX-A: ä b\r\nContent-Length: 3\r\n\r\nx=1", server.requests().get(0));
            send(get(server.url()), Duration.ofSeconds(5)).close();
            assertTrue(server.requests().get(1).startsWith("GET / HTTP/1.1\r\nHost: "));
            for (String[] header : List.of(new String[] {"X-A", "a\r\nX-B: s3cret"}, new String[] {"X-A", "a\ns3cret"}, new String[] {"X A", "s3cret"}, new String[] {"X:", "s3cret"})) {
                HttpRequest wrong = new HttpRequest("GET", uri, Map.of(header[0], header[1]), null);
                assertFalse(assertThrows(ProtocolException.class, () -> send(wrong, Duration.ofSeconds(5))).getMessage().contains("s3cret"));
            }
        }
    }

    @Test
    public void aConnectionIsUsedAgainAndReplacedWhenItIsGone() throws Exception {
        try (TalkingServer server = new TalkingServer(connection -> {
            for (int i = 0; i < 3 && connection.request(); i++) {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
            }
        })) {
            for (int i = 0; i < 7; i++) {
                assertEquals("200 a", text(server.url()));
            }
            assertEquals(3, server.connections());
            transport.close();
            assertTrue(server.awaitNoneOpen());
            assertEquals("closing is no end", "200 a", text(server.url()));
        }
    }

    /** A time-out that a server says before it ends a connection came as the answer to the next request. */
    @Test
    public void whatComesUnaskedIsNoAnswer() throws Exception {
        CountDownLatch said = new CountDownLatch(1);
        try (TalkingServer server = new TalkingServer(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
            if (said.getCount() > 0) {
                connection.send("HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n");
                said.countDown();
            }
            connection.awaitEnd();
        })) {
            assertEquals("200 a", text(server.url()));
            said.await();
            assertEquals("200 a", text(server.url()));
            assertEquals(2, server.connections());
        }
    }

    @Test
    public void anAnswerToHeadHasNoContentWhateverItsHeadSays() throws Exception {
        try (TalkingServer server = new TalkingServer(connection -> {
            while (connection.request()) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nTransfer-Encoding: chunked\r\nX-A: b\r\nX-A: c\r\n\r\n");
            }
        })) {
            for (int i = 0; i < 2; i++) {
                try (HttpAnswer answer = send(new HttpRequest("HEAD", URI.create(server.url()), NONE, null), Duration.ofSeconds(5))) {
                    assertEquals(-1, answer.body().read());
                    assertEquals("1000000", answer.header("Content-Length"));
                    assertEquals(List.of("b", "c"), answer.head().all("x-a"));
                }
            }
            assertEquals("the connection is used again", 1, server.connections());
        }
    }

    @Test
    public void contentIsSentAsItIsReadAndAgainOnAnotherConnection() throws Exception {
        try (TalkingServer server = new TalkingServer(connection -> {
            connection.request();
            connection.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        })) {
            String text = "ab".repeat(100_000);
            for (String method : List.of("PUT", "PATCH", "POST")) {
                try (HttpAnswer answer = send(new HttpRequest(method, URI.create(server.url()), NONE, content(text)), Duration.ofSeconds(10))) {
                    assertEquals(201, answer.status());
                }
            }
            assertEquals(3, server.requests().size());
            for (String request : server.requests()) {
                assertTrue(request.substring(0, 100), request.contains("\r\nContent-Length: 200000\r\n\r\nab"));
                assertTrue(request.endsWith(text));
            }
            send(new HttpRequest("PUT", URI.create(server.url()), NONE, content("")), Duration.ofSeconds(5)).close();
            assertTrue(server.requests().get(3).endsWith("\r\nContent-Length: 0\r\n\r\n"));
            IOException e = assertThrows(IOException.class, () -> send(new HttpRequest("PUT", URI.create(server.url()), NONE, new HttpContent() {
                @Override
                public long length() {
                    return 10;
                }

                @Override
                public InputStream open() {
                    return new ByteArrayInputStream(new byte[9]);
                }
            }), Duration.ofSeconds(5)));
            assertEquals("what is sent became shorter", e.getMessage());
            assertTrue(server.awaitNoneOpen());
        }
    }

    @Test
    public void whatIsNotReadIsGivenUp() throws Exception {
        try (TalkingServer server = new TalkingServer(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            connection.sendForEver("a");
        })) {
            try (HttpAnswer answer = send(get(server.url()), Duration.ofSeconds(10))) {
                assertEquals('a', answer.body().read());
            }
            assertTrue(server.awaitNoneOpen());
        }
    }

    @Test
    public void aRedirectIsAnAnswer() throws Exception {
        try (LoopbackServer elsewhere = LoopbackServer.start(r -> new LoopbackServer.Answer(200, "never"));
                LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(302, "", Map.of("Location", elsewhere.url())));
                HttpAnswer answer = send(new HttpRequest("GET", URI.create(server.url()), Map.of("Authorization", "Bearer s3cret"), null), Duration.ofSeconds(5))) {
            assertEquals(302, answer.status());
            assertEquals(elsewhere.url(), answer.header("location"));
            assertEquals(List.of(), elsewhere.requests());
        }
    }

    /** The Java platform's own client leaves the connections of most of these open, and reads on. */
    @Test(timeout = 60_000)
    public void whateverBreaksTheRulesIsClosed() throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        String[][] wrong = {
            {"HTTP/1.1 200 OK\r\nX-A: ", "a", "the server sends more than 64 KiB of headers"},
            {"HTTP/1.1 200 OK\r\n", "X-A: a\r\n", "the server sends more than 64 KiB of headers"},
            {"HTTP/1.1 200 ", "a", "the server sends more than 64 KiB of headers"},
            {"", "\0", "the server sends more than 64 KiB of headers"},
            {"SSH-2.0-x\r\n", "x", "the server does not speak HTTP/1.1"},
            {"HTTP/2 200 OK\r\n\r\n", "x", "the server does not speak HTTP/1.1"},
            {"HTTP/1.1 2x0 OK\r\n\r\n", "x", "the server does not speak HTTP/1.1"},
            {"HTTP/1.1 101 Switching\r\n\r\n", "x", "the server changes to another protocol"},
            {"", "HTTP/1.1 100 Continue\r\n\r\n", "the server sends more than 5 interim answers"},
            {"HTTP/1.1 200 OK\r\nX A\r\n\r\n", "x", "the server sends a header that is none"},
            {"HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\n\r\n", "x", "the server sends a header that is none"},
            {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", "x", "the server sends a length that is none"},
            {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "x", "the server sends a length that is none"},
            {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "x", "the server sends a length that is none"},
            {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "x", "the server sends a length that is none"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "x", "the server sends a transfer coding that was not asked for"},
            {chunked, "a", "the server sends a chunk whose size has more than 1024 bytes"},
            {chunked + "5;", "a", "the server sends a chunk whose size has more than 1024 bytes"},
            {chunked + "zz\r\n", "a", "the server sends a chunk without its size"},
            {chunked + "-5\r\n", "a", "the server sends a chunk without its size"},
            {chunked + "fffffffffffffffff\r\n", "a", "the server sends a chunk without its size"},
            {chunked + "1\r\nab\r\n", "a", "the server sends a chunk that is longer than it says"},
            {chunked + "0\r\n", "X-A: a\r\n", "the server sends more than 64 KiB of headers"},
        };
        for (String[] one : wrong) {
            try (TalkingServer server = new TalkingServer(connection -> {
                connection.request();
                connection.send(one[0]);
                connection.sendForEver(one[1]);
            })) {
                assertEquals(one[0], one[2], assertThrows(one[0], IOException.class, () -> text(server.url())).getMessage());
                assertTrue(one[0], server.awaitNoneOpen());
            }
        }
        for (String cut : List.of("", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", chunked + "5\r\nabc", chunked + "3\r\nabc\r\n")) {
            try (TalkingServer server = new TalkingServer(connection -> {
                connection.request();
                connection.send(cut);
            })) {
                assertEquals(cut, "the answer broke off", assertThrows(cut, IOException.class, () -> text(server.url())).getMessage());
            }
        }
    }

    @Test(timeout = 60_000)
    public void everythingEndsAtItsDeadline() throws Exception {
        List<TalkingServer.Talk> talks = List.of(
                TalkingServer.Connection::awaitEnd,
                connection -> Thread.sleep(60_000), // The request's body is not read either.
                connection -> {
                    connection.request();
                    connection.send("HTTP/1.1 200 OK\r\n");
                    connection.awaitEnd();
                },
                connection -> {
                    connection.request();
                    connection.send("HTTP/1.1 200 OK\r\n\r\n");
                    connection.sendForEver("a");
                },
                connection -> {
                    connection.request();
                    connection.send("HTTP/1.1 200 OK\r\n\r\n");
                    while (true) {
                        connection.send("a");
                        Thread.sleep(30);
                    }
                });
        for (int i = 0; i < talks.size(); i++) {
            try (TalkingServer server = new TalkingServer(talks.get(i))) {
                long began = System.nanoTime();
                HttpRequest request = i == 1 ? new HttpRequest("POST", URI.create(server.url()), NONE, HttpContent.of(new byte[50_000_000])) : get(server.url());
                assertThrows("talk " + i, LateException.class, () -> {
                    try (HttpAnswer answer = send(request, Duration.ofMillis(400))) {
                        answer.body().readAllBytes();
                    }
                });
                assertTrue("talk " + i, System.nanoTime() - began < 5_000_000_000L);
                assertTrue("talk " + i, i == 1 || server.awaitNoneOpen());
            }
        }
    }

    @Test(timeout = 60_000)
    public void aPauseEndsItLongBeforeTheDeadlineAndASlowAnswerDoesNot() throws Exception {
        Patience patience = new Patience(Deadline.in(Duration.ofMinutes(5)), Duration.ofMillis(1500));
        List<TalkingServer.Talk> pauses = List.of(
                connection -> Thread.sleep(60_000), // The request's body is not read either.
                connection -> {
                    connection.request();
                    connection.send("HTTP/1.1 200 OK\r\n");
                    while (true) {
                        connection.send("X-A: b\r\n");
                        Thread.sleep(100);
                    }
                },
                connection -> {
                    connection.request();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                    connection.awaitEnd();
                });
        for (TalkingServer.Talk pause : pauses) {
            try (TalkingServer server = new TalkingServer(pause)) {
                HttpRequest request = new HttpRequest("PUT", URI.create(server.url()), NONE, HttpContent.of(new byte[pause == pauses.get(0) ? 50_000_000 : 1]));
                assertThrows(LateException.class, () -> {
                    try (HttpAnswer answer = transport.send(request, loopback(), patience)) {
                        answer.body().readAllBytes();
                    }
                });
            }
        }
        try (TalkingServer server = new TalkingServer(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                Thread.sleep(600);
                connection.send("a");
            }
        });
                HttpAnswer answer = transport.send(get(server.url()), loopback(), patience)) {
            assertEquals("aaaaa", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test(timeout = 60_000)
    public void aServerThatTakesNoConnectionIsGivenUp() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); HttpTransport brief = new HttpTransport(null, Duration.ofMillis(300))) {
            for (int i = 0; i < 8; i++) {
                SocketChannel one = SocketChannel.open();
                waiting.add(one);
                one.configureBlocking(false);
                one.connect(full.getLocalSocketAddress());
            }
            String url = "http://127.0.0.1:" + full.getLocalPort();
            assertThrows(ConnectTimeoutException.class, () -> brief.send(get(url), loopback(), Deadline.in(Duration.ofSeconds(20))));
            assertThrows(LateException.class, () -> brief.send(get(url), loopback(), Deadline.in(Duration.ofMillis(100))));
            assertEquals("there is no port 70000", assertThrows(IOException.class, () -> text("http://127.0.0.1:70000")).getMessage());
        } finally {
            for (SocketChannel one : waiting) {
                one.close();
            }
        }
    }

    @Test(timeout = 30_000)
    public void anInterruptEndsIt() throws Exception {
        try (TalkingServer server = new TalkingServer(TalkingServer.Connection::awaitEnd)) {
            Thread reader = Thread.currentThread();
            Thread interrupting = new Thread(() -> {
                try {
                    Thread.sleep(300);
                } catch (InterruptedException e) {
                    return;
                }
                reader.interrupt();
            });
            interrupting.start();
            InterruptedIOException e = assertThrows(InterruptedIOException.class, () -> text(server.url()));
            assertFalse(e instanceof LateException);
            assertTrue(Thread.interrupted());
            assertTrue(server.awaitNoneOpen());
        }
    }

    @Test(timeout = 30_000)
    public void tlsIsAsStrictAsThePlatformIs() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        KeyStore own = certificates.create("server");
        try (LoopbackServer server = LoopbackServer.startTls(Certificates.context(own, own), false, r -> new LoopbackServer.Answer(200, "hello"));
                HttpTransport trusting = new HttpTransport(Certificates.context(own, own))) {
            HttpRequest request = get(server.url());
            for (int i = 0; i < 2; i++) {
                try (HttpAnswer answer = trusting.send(request, loopback(), Deadline.in(Duration.ofSeconds(10)))) {
                    assertEquals("hello", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            assertThrows("another authority", SSLException.class, () -> send(request, Duration.ofSeconds(10)));
            HttpRequest other = get(server.url().replace("127.0.0.1", "other.example.org"));
            assertThrows("another name", SSLException.class, () -> trusting.send(other, loopback(), Deadline.in(Duration.ofSeconds(10))));
            try (TalkingServer stalls = new TalkingServer(TalkingServer.Connection::awaitEnd); TalkingServer babbles = new TalkingServer(connection -> connection.sendForEver("a"))) {
                HttpRequest greeting = get(stalls.url().replace("http:", "https:"));
                assertThrows(LateException.class, () -> trusting.send(greeting, loopback(), Deadline.in(Duration.ofMillis(300))));
                assertThrows(IOException.class, () -> trusting.send(get(babbles.url().replace("http:", "https:")), loopback(), Deadline.in(Duration.ofSeconds(5))));
                assertTrue(stalls.awaitNoneOpen() && babbles.awaitNoneOpen());
            }
        }
    }

    @Property(trials = 800)
    public void anyAnswer(
            @From(HostileText.class)
            @HostileText.Like({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive, close\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"}) String answer) {
        HostileText.survives(answer, () -> {
            ByteArrayInputStream in = new ByteArrayInputStream(answer.getBytes(StandardCharsets.ISO_8859_1));
            HttpHead head = HttpHead.read(in);
            head.keepsAlive();
            return new HttpBody(in, head, false).readAllBytes();
        }, IOException.class);
    }
}
