package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.ConnectProxy;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

/** HTTP as the client speaks and understands it. */
public class ApiHttpClientTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static HttpClient client(SSLContext tls, URI proxy, HostRules hosts) {
        Config config = Config.empty();
        config.setRequestRetryBackoffLimit(0);
        config.setOauthToken("the-token");
        return new ApiHttpFactory(tls, proxy, hosts, NameLookup.by(null)).newBuilder(config).build();
    }

    private static HttpClient client() throws Exception {
        return client(SSLContext.getDefault(), null, HostRules.standard());
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return ask(
                client,
                client.newHttpRequestBuilder()
                        .uri(url)
                        .timeout(10, TimeUnit.SECONDS)
                        .build());
    }

    private static HttpResponse<String> ask(HttpClient client, HttpRequest request) throws Exception {
        return client.sendAsync(request, String.class).get(20, TimeUnit.SECONDS);
    }

    private static Throwable failure(HttpClient client, String url) {
        Throwable e =
                assertThrows(ExecutionException.class, () -> get(client, url)).getCause();
        return e instanceof io.fabric8.kubernetes.client.KubernetesClientException && e.getCause() != null
                ? e.getCause()
                : e;
    }

    private static String answered(String raw) throws Exception {
        try (ByteServer server = ByteServer.start((head, out) -> out.write(raw.getBytes(StandardCharsets.ISO_8859_1)));
                HttpClient client = client()) {
            try {
                HttpResponse<String> answer = get(client, server.url() + "/a?b=c");
                return answer.code() + " " + answer.body();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                return (cause.getCause() instanceof AnswerException ? cause.getCause() : cause).getMessage();
            }
        }
    }

    /** The client library takes what does not begin with a brace for YAML, which takes many times the memory. */
    @Test
    public void whatTheLibraryWouldReadAsYamlIsRefused() throws Exception {
        String object = "{\"kind\":\"Status\",\"apiVersion\":\"v1\"}";
        String utf16 = new String(object.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.ISO_8859_1);
        for (String body : List.of("\u00ef\u00bb\u00bf" + object, utf16, "\u00fe\u00ff" + utf16, "\u001c" + object, "kind: Status\n")) {
            assertEquals("its answer is not JSON", objectAnswered(body));
        }
        assertEquals(" \r\n" + object, objectAnswered(" \r\n" + object));
    }

    /** As the library asks for what it makes objects of. */
    private static String objectAnswered(String body) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Length: " + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try (ByteServer server = ByteServer.start((request, out) -> {
                    out.write(head);
                    out.write(bytes);
                });
                HttpClient client = client()) {
            HttpRequest request = client.newHttpRequestBuilder().uri(server.url() + "/api/v1/namespaces/ml/configmaps/c").build();
            try {
                return new String(client.sendAsync(request, byte[].class).get(20, TimeUnit.SECONDS).body(), StandardCharsets.ISO_8859_1);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                return (cause.getCause() instanceof AnswerException ? cause.getCause() : cause).getMessage();
            }
        }
    }

    /** Others may have all threads that there are for a time. */
    @Test
    public void theTimeOfAPageBeginsWithItsThread() throws Exception {
        List<Runnable> waiting = new CopyOnWriteArrayList<>();
        try (ByteServer server = ByteServer.start((head, out) -> {
                    if (head.startsWith("GET /silent")) {
                        Thread.sleep(30_000);
                    }
                    out.write(ByteServer.head("200 OK", "Content-Length: 0"));
                });
                HttpClient client = client()) {
            Duration time = Duration.ofMillis(1500);
            HttpClient pages = new PageRequests(waiting::add, time).on(client);
            PageRequests over = new PageRequests(waiting::add, time);
            CompletableFuture<HttpResponse<String>> page = page(pages, server.url() + "/page");
            CompletableFuture<HttpResponse<String>> silent = page(pages, server.url() + "/silent");
            CompletableFuture<HttpResponse<String>> givenUp = page(over.on(client), server.url() + "/given-up");
            assertThrows(TimeoutException.class, () -> page.get(2 * time.toMillis(), TimeUnit.MILLISECONDS));
            over.close();
            assertThrows(ExecutionException.class, () -> givenUp.get(10, TimeUnit.SECONDS));
            waiting.forEach(task -> new Thread(task).start());
            assertEquals(200, page.get(10, TimeUnit.SECONDS).code());
            assertThrows(ExecutionException.class, () -> silent.get(10, TimeUnit.SECONDS));
            assertEquals(
                    List.of(),
                    server.heads().stream().filter(head -> head.startsWith("GET /given-up")).toList());
        }
    }

    /** Sixteen calls of one job that get no answer before the test says so, and what comes behind them. */
    private static final class Queue implements AutoCloseable {
        private static final int OF_A_JOB = 16;
        private static final Owner OWNER = Owner.ofJob("team/slow");

        private final CountDownLatch answer = new CountDownLatch(1);
        private final ByteServer server = ByteServer.start((head, out) -> {
            if (head.startsWith("GET /slow")) {
                answer.await();
            }
            out.write(ByteServer.head("200 OK", "Content-Length: 0"));
        });
        private final HttpClient shared;
        private final HttpClient client;
        private final List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();

        Queue(Duration turn) throws Exception {
            Config config = Config.empty();
            config.setRequestRetryBackoffLimit(1);
            ApiHttpFactory factory =
                    new ApiHttpFactory(SSLContext.getDefault(), null, HostRules.standard(), NameLookup.by(null));
            Dialer dialer = new Dialer(SSLContext.getDefault(), null, HostRules.standard(), 10_000);
            shared = new ApiHttpClient((ApiHttpBuilder) factory.newBuilder(config), new Exchanges(dialer, turn));
            client = of(OWNER);
            for (int i = 0; i < OF_A_JOB; i++) {
                slow.add(send(client, "/slow", 30));
            }
            while (server.heads().size() < OF_A_JOB) {
                Thread.sleep(5);
            }
        }

        HttpClient of(Owner owner) {
            return ApiHttpFactory.sharing(shared, NameLookup.by(null), owner).newBuilder().build();
        }

        CompletableFuture<HttpResponse<String>> send(HttpClient from, String path, int seconds) {
            return from.sendAsync(
                    from.newHttpRequestBuilder().uri(server.url() + path).timeout(seconds, TimeUnit.SECONDS).build(),
                    String.class);
        }

        void goOn() throws Exception {
            answer.countDown();
            for (CompletableFuture<HttpResponse<String>> call : slow) {
                assertEquals(200, call.get(10, TimeUnit.SECONDS).code());
            }
        }

        List<String> asked(String path) {
            return server.heads().stream().filter(head -> head.startsWith("GET " + path)).toList();
        }

        @Override
        public void close() throws Exception {
            answer.countDown();
            shared.close();
            server.close();
        }
    }

    @Test
    public void theTimeOfACallBeginsWithItsTurn() throws Exception {
        try (Queue queue = new Queue(Duration.ofSeconds(25))) {
            CompletableFuture<HttpResponse<String>> last = queue.send(queue.client, "/last", 4);
            // The library's own time is twice as long.
            assertThrows(TimeoutException.class, () -> last.get(4_500, TimeUnit.MILLISECONDS));
            assertEquals(List.of(), queue.asked("/last"));
            queue.goOn();
            assertEquals(200, last.get(10, TimeUnit.SECONDS).code());
        }
    }

    @Test
    public void aCallWhoseTurnDoesNotComeIsNotBlamedOnTheServerAndNotAskedAgain() throws Exception {
        try (Queue queue = new Queue(Duration.ofSeconds(1))) {
            CompletableFuture<HttpResponse<String>> last = queue.send(queue.client, "/last", 30);
            Throwable e = assertThrows(ExecutionException.class, () -> last.get(10, TimeUnit.SECONDS)).getCause();
            assertEquals("its turn did not come within 1 s, since other calls wait for the cluster", e.getMessage());
            assertEquals(
                    "cluster: could not read it: its turn did not come within 1 s, since other calls wait for the cluster."
                            + " Run fewer steps with this cluster at a time, or look why the others get no answer.",
                    KubernetesErrors.explain("read it", (KubernetesClientException) e).getMessage());
            assertTrue("it may pass", KubernetesErrors.isTransient((KubernetesClientException) e));
            queue.goOn();
            assertEquals(200, queue.send(queue.client, "/next", 30).get(10, TimeUnit.SECONDS).code());
            assertEquals(List.of(), queue.asked("/last"));
        }
    }

    @Test
    public void whoeverGoesAwayAsksNothingWhenHisTurnComes() throws Exception {
        try (Queue queue = new Queue(Duration.ofSeconds(25))) {
            HttpClient other = queue.of(Queue.OWNER);
            CompletableFuture<HttpResponse<String>> last = queue.send(other, "/last", 30);
            CompletableFuture<HttpResponse<String>> next = queue.send(queue.client, "/next", 30);
            other.close();
            assertThrows(ExecutionException.class, () -> last.get(10, TimeUnit.SECONDS));
            queue.goOn();
            assertEquals(200, next.get(10, TimeUnit.SECONDS).code());
            assertEquals(List.of(), queue.asked("/last"));
        }
    }

    /** The calls of another owner, and watches, come before those that wait. */
    @Test
    public void anOwnerWhoseCallsWaitHoldsUpNoOtherAndNoWatchAndAllEndWithTheClient() throws Exception {
        Set<Thread> before = threads();
        try (Queue queue = new Queue(Duration.ofSeconds(25))) {
            HttpClient other = queue.of(Owner.ofJob("other"));
            CompletableFuture<HttpResponse<String>> last = queue.send(queue.client, "/last", 30);
            assertEquals(200, queue.send(other, "/other", 30).get(10, TimeUnit.SECONDS).code());
            HttpRequest watch = queue.client.newHttpRequestBuilder()
                    .uri(queue.server.url() + "/watch")
                    .forStreaming()
                    .build();
            assertEquals(200, queue.client.consumeBytes(watch, (parts, body) -> {}).get(10, TimeUnit.SECONDS).code());
            assertFalse(last.isDone());
            queue.shared.close();
            assertEquals(
                    "the client is closed",
                    assertThrows(ExecutionException.class, () -> last.get(10, TimeUnit.SECONDS)).getCause().getMessage());
            for (CompletableFuture<HttpResponse<String>> call : queue.slow) {
                assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
            }
        }
        while (!before.containsAll(threads())) {
            Thread.sleep(10);
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("ml-delivery-cluster"))
                .collect(Collectors.toSet());
    }

    private static CompletableFuture<HttpResponse<String>> page(HttpClient pages, String url) {
        return PartedAnswer.send(pages, pages.newHttpRequestBuilder().uri(url).build(), (part, body) -> body.consume());
    }

    /** As an object of the library each empty map takes some hundred times its bytes. */
    @Test
    public void anObjectOfManyValuesNeedsAWideRoom() throws Exception {
        String json = "{\"a\":[" + "{},".repeat(30_000) + "{}]}";
        AnswerRoom room = new AnswerRoom();
        try (ByteServer server = ByteServer.start((head, out) -> out.write(
                        ("HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\n\r\n" + json)
                                .getBytes(StandardCharsets.ISO_8859_1)));
                HttpClient client = new ApiHttpFactory(SSLContext.getDefault(), null, HostRules.standard(), NameLookup.by(null), room)
                        .newBuilder(Config.empty())
                        .build()) {
            HttpRequest request =
                    client.newHttpRequestBuilder().uri(server.url() + "/a").build();
            Throwable refused = assertThrows(
                            ExecutionException.class,
                            () -> client.sendAsync(request, byte[].class).get(20, TimeUnit.SECONDS))
                    .getCause();
            assertTrue(refused.toString(), room.isTooNarrow(refused));
            assertEquals("its answer takes more than 8 MiB of memory", refused.getMessage());
            room.widen();
            assertEquals(
                    json.length(),
                    client.sendAsync(request, byte[].class).get(20, TimeUnit.SECONDS).body().length);
            assertFalse("it is as wide as it gets", room.isTooNarrow(refused));
        }
    }

    @Test
    public void bodiesAreFramedInThreeWays() throws Exception {
        assertEquals("200 abc", answered("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd"));
        assertEquals("200 abc", answered("HTTP/1.0 200 OK\n\nabc"));
        assertEquals(
                "200 abcdefghijklm",
                answered("HTTP/1.1 200\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "3\r\n"
                        + "abc\r\n"
                        + "A ; x=\"y\"\r\n"
                        + "defghijklm\r\n"
                        + "0\r\n"
                        + "Trailer: x\r\n\r\n"));
        assertEquals("204 ", answered("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nabcde"));
        assertEquals(
                "200 abc",
                answered("HTTP/1.1 100 Continue\r\n\r\n"
                        + "HTTP/1.1 102 Wait\r\n"
                        + "X: y\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\n"
                        + "content-length:3\r\n\r\n"
                        + "abc"));
        assertEquals("200 \u00e4", answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\u00c3\u00a4"));
        assertEquals("200 ", answered("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    public void whatIsNotHttpIsRefused() throws Exception {
        for (String raw : List.of(
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA b: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")) {
            assertEquals(raw, "its answer is not HTTP", answered(raw));
        }
        assertEquals(
                "the headers of its answer are too long",
                answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na more than announced\r\n"));
        assertEquals("the answer broke off", answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"));
        assertEquals("the connection ended", answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc"));
        assertEquals("the connection ended", answered(""));
    }

    @Test
    public void aConnectionIsUsedAgainButNotForWhatMustNotBeSentTwice() throws Exception {
        AtomicInteger accepted = new AtomicInteger();
        List<String> heads = new CopyOnWriteArrayList<>();
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                HttpClient client = client()) {
            Thread server = new Thread(() -> {
                try {
                    while (true) {
                        Socket socket = listening.accept();
                        accepted.incrementAndGet();
                        CompletableFuture.runAsync(() -> answerTwice(socket, heads), work -> new Thread(work).start());
                    }
                } catch (Exception e) {
                    // The test is over.
                }
            });
            server.setDaemon(true);
            server.start();
            String url = "http://127.0.0.1:" + listening.getLocalPort() + "/";
            for (int i = 0; i < 4; i++) {
                assertEquals("ok", get(client, url + i).body());
            }
            assertEquals(
                    "each connection has two requests, and the one that was gone is opened anew", 2, accepted.get());
            assertEquals("ok", get(client, url + "4").body());
            HttpRequest post = client.newHttpRequestBuilder()
                    .uri(url + "post")
                    .timeout(10, TimeUnit.SECONDS)
                    .post("application/json", "{}")
                    .build();
            assertEquals("ok", ask(client, post).body());
            assertEquals(4, accepted.get());
            String head = heads.get(5);
            assertTrue(
                    head,
                    head.startsWith("POST /post HTTP/1.1\r\nHost: 127.0.0.1:")
                            && head.contains("\r\nContent-Length: 2\r\n")
                            && head.contains("\r\nContent-Type: application/json"));
        }
    }

    /** Then it hangs up without a word. */
    private static void answerTwice(Socket connection, List<String> heads) {
        try (Socket socket = connection) {
            for (int i = 0; i < 2; i++) {
                heads.add(head(socket.getInputStream()));
                answer(socket.getOutputStream());
            }
        } catch (Exception e) {
            // The test is over.
        }
    }

    private static String head(InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IllegalStateException("it ended");
            }
            head.append((char) next);
        }
        if (head.indexOf("Content-Length: 2") >= 0) {
            in.readNBytes(2);
        }
        return head.toString();
    }

    private static void answer(OutputStream out) throws Exception {
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** An answer that was sent before anybody asked must not be taken for that of the next request. */
    @Test
    public void whatComesUnaskedIsNoAnswer() throws Exception {
        try (ByteServer server = ByteServer.start((head, out) -> {
                    String path = head.split(" ")[1];
                    out.write(("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + path)
                            .getBytes(StandardCharsets.US_ASCII));
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    Thread.sleep(2_000);
                });
                HttpClient client = client()) {
            assertEquals("/a", get(client, server.url() + "/a").body());
            Thread.sleep(300);
            assertEquals("/b", get(client, server.url() + "/b").body());
        }
    }

    @Test
    public void redirectsAreNotFollowed() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        KeyStore store = certificates.create("server");
        SSLContext tls = Certificates.context(store, store);
        try (LoopbackServer other = LoopbackServer.start(request -> new LoopbackServer.Answer(200, "{}"));
                LoopbackServer plain = LoopbackServer.start(request -> redirect(request, other.url()));
                LoopbackServer secure = LoopbackServer.startTls(tls, false, request -> redirect(request, other.url()));
                HttpClient client = client(tls, null, HostRules.standard())) {
            for (LoopbackServer server : List.of(plain, secure)) {
                for (String code : List.of("301", "302", "303", "307", "308")) {
                    HttpResponse<String> answer = get(client, server.url() + "/" + code);
                    assertEquals(Integer.parseInt(code), answer.code());
                    assertTrue(
                            answer.body(),
                            answer.body().contains("it redirects to another address, which is not followed"));
                    assertEquals(
                            "Bearer the-token",
                            server.requests().get(server.requests().size() - 1).authorization());
                }
            }
            assertEquals("nothing came to the other host", List.of(), other.requests());
        }
    }

    private static LoopbackServer.Answer redirect(LoopbackServer.Request request, String to) {
        return new LoopbackServer.Answer(
                Integer.parseInt(request.path().substring(1)), "", Map.of("Location", to + "/stolen"));
    }

    @Test
    public void theServersCertificateIsVerified() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        KeyStore store = certificates.create("server");
        KeyStore mine = certificates.create("mine");
        SSLContext server = Certificates.context(store, mine);
        try (LoopbackServer needy =
                        LoopbackServer.startTls(server, true, request -> new LoopbackServer.Answer(200, "ok"));
                HttpClient right = client(Certificates.context(mine, store), null, HostRules.standard());
                HttpClient strange = client(Certificates.context(mine, mine), null, HostRules.standard());
                HttpClient unknown = client(Certificates.context(store, store), null, HostRules.standard())) {
            assertEquals("ok", get(right, needy.url() + "/").body());
            assertEquals("ok", get(right, needy.url() + "/").body());
            assertEquals(
                    SSLHandshakeException.class,
                    failure(strange, needy.url() + "/").getClass());
            assertTrue(
                    "a client that the server does not know",
                    failure(unknown, needy.url() + "/") instanceof java.io.IOException);
            assertEquals(
                    "a name that the certificate does not have",
                    SSLHandshakeException.class,
                    failure(right, needy.url().replace("127.0.0.1", "localhost") + "/")
                            .getClass());
        }
    }

    @Test
    public void throughAProxy() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        KeyStore store = certificates.create("server");
        SSLContext tls = Certificates.context(store, store);
        try (LoopbackServer secure =
                        LoopbackServer.startTls(tls, false, request -> new LoopbackServer.Answer(200, "secure"));
                ConnectProxy proxy = new ConnectProxy(URI.create(secure.url()).getPort(), 200);
                ConnectProxy refusing = new ConnectProxy(1, 407);
                HttpClient client = client(tls, URI.create("http://" + proxy.address()), HostRules.standard());
                HttpClient refused = client(tls, URI.create("http://" + refusing.address()), HostRules.standard())) {
            assertEquals("secure", get(client, "https://127.0.0.1:7/").body());
            assertEquals(List.of("CONNECT 127.0.0.1:7 HTTP/1.1"), proxy.asked());
            assertEquals(
                    "the proxy answered with status 407",
                    failure(refused, "https://127.0.0.1:7/").getMessage());
        }
        try (ByteServer proxy = ByteServer.start((head, out) -> out.write(ByteServer.head("200 OK")));
                HttpClient client = client(tls, URI.create(proxy.url()), HostRules.standard())) {
            assertEquals(200, get(client, "http://127.0.0.1:1/x?y").code());
            assertTrue(
                    proxy.heads().get(0),
                    proxy.heads().get(0).startsWith("GET http://127.0.0.1:1/x?y HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"));
        }
    }

    @Test
    public void theRulesForHostsAreKeptForEachConnection() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, "ok"));
                HttpClient listed = client(SSLContext.getDefault(), null, HostRules.of("hosts", List.of("127.0.0.1")));
                HttpClient other =
                        client(SSLContext.getDefault(), null, HostRules.of("hosts", List.of("example.org")));
                HttpClient standard = client()) {
            assertEquals("ok", get(listed, server.url() + "/").body());
            assertEquals(
                    "a name by its addresses",
                    "ok",
                    get(listed, server.url().replace("127.0.0.1", "localhost") + "/")
                            .body());
            DeliveryException refused = (DeliveryException) failure(other, server.url() + "/");
            assertEquals(DeliveryException.Kind.REFUSED, refused.kind());
            assertTrue(failure(standard, "http://169.254.169.254/latest/meta-data") instanceof DeliveryException);
            assertEquals(2, server.requests().size());
        }
    }

    @Test
    public void aHeaderThatCanNotBeSentIsNotQuoted() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, "ok"));
                HttpClient client = client()) {
            for (String value : List.of("secret\r\nX: y", "secret\n", "s\u00e4cret", "secret\0")) {
                HttpRequest request = client.newHttpRequestBuilder()
                        .uri(server.url() + "/")
                        .header("X-Token", value)
                        .build();
                Throwable e = assertThrows(ExecutionException.class, () -> ask(client, request))
                        .getCause();
                assertEquals("a header of the request has a character that can't be sent", e.getMessage());
            }
            assertEquals(List.of(), server.requests());
        }
    }

    @Test
    public void whoeverClosesTheClientEndsItsCalls() throws Exception {
        try (ByteServer server = ByteServer.start((head, out) -> Thread.sleep(60_000))) {
            HttpClient client = client();
            CompletableFuture<HttpResponse<String>> call = client.sendAsync(
                    client.newHttpRequestBuilder().uri(server.url() + "/").build(), String.class);
            while (server.heads().isEmpty()) {
                Thread.sleep(10);
            }
            client.close();
            assertEquals(
                    "the client is closed",
                    assertThrows(ExecutionException.class, () -> call.get(5, TimeUnit.SECONDS))
                            .getCause()
                            .getMessage());
            while (server.open() > 0) {
                Thread.sleep(10);
            }
            assertThrows(ExecutionException.class, () -> client.sendAsync(
                            client.newHttpRequestBuilder()
                                    .uri(server.url() + "/")
                                    .build(),
                            String.class)
                    .get(5, TimeUnit.SECONDS));
        }
    }

    /** An event of a watch is told when it comes, not with the next one. */
    @Test
    public void aChunkIsHandedOnAtOnce() throws Exception {
        try (ByteServer server = ByteServer.start((head, out) -> {
                    out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    Thread.sleep(60_000);
                });
                HttpClient client = client()) {
            CompletableFuture<String> first = new CompletableFuture<>();
            HttpRequest request = client.newHttpRequestBuilder()
                    .uri(server.url() + "/")
                    .forStreaming()
                    .build();
            HttpResponse<AsyncBody> answer = client.consumeBytes(
                            request,
                            (parts, body) -> first.complete(StandardCharsets.US_ASCII
                                    .decode(parts.get(0))
                                    .toString()))
                    .get(5, TimeUnit.SECONDS);
            answer.body().consume();
            assertEquals("abc", first.get(5, TimeUnit.SECONDS));
            answer.body().cancel();
        }
    }

    /** Many large answers at once are read a few at a time, and all of them in the end. */
    @Test
    public void manyLargeAnswersAtOnce() throws Exception {
        byte[] body = "x".repeat(4 * 1024 * 1024).getBytes(StandardCharsets.US_ASCII);
        try (ByteServer server = ByteServer.start((head, out) -> {
                    out.write(ByteServer.head("200 OK", "Content-Length: " + body.length));
                    out.write(body);
                });
                HttpClient client = client()) {
            List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                calls.add(client.sendAsync(
                        client.newHttpRequestBuilder()
                                .uri(server.url() + "/" + i)
                                .build(),
                        String.class));
            }
            for (CompletableFuture<HttpResponse<String>> call : calls) {
                assertEquals(body.length, call.get(30, TimeUnit.SECONDS).body().length());
            }
            assertFalse(client.isClosed());
        }
    }
}
